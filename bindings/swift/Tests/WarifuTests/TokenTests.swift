import Foundation
import Testing
import Warifu
import WarifuTesting

/// A token among many tasks, and at its end.
@Suite struct TokenTests {
    /// The threads that tasks of one priority share are as many as there are cores. Argon2 on each of them would leave none
    /// for the rest of the app.
    @Test func whileArgon2WorksOnEveryCoreOtherTasksGoOn() async throws {
        let folder = try Folder()
        let ended = Locked(0)
        let making = (0..<ProcessInfo.processInfo.activeProcessorCount * 2).map { number in
            Task {
                let cost = Argon2Cost(memoryKiB: 64 * 1_024, passes: 10, lanes: 1)
                let file = folder.url.appending(path: "\(number).warifu")
                _ = try await Token.create(at: file, passphrase: SecretBytes(utf8: TestSecrets.passphrase), cost: cost)
                ended { $0 += 1 }
            }
        }
        var turns = 0
        while ended({ $0 }) == 0 {
            // Of the priority that the work has.
            await Task.detached(priority: .userInitiated) {}.value
            turns += 1
        }
        for task in making { try await task.value }
        // Without threads of its own for Argon2 it is one turn, after the first of them has ended.
        #expect(turns > 20)
    }

    @Test func aHundredTasksAtOnceEndAsIfOneAfterTheOther() async throws {
        let fixture = try await Fixture()
        let token = fixture.token
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    switch number % 4 {
                    case 0:
                        let link = "otpauth://totp/Bank:\(number)?secret=\(TestSecrets.seed)\(letters(number))"
                        try await token.entries.add(SecretBytes(utf8: link))
                    case 1: #expect(try token.screen().lock == .unlocked)
                    case 2: #expect(try await !token.slots.list().isEmpty)
                    default: #expect(try await !token.entries.list().isEmpty)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await token.entries.list().count == 26)
    }

    @Test func afterACloseEveryCallSaysSo() async throws {
        let fixture = try await Fixture()
        let token = fixture.token
        let (entry, slot) = (try #require(try token.screen().cards.first?.id), try await token.slots.list()[0].id)
        token.close()
        token.close()
        let pin = SecretBytes(utf8: TestSecrets.pin)
        let calls: [@Sendable () async throws -> Void] = [
            { try await token.unlock(.device) }, { try await token.unlock(.passphrase(pin)) }, { try token.lock() },
            { _ = try token.isUnlocked }, { _ = try token.screen() }, { try await token.refresh() },
            { try await token.anchor() }, { _ = try await token.marker() }, { _ = try await token.entries.list() },
            { try await token.entries.add(TestSecrets.totp) }, { try await token.entries.rename(entry) },
            { try await token.entries.remove(entry) }, { _ = try await token.entries.advance(entry, for: PressID()) },
            { _ = try await token.slots.list() }, { _ = try await token.slots.listInFile() },
            { _ = try await token.slots.keptKeyCount() }, { try await token.slots.set(.device) },
            { try await token.slots.remake(slot) }, { try await token.slots.remove(slot) },
            { try await token.slots.changePassphrase(from: pin, to: pin) },
        ]
        for call in calls { await expect(.closed) { try await call() } }
        var screens = token.screens.makeAsyncIterator()
        #expect(try await screens.next() == nil)
    }

    @Test func nothingKeepsATokenWhoseLastReferenceGoes() async throws {
        let fixture = try await Fixture()
        var token: Token? = try await Token.open(
            at: fixture.folder.vault, protector: fixture.protector, clock: fixture.clock)
        try await token?.unlock(.device)
        try await token?.slots.set(.biometric)
        let screens = Recorder(try #require(token?.screens))
        try await screens.count(reaches: 1)
        await screens.stop()
        weak var gone = token
        token = nil
        // A thread of the layer's may still be letting go.
        for _ in 0..<100 where gone != nil { try await Task.sleep(for: .milliseconds(10)) }
        #expect(gone == nil)
    }
}

/// A number as letters of base32 that make whole bytes, with a few bits over.
private func letters(_ number: Int) -> String {
    [number / 10, number % 10].map { String(UnicodeScalar(UInt8(ascii: "A") + UInt8($0))) }.joined() + "AA"
}
