import Foundation
import Testing
import Warifu
import WarifuTesting

@testable import WarifuApp

/// Who holds the open phone shows who they are before its lock changes; and a change that was cut short opens nothing.
@MainActor @Suite struct ProofTests {
    let app: AppUnderTest

    init() async throws {
        app = try AppUnderTest()
        await app.after { $0.start() }
        await app.register(AppUnderTest.totp)
    }

    var session: Session { app.session }

    var kinds: Set<SlotKind> {
        get async throws { Set(try await session.token?.slots.list().map(\.kind) ?? []) }
    }

    // MARK: - Who it is

    @Test func noChangeOfTheLockGoesWithoutThePIN() async throws {
        await app.choose("2580")
        await app.proven { $0.addBiometrics() }
        let before = try await session.token?.slots.list()
        for act in [
            { $0.chooseNewPIN() }, { $0.addBiometrics() }, { $0.removeBiometrics() }, { $0.removeAllLocks() },
        ] as [@MainActor (Session) -> Void] {
            // A wait that wrong PINs have earned is over.
            app.clock.advance(by: .seconds(3_600))
            await app.after(act)
            #expect(app.keypad?.explanation == Words(.proveByPIN))
            await app.type("1111")
            #expect([.pinWrong, .pinWait].contains(app.keypad?.message?.key))
            await app.after { $0.back() }
            #expect(session.page == .codes)
        }
        #expect(try await session.token?.slots.list() == before)
        #expect(app.question.asked.filter { $0 == "biometrics" }.count == 1)
    }

    @Test func theFaceWillDoForWhoeverHasForgottenThePIN() async throws {
        await app.choose("2580")
        await app.proven { $0.addBiometrics() }
        await app.after { $0.chooseNewPIN() }
        #expect(app.keypad?.biometryKey == .proveBiometrics)
        await app.after { $0.unlockByBiometrics() }
        #expect(app.keypad?.heading == .newPIN)
        await app.type("1470")
        await app.type("1470")
        await app.restart()
        await app.type("1470")
        #expect(session.page == .codes)
    }

    @Test func withoutALockThereIsNobodyToAskFor() async {
        await app.after { $0.chooseNewPIN() }
        #expect(app.keypad == .newPIN())
    }

    @Test func theFaceIsNotAddedBeforeTheSystemHasAskedForIt() async throws {
        await app.choose("2580")
        for (refusal, code) in [(KeyRefusal.notEnrolled, "W-135"), (.lockedOut, "W-134")] {
            app.question.refuse("biometrics", refusal)
            await app.proven { $0.addBiometrics() }
            guard case .trouble(let trouble) = session.page else { return shows(session.page) }
            #expect(trouble.supportCode == code && trouble.way == .retry)
            #expect(try await kinds == [.pin])
            await app.after { $0.back() }
        }
        app.question.refuse("biometrics", KeyRefusal.cancelled)
        await app.proven { $0.addBiometrics() }
        guard case .lock(let lock) = session.page else { return shows(session.page) }
        #expect(!lock.hasBiometrics)
        app.question.refuse("biometrics", nil)
        await app.proven { $0.addBiometrics() }
        #expect(try await kinds == [.pin, .biometric])
    }

    // MARK: - What was cut short

    @Test func aPINThatIsSetCountsThoughTheDevicesSlotStays() async throws {
        app.keys.beforeEach = { if $0 == .findKey { throw KeyRefusal.unavailable } }
        await app.choose("2580")
        guard case .trouble(let trouble) = session.page else { return shows(session.page) }
        #expect(trouble.way == .retry)
        #expect(try await kinds == [.pin, .device])
        app.keys.beforeEach = nil

        await app.restart()
        #expect(app.keypad?.heading == .unlockHeading)
        #expect(session.codes == nil)
        await app.type("2580")
        #expect(session.page == .codes)
        #expect(try await kinds == [.pin])
    }

    @Test func tryingAgainEndsWhatWasBegun() async throws {
        app.keys.beforeEach = { if $0 == .findKey { throw KeyRefusal.unavailable } }
        await app.choose("2580")
        app.keys.beforeEach = nil
        await app.after { $0.retry() }
        #expect(session.page == .codes)
        #expect(try await kinds == [.pin])
    }

    @Test func aLockBetweenTheTwoStepsOpensNothing() async throws {
        let token = try #require(session.token)
        app.keys.beforeEach = { if $0 == .findKey { try? token.lock() } }
        await app.choose("2580")
        app.keys.beforeEach = nil
        #expect(app.keypad?.heading == .unlockHeading)
        await app.restart()
        #expect(app.keypad?.heading == .unlockHeading)
        await app.type("2580")
        #expect(session.page == .codes)
        #expect(try await kinds == [.pin])
    }

    @Test func aDeadKeyOfTheDeviceLeavesThePIN() async throws {
        let device = app.keys.keys
        app.keys.beforeEach = { if $0 == .findKey { throw KeyRefusal.unavailable } }
        await app.choose("2580")
        app.keys.beforeEach = nil
        app.keys.loseKeys { device.contains($0) }
        await app.restart()
        await app.type("2580")
        #expect(session.page == .codes)
    }

    @Test func aLockThatIsHalfRemovedStillAsks() async throws {
        await app.choose("2580")
        app.keys.beforeEach = { if $0 == .findKey { throw KeyRefusal.unavailable } }
        await app.proven { $0.removeAllLocks() }
        app.keys.beforeEach = nil
        await app.restart()
        #expect(app.keypad?.heading == .unlockHeading)
    }

    // MARK: - Trying again

    @Test func whoTriesAgainTypesThePINAgain() async throws {
        await app.choose("2580")
        await app.after { $0.lock() }
        let before = app.keypad
        app.keys.throwNext(KeyRefusal.unavailable)
        await app.type("2580")
        #expect(app.keypad?.trouble != nil)
        await app.after { $0.retry() }
        #expect(app.keypad == before)
        await app.type("2580")
        #expect(session.page == .codes)
    }

    @Test func aFirstNewPINIsForgottenInTheBackground() async {
        await app.after { $0.chooseNewPIN() }
        await app.type("2580")
        #expect(app.keypad == .newPINAgain)
        session.enterBackground()
        #expect(app.keypad == .newPIN())
    }

    @Test func aKeypadOfAnOpenAppGoesWhenItIsShut() async {
        await app.choose("2580")
        await app.after { $0.chooseNewPIN() }
        session.enterBackground()
        await app.passes(seconds: 120)
        session.enterForeground()
        await session.settle()
        #expect(app.keypad?.heading == .unlockHeading)
    }
}
