import Foundation
import Testing
import Warifu
import WarifuTesting

/// The codes are those of `oathtool` for the seed of RFC 6238 at 2033-05-18T03:33:30Z and the periods after it.
@Suite struct ScreensTests {
    @Test func theFirstScreenComesAtOnceAndTheNextExactlyWhenTheOneBeforeSays() async throws {
        let fixture = try await Fixture()
        let screens = Recorder(fixture.token.screens)
        try await screens.count(reaches: 1)
        await fixture.clock.untilSomebodySleeps()
        #expect(fixture.clock.sleepsUntil == [.seconds(7_001)])

        fixture.clock.advance(by: .milliseconds(999))
        try await screens.staysAt(1)
        fixture.clock.advance(by: .milliseconds(1))
        try await screens.count(reaches: 2)

        let seen = await screens.seen
        #expect(seen.map(\.code) == ["637009", "637009"])
        #expect(seen.map(\.timed?.secondsLeft) == [30, 29])
        #expect(seen.map(\.refreshAt) == [.seconds(7_001), .seconds(7_002)])
        await screens.stop()
    }

    @Test func aWholePeriodGivesEachSecondOnceAndTheNextCodeAtTheEdge() async throws {
        let fixture = try await Fixture()
        let screens = Recorder(fixture.token.screens)
        for count in 1...31 {
            try await screens.count(reaches: count)
            await fixture.clock.untilSomebodySleeps()
            fixture.clock.advance(by: .seconds(1))
        }
        let seen = await screens.seen.prefix(31)
        #expect(seen.map(\.timed?.secondsLeft) == (1...30).reversed().map { $0 } + [30])
        #expect(seen.prefix(30).allSatisfy { $0.code == "637009" })
        #expect(seen.last?.code == "353674")
        await screens.stop()
    }

    @Test func aLatePollNeverShowsADeadCode() async throws {
        let fixture = try await Fixture()
        var screens = fixture.token.screens.makeAsyncIterator()
        #expect(try await screens.next()?.code == "637009")
        // The loop's body takes a minute and a half.
        fixture.clock.advance(by: .seconds(90))
        let late = try #require(try await screens.next())
        #expect(late.code == "423197")
        let timed = try #require(late.timed)
        #expect(timed.validFrom <= fixture.clock.now.wall && fixture.clock.now.wall < timed.validUntil)
    }

    /// The process stops between the reading of the clock and the drawing.
    @Test func aScreenDuringWhichTheProcessStoodStillIsMadeAnew() async throws {
        let fixture = try await Fixture()
        let clock = StoppingClock(fixture.clock)
        let token = try await Token.open(at: fixture.folder.vault, protector: fixture.protector, clock: clock)
        try await token.unlock(.device)
        clock.stopOnce(for: .seconds(90))
        let timed = try #require(try token.screen().timed)
        #expect(clock.hasStopped)
        #expect(timed.validFrom <= clock.now.wall && clock.now.wall < timed.validUntil)
        #expect(timed.secondsLeft == 30)
    }

    @Test func aClockThatWakesEarlyIsSleptByAgain() async throws {
        let fixture = try await Fixture()
        let clock = ImpatientClock(fixture.clock)
        let token = try await Token.open(at: fixture.folder.vault, protector: fixture.protector, clock: clock)
        try await token.unlock(.device)
        let screens = Recorder(token.screens)
        try await screens.count(reaches: 1)
        await fixture.clock.untilSomebodySleeps()
        // The sleep ends 400 ms early, and nothing is shown then.
        fixture.clock.advance(by: .milliseconds(600))
        try await screens.staysAt(1)
        fixture.clock.advance(by: .milliseconds(400))
        try await screens.count(reaches: 2)
        #expect(await screens.seen.last?.timed?.secondsLeft == 29)
        await screens.stop()
    }

    @Test func everyCallThatChangesSomethingWakesTheScreens() async throws {
        let fixture = try await Fixture()
        let token = fixture.token
        let screens = Recorder(token.screens)
        var count = 1
        func next(_ change: () async throws -> Void) async throws -> Screen {
            try await screens.count(reaches: count)
            try await change()
            count += 1
            try await screens.count(reaches: count)
            return try #require(await screens.seen.last)
        }

        var added: EntryID?
        #expect(try await next { added = try await token.entries.add(TestSecrets.hotp).id }.cards.count == 2)
        let button = try #require(added)
        let renamed = try await next { try await token.entries.rename(button, account: "押") }
        #expect(renamed.cards.last?.names == Names(account: "押"))
        let advanced = try await next { _ = try await token.entries.advance(button, for: PressID()) }
        #expect(advanced.cards.last?.face == .hotp(counter: 1))
        #expect(try await next { try await token.entries.remove(button) }.cards.count == 1)
        #expect(try await next { try token.lock() }.lock == .locked)
        #expect(try await next { try await token.unlock(.device) }.code == "637009")

        let other = try await Token.open(at: fixture.folder.vault, protector: fixture.protector, clock: fixture.clock)
        try await other.unlock(.device)
        try await other.entries.add(TestSecrets.hotp)
        #expect(try await next { try await token.refresh() }.cards.count == 2)
        await screens.stop()
    }

