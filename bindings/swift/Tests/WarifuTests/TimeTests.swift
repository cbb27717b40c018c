import Foundation
import Testing
import Warifu
import WarifuTestService
import WarifuTesting

/// What only Swift can see of the bank's time; the rest is in the scenarios.
@Suite struct TimeTests {
    @Test func whileSomebodyLooksTheTimeIsAskedForOnceWhenItIsDueAndTheScreensShowIt() async throws {
        let phone = try await Rebooted()
        let screens = Recorder(phone.token.screens)
        try await screens.count(reaches: 2)
        #expect(await screens.seen.map(\.clock.certainty) == [.unsynced, .sure])
        #expect(await screens.seen.map(\.clock.notice) == [.notSynced, nil])
        try await phone.network.staysAsked(1)

        let due = try #require(await screens.seen.last?.clock.syncAt)
        try await phone.goOn(until: due - .seconds(1))
        try await screens.count(reaches: 3)
        try await phone.network.staysAsked(1)
        try await phone.goOn(until: due)
        try await phone.network.isAsked(2)
        await screens.stop()
    }

    @Test func aFailureIsToldByTheScreensAloneAndTheNextTimeIsTheOneThatTheySay() async throws {
        let phone = try await Rebooted()
        phone.network.set(.failure(HTTPFailure.unreachable))
        let screens = Recorder(phone.token.screens)
        try await screens.count(reaches: 2)
        #expect(await screens.seen.map(\.clock.syncAt) == [.zero, .seconds(30)])
        #expect(await screens.seen.last?.clock.notice == .notSynced)
        phone.clock.advance(by: .seconds(29))
        try await screens.count(reaches: 3)
        try await phone.network.staysAsked(1)
        phone.clock.advance(by: .seconds(1))
        try await phone.network.isAsked(2)
        await screens.stop()
    }

    @Test func noScreenWaitsForTheTime() async throws {
        let phone = try await Rebooted()
        phone.network.set(.never)
        let screens = Recorder(phone.token.screens)
        try await phone.network.isAsked(1)
        for count in 1...5 {
            try await screens.count(reaches: count)
            phone.clock.advance(by: .seconds(1))
        }
        try await screens.count(reaches: 6)
        try await phone.network.staysAsked(1)
        await screens.stop()
    }

    @Test func whenNobodyLooksAnyMoreTheRequestEndsAndNoneFollows() async throws {
        let phone = try await Rebooted()
        phone.network.set(.never)
        let (first, second) = (Recorder(phone.token.screens), Recorder(phone.token.screens))
        for screens in [first, second] { try await screens.count(reaches: 1) }
        try await phone.network.isAsked(1)
        await first.stop()
        try await phone.network.staysAsked(1)
        #expect(phone.network.endedCount == 0)
        await second.stop()
        try await phone.network.hasEnded(1)
        phone.clock.advance(by: .seconds(100_000))
        try await phone.network.staysAsked(1)
    }

    @Test func aLockedTokenAsksNobodyAndALockEndsTheRequest() async throws {
        let phone = try await Rebooted()
        let token = phone.token
        try token.lock()
        phone.network.set(.never)
        let screens = Recorder(token.screens)
        try await screens.count(reaches: 1)
        try await phone.network.staysAsked(0)
        try await token.unlock(.device)
        try await phone.network.isAsked(1)
        try token.lock()
        try await phone.network.hasEnded(1)
        try await screens.count(reaches: 3)
        #expect(await screens.seen.map(\.lock) == [.locked, .unlocked, .locked])
        try await phone.network.staysAsked(1)
        await screens.stop()
    }

    @Test func aCallGoesBeforeWhatIsAskedByItself() async throws {
        let phone = try await Rebooted()
        phone.network.set(.never)
        let screens = Recorder(phone.token.screens)
        try await phone.network.isAsked(1)
        phone.network.set(.service)
        try await phone.token.time.sync()
        try await phone.network.hasEnded(2)
        try await screens.count(reaches: 2)
        #expect(await screens.seen.last?.clock.certainty == .sure)
        try await phone.network.staysAsked(2)
        await screens.stop()
    }

