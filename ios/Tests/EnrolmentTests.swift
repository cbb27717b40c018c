import Foundation
import Testing
import Warifu
import WarifuTestService
import WarifuTesting

@testable import WarifuApp

/// A credential from the real token service, over loopback.
@MainActor @Suite struct EnrolmentTests {
    let line: Line
    let app: AppUnderTest

    init() async throws {
        line = Line(to: try await TokenService())
        app = try AppUnderTest(transport: line, linkHost: "bank.example")
        await app.after { $0.start() }
    }

    var session: Session { app.session }

    @Test func theBanksLinkLeadsToTheFirstCode() async throws {
        let link = try #require(URL(string: line.service.link))
        await app.after { $0.offerWhenOpen(link) }
        #expect(session.page == .offer(.service(host: "bank.example", asksForCode: true)))
        await app.after { $0.accept(activation: "") }
        #expect(code == "637009")
        #expect(session.codes?.cards.first?.credentialID != nil)
    }

    @Test func anActivationCodeIsTypedAsItIsPrinted() async throws {
        try await line.service.order("code 1234567890123452")
        await app.after { $0.offer(line.service.link) }
        await app.after { $0.accept(activation: "1234 5678 9012 3453") }
        guard case .trouble(let trouble) = session.page else { return shows(session.page) }
        #expect(trouble.supportCode == SampleError.activationCodeMistyped.error.supportCode)
        await app.after { $0.back() }
        await app.after { $0.offer(line.service.link) }
        await app.after { $0.accept(activation: "1234 5678 9012 3452") }
        #expect(code == "637009")
    }

    @Test func aBankThatDemandsALockIsToldOnceThereIsOne() async throws {
        try await line.service.order("unlock user-verification")
        await app.after { $0.offer(line.service.link) }
        await app.after { $0.accept(activation: "") }
        guard case .lock(let lock) = session.page else { return shows(session.page) }
        #expect(lock.isDemanded && !lock.hasPIN && !lock.mayRemoveAll)
        #expect((session.codes?.cards ?? []).isEmpty)

        await app.choose("2580")
        #expect(code == "637009")
        #expect(try await session.token?.slots.list().map(\.kind) == [.pin])

        // It is asked for from now on, and stays.
        await app.restart()
        #expect(app.keypad?.heading == .unlockHeading)
        await app.type("2580")
        #expect(code == "637009")
        await app.proven { $0.removeAllLocks() }
        guard case .trouble(let trouble) = session.page else { return shows(session.page) }
        #expect(trouble.supportCode == "W-619")
        #expect(try await session.token?.slots.list().map(\.kind) == [.pin])
    }

    @Test func aLockThatIsThereSatisfiesTheBankAtOnce() async throws {
        await app.register(RecoveryTests.other)
        await app.choose("2580")
        try await line.service.order("unlock user-verification")
        await app.after { $0.offer(line.service.link) }
        await app.after { $0.accept(activation: "") }
        #expect(session.codes?.cards.count == 2)
    }

    @Test func whoWantsNoLockGoesBackAndFindsTheEnrolmentAgain() async throws {
        try await line.service.order("unlock user-verification")
        await app.after { $0.offer(line.service.link) }
        await app.after { $0.accept(activation: "") }
        await app.after { $0.back() }
        guard case .add(let ways) = session.page else { return shows(session.page) }
        #expect(ways.pending == .at(host: "bank.example"))
        await app.after { $0.resumeEnrolment() }
        guard case .lock(let lock) = session.page else { return shows(session.page) }
        #expect(lock.isDemanded)
    }

    @Test func withoutANetworkItIsKeptAndANewProcessGoesOnWithIt() async throws {
        line.isCut = true
        await app.after { $0.offer(line.service.link) }
        await app.after { $0.accept(activation: "") }
        guard case .trouble(let trouble) = session.page, trouble.way == .retry else { return shows(session.page) }
        await app.restart()
        guard case .add(let ways) = session.page else { return shows(session.page) }
        #expect(ways.pending == .at(host: "bank.example"))
        line.isCut = false
        await app.after { $0.resumeEnrolment() }
        #expect(code == "637009")
    }

    @Test func aCodeThatWaitsForTheBanksTimeComesWithIt() async throws {
        try await line.service.order("synced true")
        await app.after { $0.offer(line.service.link) }
        await app.after { $0.accept(activation: "") }
        #expect(code == "637009")
        line.isCut = true
        app.clock.reboot()
        await app.restart()
        #expect(session.codes?.cards.first?.face == .needsSync)
        line.isCut = false
        await app.after { $0.sync() }
        #expect(code == "637009")
    }

    private var code: String? { session.codes?.cards.first?.face.code?.digits }
}

/// The way to a token service, which can be cut.
final class Line: HTTPTransport {
    let service: TokenService
    private let question = Question()

    init(to service: TokenService) {
        self.service = service
    }

    var isCut: Bool {
        get { question.answer("send") != nil }
        set { question.refuse("send", newValue ? HTTPFailure.unreachable : nil) }
    }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        try question.ask("send")
        return try await service.send(request)
    }
}
