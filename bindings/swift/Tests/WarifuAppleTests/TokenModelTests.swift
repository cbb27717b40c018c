import Foundation
import Observation
import Testing
import Warifu
import WarifuApple
import WarifuTesting

/// The life of a model: start, background, back, lock.
@MainActor struct TokenModelTests {
    let folder: Folder
    let clock = ManualClock()
    let token: Token

    init() async throws {
        folder = try Folder()
        token = try await Token.createOnDevice(at: folder.vault, protector: FakeKeyProtector(), clock: clock)
        try await token.entries.add(
            SecretBytes(utf8: "otpauth://totp/Bank:0001?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Bank"))
    }

    @Test func beforeTheStartThereIsNothingToDraw() {
        let model = TokenModel(token)
        #expect(model.screen == nil && model.error == nil)
        #expect(clock.sleepsUntil.isEmpty)
    }

    @Test func theFirstScreenIsThereInTheSameTurn() throws {
        let model = TokenModel(token)
        model.enterForeground()
        #expect(try model.screen == token.screen())
        #expect(model.screen?.cards.count == 1)
    }

    @Test func theScreenFollowsTheTime() async throws {
        let model = TokenModel(token)
        model.enterForeground()
        let first = try #require(model.code)
        await clock.untilSomebodySleeps()
        await model.change { clock.advance(by: .seconds(30)) }
        #expect(try #require(model.code) != first)
        #expect(try model.screen == token.screen())
    }

    @Test func inTheBackgroundThereIsNothingToDrawAndNobodyAsks() async throws {
        let model = TokenModel(token, locksAfter: nil)
        model.enterForeground()
        await clock.untilSomebodySleeps()
        model.enterBackground()
        #expect(model.screen == nil)
        await eventually { clock.sleepsUntil.isEmpty && clock.listenerCount == 0 }
        clock.advance(by: .seconds(300))
        await settle()
        #expect(model.screen == nil)
        #expect(try token.isUnlocked)
    }

    @Test func backAfterNinetySecondsItShowsTheCodeOfThatMoment() async throws {
        let model = TokenModel(token)
        model.enterForeground()
        let before = try #require(model.code)
        model.enterBackground()
        clock.advance(by: .seconds(90))
        model.enterForeground()
        // Before any other turn of the main thread.
        let after = try #require(model.code)
        #expect(after != before)
        #expect(try model.screen == token.screen())
    }

    @Test func backAfterTooLongItIsLocked() async throws {
        let model = TokenModel(token)
        model.enterForeground()
        model.enterBackground()
        clock.advance(by: .seconds(120))
        model.enterForeground()
        #expect(model.screen?.lock == .locked)
        #expect(model.code == nil)
    }

    @Test func aMillisecondBeforeItIsNot() async throws {
        let model = TokenModel(token)
        model.enterForeground()
        model.enterBackground()
        clock.advance(by: .seconds(120) - .milliseconds(1))
        model.enterForeground()
        #expect(model.screen?.lock == .unlocked)
    }

    @Test func aProcessThatGoesOnLocksWhenTheTimeHasCome() async throws {
        let model = TokenModel(token)
        model.enterForeground()
        model.enterBackground()
        await eventually { clock.sleepsUntil.contains(.seconds(7_120)) }
        clock.advance(by: .seconds(120))
        await eventually { (try? token.isUnlocked) == false }
        #expect(model.screen == nil)
    }

    @Test func aProcessThatStoodStillLocksAsItComesBack() async throws {
        let still = StandingClock(clock)
        token.close()
        let protector = FakeKeyProtector()
        let folder = try Folder()
        let token = try await Token.createOnDevice(at: folder.vault, protector: protector, clock: still)
        let model = TokenModel(token)
        model.enterForeground()
        model.enterBackground()
        await settle()
        clock.advance(by: .seconds(86_400))
        await settle()
        #expect(try token.isUnlocked, "its own sleep has not ended")
        model.enterForeground()
        #expect(model.screen?.lock == .locked)
    }

    @Test func whoComesBackInTimePutsTheLockOff() async throws {
        let model = TokenModel(token)
        model.enterForeground()
        for _ in 0..<3 {
            model.enterBackground()
            clock.advance(by: .seconds(100))
            model.enterForeground()
        }
        await settle()
        #expect(try token.isUnlocked)
        #expect(model.screen?.lock == .unlocked)
    }

    @Test func aSecondGoodbyeDoesNotPutTheLockOff() async throws {
        let model = TokenModel(token)
        model.enterForeground()
        model.enterBackground()
        clock.advance(by: .seconds(100))
        model.enterBackground()
        clock.advance(by: .seconds(20))
        model.enterForeground()
        #expect(model.screen?.lock == .locked)
    }