    @Test func nothingIsAskedBesideACallAndWhatIsDueFollowsIt() async throws {
        let phone = try await Rebooted()
        phone.network.set(.never)
        let call = Task { try await phone.token.time.sync() }
        try await phone.network.isAsked(1)
        let screens = Recorder(phone.token.screens)
        try await screens.count(reaches: 1)
        phone.clock.advance(by: .seconds(1))
        try await screens.count(reaches: 2)
        try await phone.network.staysAsked(1)
        phone.network.set(.service)
        call.cancel()
        await expect(.cancelled) { try await call.value }
        try await phone.network.isAsked(2)
        try await screens.count(reaches: 3)
        #expect(await screens.seen.last?.clock.certainty == .sure)
        await screens.stop()
    }

    @Test func aTokenThatIsNotToAsksNobodyByItself() async throws {
        let phone = try await Rebooted(syncsTime: false)
        let screens = Recorder(phone.token.screens)
        try await screens.count(reaches: 1)
        try await phone.network.staysAsked(0)
        try await phone.token.time.sync()
        try await screens.count(reaches: 2)
        #expect(await screens.seen.last?.clock.certainty == .sure)
        await screens.stop()
    }

    /// The core names another time after a failure to hear a clock, and after no other.
    @Test func whatFailsForAnotherReasonIsTriedAgainOnlyWhenSomethingChanges() async throws {
        let phone = try await Rebooted()
        let file = phone.folder.vault
        let kept = try Data(contentsOf: file)
        try FileManager.default.removeItem(at: file)
        let screens = Recorder(phone.token.screens)
        try await screens.count(reaches: 1)
        for _ in 0..<5 {
            try await phone.network.staysAsked(0)
            phone.clock.advance(by: .seconds(1))
        }
        try kept.write(to: file)
        try await phone.network.staysAsked(0)
        try await phone.token.refresh()
        try await phone.network.isAsked(1)
        await screens.stop()
    }

    @Test func aWallClockThatIsSetIsShownAtOnceAndAsksNobody() async throws {
        let phone = try await Rebooted()
        let screens = Recorder(phone.token.screens)
        try await screens.count(reaches: 2)
        phone.clock.set(wall: phone.clock.now.wall + 3_600)
        try await screens.count(reaches: 3)
        let last = try #require(await screens.seen.last)
        #expect(last.clock.notice == .ahead(.hours(1, minutes: 0)))
        #expect(last.clock.wallAhead.map { abs($0.components.seconds - 3_600) < 2 } == true)
        #expect(last.code == "637009")
        try await phone.network.staysAsked(1)
        await screens.stop()
    }

    @Test func ofAListenerNothingIsLeftWhenTheLoopHasEnded() async throws {
        let phone = try await Rebooted(syncsTime: false)
        let screens = Recorder(phone.token.screens)
        try await screens.count(reaches: 1)
        #expect(phone.clock.listenerCount == 1)
        await screens.stop()
        for _ in 0..<200 where phone.clock.listenerCount > 0 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(phone.clock.listenerCount == 0)
    }

    @Test func whyNoClockWasHeardIsAReasonOfItsOwn() async throws {
        let (fixture, network) = (try await Fixture(), FakeHTTPTransport())
        await expect(.sync(.nothingToAsk)) { try await fixture.token.time.sync() }
        let token = try await Token.open(
            at: fixture.folder.vault, protector: fixture.protector, transport: network, clock: fixture.clock)
        await expect(.locked) { try await token.time.sync() }
        try await token.unlock(.device)
        try token.time.setHosts([Self.bank])
        struct Strange: Error {}
        network.enqueue(.failure(Strange()))
        let error = await thrown { try await token.time.sync() } as? WarifuError
        #expect(error?.reason == .sync(.failed(.unavailable)))
        #expect(error?.cause is Strange)
        #expect(error?.supportCode == "W-305")
        network.enqueue(.failure(HTTPFailure.certificateTime), .status(200), .date("yesterday"))
        await expect(.sync(.failed(.certificateTime))) { try await token.time.sync() }
        await expect(.sync(.noTime)) { try await token.time.sync() }
        await expect(.sync(.noTime)) { try await token.time.sync() }
        #expect(network.sent.map(\.method) == [.head, .head, .head, .head])
        #expect(network.sent.allSatisfy { $0.url == Self.bank && $0.count == 0 })
    }

