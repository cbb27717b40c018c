import Foundation
import Testing
import Warifu
import WarifuTesting

@testable import WarifuApp

/// An enrolment that a later version of the app has begun, and this one cannot read (W-605).
@MainActor @Suite struct LaterTests {
    let app: AppUnderTest

    init() throws {
        app = try AppUnderTest()
    }

    var session: Session { app.session }

    @Test func itIsSaidAndCancelled() async throws {
        try await begun()
        await app.after { $0.start() }
        guard case .add(let ways) = session.page else { return shows(session.page) }
        #expect(ways.isFirst && ways.pending == .unreadable)

        // It cannot be gone on with, and nothing else is begun beside it.
        await app.after { $0.resumeEnrolment() }
        guard case .trouble(let trouble) = session.page else { return shows(session.page) }
        #expect(trouble.supportCode == "W-605")
        await app.after { $0.back() }
        await app.after { $0.offer(AppUnderTest.service) }
        await app.after { $0.accept(activation: "") }
        guard case .trouble(let refused) = session.page else { return shows(session.page) }
        #expect(refused.supportCode == "W-605")
        await app.after { $0.back() }

        await app.after { $0.discardEnrolment() }
        #expect(session.page == .add(AddState(isFirst: true, bank: nil)))
        await app.restart()
        #expect(session.page == .add(AddState(isFirst: true, bank: nil)))
    }

    @Test func besideCodesItIsALineAboveThem() async throws {
        try await begun(besides: AppUnderTest.totp)
        await app.after { $0.start() }
        #expect(session.page == .codes && session.notices == [.pending])
        await app.after { $0.attend(to: .pending) }
        guard case .add(let ways) = session.page else { return shows(session.page) }
        #expect(!ways.isFirst && ways.pending == .unreadable)
        await app.after { $0.back() }
        #expect(session.page == .codes)
        await app.after { $0.openAdding() }
        await app.after { $0.discardEnrolment() }
        #expect(session.page == .codes && session.notices.isEmpty)
        #expect(session.codes?.cards.count == 1)
    }

    /// Puts a vault with such an enrolment where the app looks for its own, as that would have it.
    private func begun(besides link: String? = nil) async throws {
        let sample = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "tests/samples/later-enrolment.warifu")
        try FileManager.default.copyItem(at: sample, to: app.vault)
        let token = try await Token.open(at: app.vault, protector: app.keys, clock: app.clock)
        _ = try await token.unlock(.passphrase(SecretBytes(utf8: "correct horse battery")))
        try await token.slots.set(.device)
        for slot in try await token.slots.list() where slot.kind == .passphrase {
            try await token.slots.remove(slot.id)
        }
        if let link { try await token.entries.add(SecretBytes(utf8: link)) }
        token.close()
    }
}