    @Test func aSecondStartIsNone() async throws {
        let model = TokenModel(token)
        model.enterForeground()
        await eventually { clock.listenerCount == 1 }
        model.enterForeground()
        await settle()
        #expect(clock.listenerCount == 1)
    }

    @Test func aLockTakesTheCodesAwayAtOnceAndAnUnlockBringsThemBack() async throws {
        let model = TokenModel(token)
        model.enterForeground()
        try model.lock()
        #expect(model.screen?.lock == .locked && model.screen?.cards.isEmpty == true)
        await model.change { _ = try? await token.unlock(.device) }
        #expect(model.screen?.lock == .unlocked && model.code != nil)
    }

    @Test func aLockInTheBackgroundShowsNothing() async throws {
        let model = TokenModel(token)
        model.enterForeground()
        model.enterBackground()
        try model.lock()
        #expect(model.screen == nil)
        model.enterForeground()
        #expect(model.screen?.lock == .locked)
    }

    @Test func aClockThatCannotBeRightIsAnErrorUntilItIsSet() async throws {
        let model = TokenModel(token)
        model.enterForeground()
        let now = clock.now.wall
        let wrong = Date(timeIntervalSince1970: 1_000_000_000)
        await clock.untilSomebodySleeps()
        await model.change { clock.set(wall: wrong) }
        #expect(model.screen == nil)
        #expect(model.error?.reason == .clockTooEarly(wall: wrong))
        model.enterBackground()
        #expect(model.error == nil)
        clock.set(wall: now)
        model.enterForeground()
        #expect(model.error == nil && model.code != nil)
    }

    @Test func aRefreshBeginsAnew() async throws {
        clock.set(wall: Date(timeIntervalSince1970: 1_000_000_000))
        let model = TokenModel(token)
        model.enterForeground()
        #expect(model.error != nil)
        await settle()
        clock.set(wall: Date(timeIntervalSince1970: 2_000_000_010))
        model.refresh()
        #expect(model.error == nil && model.code != nil)
        await clock.untilSomebodySleeps()
        await model.change { clock.advance(by: .seconds(30)) }
        #expect(model.code != nil)
    }

    @Test func aRefreshInTheBackgroundShowsNothing() async throws {
        let model = TokenModel(token)
        model.refresh()
        #expect(model.screen == nil)
        model.enterForeground()
        model.enterBackground()
        model.refresh()
        #expect(model.screen == nil)
    }

    @Test func aTokenThatIsClosedHasNoScreen() async throws {
        let model = TokenModel(token)
        model.enterForeground()
        await clock.untilSomebodySleeps()
        await model.change { token.close() }
        #expect(model.screen == nil)
        #expect(throws: WarifuError.self) { try model.lock() }
    }

    @Test func aModelThatIsLetGoAsksNobody() async throws {
        var model: TokenModel? = TokenModel(token)
        model?.enterForeground()
        await eventually { clock.listenerCount == 1 }
        weak var weakly = model
        model = nil
        #expect(weakly == nil)
        await eventually { clock.listenerCount == 0 && clock.sleepsUntil.isEmpty }
    }
}

extension TokenModel {
    fileprivate var code: String? {
        guard case .totp(let timed)? = screen?.cards.first?.face else { return nil }
        return timed.code.digits
    }

    /// Does something, and comes back when the screen or the error has changed, as a view would see it.
    fileprivate func change(
        at location: SourceLocation = #_sourceLocation, by act: () async -> Void
    ) async {
        let changed = Locked(false)
        withObservationTracking {
            _ = (screen, error)
        } onChange: {
            changed { $0 = true }
        }
        await act()
        // It is told before the change, in the same turn.
        await eventually(at: location) { changed { $0 } }
    }
}

/// Comes back when it is so, or after ten seconds that it never was.
@MainActor private func eventually(
    at location: SourceLocation = #_sourceLocation, _ condition: () -> Bool
) async {
    let end = ContinuousClock.now + .seconds(10)
    while !condition() {
        guard ContinuousClock.now < end else {
            Issue.record("it never came to that", sourceLocation: location)
            return
        }
        try? await Task.sleep(for: .milliseconds(1))
    }
}

/// Lets whatever is under way go on.
@MainActor private func settle() async {
    try? await Task.sleep(for: .milliseconds(20))
}

/// A process that stands still: its clock goes on, its sleeps do not end.
private struct StandingClock: DeviceClock {
    let clock: ManualClock

    init(_ clock: ManualClock) {
        self.clock = clock
    }

    var now: DeviceTime { clock.now }

    func sleep(untilUptime uptime: Duration) async throws(CancellationError) {
        let ended = OneShot<Void>()
        await withTaskCancellationHandler {
            await ended.value()
        } onCancel: {
            ended.set(())
        }
        throw CancellationError()
    }
}