    @Test func aCallThatTakesInWhatAnotherProcessWroteWakesTheScreensThoughItFails() async throws {
        let fixture = try await Fixture()
        let token = fixture.token
        let screens = Recorder(token.screens)
        try await screens.count(reaches: 1)
        let other = try await Token.open(at: fixture.folder.vault, protector: fixture.protector, clock: fixture.clock)
        try await other.unlock(.device)
        try await other.entries.add(TestSecrets.hotp)
        fixture.protector.refuseNext(.unavailable)
        await expect(.keyStore(.unavailable)) { try await token.anchor() }
        try await screens.count(reaches: 2)
        #expect(await screens.seen.last?.cards.count == 2)
        // What changes nothing shows nothing.
        try await token.refresh()
        try await screens.staysAt(2)
        await screens.stop()
    }

    @Test func aLockedTokenSleepsUntilSomethingHappens() async throws {
        let fixture = try await Fixture()
        try fixture.token.lock()
        let screens = Recorder(fixture.token.screens)
        try await screens.count(reaches: 1)
        fixture.clock.advance(by: .seconds(100_000))
        try await screens.staysAt(1)
        let locked = Screen(lock: .locked, clock: ClockView(certainty: .unsynced), cards: [], refreshAt: nil)
        #expect(await screens.seen.last == locked)
        await screens.stop()
    }

    @Test func theScreensEndWhenTheTokenIsClosedOrTheTaskIsCancelled() async throws {
        let fixture = try await Fixture()
        let first = Recorder(fixture.token.screens)
        try await first.count(reaches: 1)
        await first.stop()
        #expect(await first.hasEnded)

        let second = Recorder(fixture.token.screens)
        try await second.count(reaches: 1)
        fixture.token.close()
        try await second.ends()
        // Nobody sleeps on for a loop that has ended.
        for _ in 0..<200 where !fixture.clock.sleepsUntil.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        #expect(fixture.clock.sleepsUntil.isEmpty)
    }

    @Test func aClockThatCannotBeRightEndsTheScreensWithItsError() async throws {
        let fixture = try await Fixture()
        var screens = fixture.token.screens.makeAsyncIterator()
        #expect(try await screens.next() != nil)
        let wall = Date(timeIntervalSince1970: 1_000_000_000)
        fixture.clock.set(wall: wall)
        fixture.clock.advance(by: .seconds(1))
        do {
            _ = try await screens.next()
            Issue.record("no error")
        } catch {
            #expect(error.reason == .clockTooEarly(wall: wall + 1))
            #expect(error.supportCode == "W-301")
        }
        fixture.clock.set(wall: Date(timeIntervalSince1970: 2_000_000_010))
        var anew = fixture.token.screens.makeAsyncIterator()
        #expect(try await anew.next()?.code == "637009")
    }

    @Test func manyListenersGetEachScreen() async throws {
        let fixture = try await Fixture()
        let all = (0..<20).map { _ in Recorder(fixture.token.screens) }
        for screens in all { try await screens.count(reaches: 1) }
        try fixture.token.lock()
        for screens in all {
            try await screens.count(reaches: 2)
            #expect(await screens.seen.last?.lock == .locked)
            await screens.stop()
        }
    }
}

/// Collects screens in a task of its own.
actor Recorder {
    private(set) var seen: [Screen] = []
    private(set) var hasEnded = false
    private var task: Task<Void, Never>?

    init(_ screens: Screens) {
        Task { await begin(screens) }
    }

    private func begin(_ screens: Screens) {
        task = Task {
            do {
                for try await screen in screens { seen.append(screen) }
            } catch {
                Issue.record(error)
            }
            hasEnded = true
        }
    }

    func count(reaches count: Int) async throws {
        try await until("\(count) screens") { seen.count >= count }
        #expect(seen.count == count)
    }

    /// No more come, though there is time for them.
    func staysAt(_ count: Int) async throws {
        for _ in 0..<20 {
            try await Task.sleep(for: .milliseconds(2))
            #expect(seen.count == count)
        }
    }

    func ends() async throws {
        try await until("the end") { hasEnded }
    }

    func stop() async {
        task?.cancel()
        await task?.value
    }

    private func until(_ what: String, _ isSo: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while !isSo() {
            guard ContinuousClock.now < deadline else { throw Late(what: what) }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    struct Late: Error {
        let what: String
    }
}

/// A manual clock that, read once, lets time go by behind it: the process was stopped right after.
final class StoppingClock: DeviceClock {
    private let clock: ManualClock
    private let stop = Locked(Duration?.none)
    private let stopped = Locked(false)

    init(_ clock: ManualClock) {
        self.clock = clock
    }

    var hasStopped: Bool { stopped { $0 } }

    func stopOnce(for time: Duration) {
        stop { $0 = time }
    }

    var now: DeviceTime {
        let now = clock.now
        if let time = stop({ $0.take() }) {
            clock.advance(by: time)
            stopped { $0 = true }
        }
        return now
    }

    func sleep(untilUptime uptime: Duration) async throws(CancellationError) {
        try await clock.sleep(untilUptime: uptime)
    }
}

/// A clock whose sleeps end 400 ms early.
struct ImpatientClock: DeviceClock {
    let clock: ManualClock

    init(_ clock: ManualClock) {
        self.clock = clock
    }

    var now: DeviceTime { clock.now }

    func sleep(untilUptime uptime: Duration) async throws(CancellationError) {
        let early = uptime - .milliseconds(400)
        try await clock.sleep(untilUptime: early > clock.now.uptime ? early : uptime)
    }
}