    @Test func hostsThatAreRefusedLeaveThoseBefore() async throws {
        let token = try await Fixture().token
        try token.time.setHosts([Self.bank])
        #expect(try token.screen().clock.syncAt != nil)
        let plain = try #require(URL(string: "http://bank.example/"))
        await expect(.sync(.notAHost)) { try token.time.setHosts([plain]) }
        await expect(.sync(.tooManyHosts)) { try token.time.setHosts(Array(repeating: Self.bank, count: 9)) }
        #expect(try token.screen().clock.syncAt != nil)
        try token.time.setHosts([])
        #expect(try token.screen().clock.syncAt == nil)
        token.close()
        await expect(.closed) { try token.time.setHosts([]) }
        await expect(.closed) { try await token.time.sync() }
    }

    private static let bank = URL(string: "https://bank.example/") ?? URL(filePath: "/")
}

/// A token that has enrolled, after a boot of the device: the bank's time is due to be asked for.
private struct Rebooted: Sendable {
    let folder: Folder
    let clock = ManualClock()
    let network: TimeNetwork
    let token: Token

    init(syncsTime: Bool = true) async throws {
        folder = try Folder()
        network = TimeNetwork(try await TokenService())
        token = try await Token.createOnDevice(
            at: folder.vault, protector: FakeKeyProtector(), transport: network, clock: clock, syncsTime: syncsTime)
        try await token.enrolment.begin(SecretBytes(utf8: network.service.link))
        clock.reboot()
    }

    /// The device and the bank.
    func goOn(until uptime: Duration) async throws {
        let time = uptime - clock.now.uptime
        let wall = clock.now.wall.timeIntervalSince1970 * 1_000
        let millis = time.components.seconds * 1_000 + time.components.attoseconds / 1_000_000_000_000_000
        try await network.service.order("clock \(Int64(wall.rounded()) + millis)")
        clock.advance(by: time)
    }
}

/// The way to a token service, on which the questions for its time are counted, and may come to nothing.
private final class TimeNetwork: HTTPTransport {
    enum Fate: Sendable {
        case service
        case failure(HTTPFailure)
        case never
    }

    private struct State {
        var fate = Fate.service
        var asked = 0
        var ended = 0
    }

    let service: TokenService
    private let state = Locked(State())

    init(_ service: TokenService) {
        self.service = service
    }

    var endedCount: Int { state { $0.ended } }

    func set(_ fate: Fate) {
        state { $0.fate = fate }
    }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard request.url.lastPathComponent == "time" else { return try await service.send(request) }
        let fate = state { state in
            state.asked += 1
            return state.fate
        }
        defer { state { $0.ended += 1 } }
        switch fate {
        case .service: return try await service.send(request)
        case .failure(let failure): throw failure
        case .never:
            while true { try await Task.sleep(for: .seconds(3_600)) }
        }
    }

    func isAsked(_ count: Int) async throws {
        try await eventually { $0.asked >= count }
        #expect(state { $0.asked } == count)
    }

    func hasEnded(_ count: Int) async throws {
        try await eventually { $0.ended >= count }
    }

    /// Nobody asks, though there is time for it.
    func staysAsked(_ count: Int) async throws {
        for _ in 0..<20 {
            try await Task.sleep(for: .milliseconds(2))
            #expect(state { $0.asked } == count)
        }
    }

    private func eventually(_ isSo: (State) -> Bool) async throws {
        for _ in 0..<3_000 where !state({ isSo($0) }) { try await Task.sleep(for: .milliseconds(10)) }
        #expect(state { isSo($0) })
    }
}
