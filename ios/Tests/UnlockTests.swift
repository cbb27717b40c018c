import Foundation
import Testing
import Warifu
import WarifuTesting

@testable import WarifuApp

/// How the app is locked and opened, on the real core.
@MainActor @Suite struct UnlockTests {
    let app: AppUnderTest

    init() async throws {
        app = try AppUnderTest()
        await app.after { $0.start() }
        await app.register(AppUnderTest.totp)
        await app.choose("2580")
    }

    var session: Session { app.session }

    @Test func aPINThatIsChosenLocksTheApp() async {
        #expect(session.page == .codes)
        await app.restart()
        #expect(app.keypad == .unlock([], biometry: nil).with(hasKeys: true))
        #expect(session.codes == nil)
        await app.type("2580")
        #expect(session.page == .codes)
        #expect(session.codes?.cards.count == 1)
    }

    @Test func twoPINsThatDifferAreChosenAnew() async {
        await app.after { $0.chooseNewPIN() }
        await app.type("2580")
        await app.type("2580")
        #expect(app.keypad == .newPINAgain)
        await app.type("2581")
        #expect(app.keypad == .newPIN(message: Words(.pinsDiffer)))
    }

    @Test func aPINThatAnybodyTriesFirstIsRefused() async {
        await app.choose("1234", by: "2580")
        #expect(app.keypad?.heading == .newPIN)
        #expect(app.keypad?.trouble?.supportCode == SampleError.simplePIN.error.supportCode)
    }

    @Test func theFaceOpensItAndTheRefusalLeavesThePIN() async {
        await app.proven { $0.addBiometrics() }
        guard case .lock(let lock) = session.page else { return shows(session.page) }
        #expect(lock.hasBiometrics)
        await app.after { $0.lock() }
        let before = app.keypad
        #expect(before?.biometry == .faceID)

        app.keys.person = .cancels
        await app.after { $0.unlockByBiometrics() }
        #expect(app.keypad == before)

        app.keys.person = .isLockedOut
        await app.after { $0.unlockByBiometrics() }
        #expect(app.keypad?.trouble?.supportCode == SampleError.lockedOut.error.supportCode)
        #expect(app.keypad?.hasKeys == true)

        app.keys.person = .accepts
        await app.after { $0.unlockByBiometrics() }
        #expect(session.page == .codes)
    }

    @Test func aFaceThatHasChangedSaysSoAndThePINOpens() async {
        await app.proven { $0.addBiometrics() }
        await app.after { $0.lock() }
        app.keys.changeBiometrics()
        await app.after { $0.unlockByBiometrics() }
        #expect(app.keypad?.trouble?.supportCode == SampleError.keyInvalidated.error.supportCode)
        await app.type("2580")
        #expect(session.page == .codes)
    }

    @Test func withoutAnyLockItOpensByItself() async {
        await app.proven { $0.removeAllLocks() }
        await app.restart()
        #expect(session.page == .codes)
    }

    @Test func backAfterNinetySecondsItIsStillOpen() async {
        session.enterBackground()
        #expect(session.codes == nil)
        await app.passes(seconds: 90)
        session.enterForeground()
        await session.settle()
        #expect(session.page == .codes)
        #expect(session.codes?.cards.count == 1)
    }

    @Test func backAfterTwoMinutesItIsLocked() async {
        session.enterBackground()
        await app.passes(seconds: 120)
        session.enterForeground()
        await session.settle()
        #expect(app.keypad?.heading == .unlockHeading)
        #expect(session.codes == nil)
    }

    @Test func whatWasTypedIsForgottenInTheBackground() async {
        await app.after { $0.lock() }
        session.press(2)
        session.press(5)
        #expect(app.keypad?.typed == 2)
        session.enterBackground()
        session.enterForeground()
        await session.settle()
        #expect(app.keypad?.typed == 0)
        #expect(session.typed.count == 0)
    }

    @Test func aPINHasNoMoreThanTwelveDigits() async {
        await app.after { $0.lock() }
        for _ in 0..<20 { session.press(7) }
        #expect(app.keypad?.typed == 12)
        session.erase()
        #expect(app.keypad?.typed == 11)
    }
}

extension KeypadState {
    fileprivate func with(hasKeys: Bool) -> KeypadState {
        KeypadState(
            heading: heading, explanation: Words(.unlockByPIN), enter: enter, hasHelp: hasHelp, hasKeys: hasKeys)
    }
}

extension AppUnderTest {
    /// Changes something that wants the PIN first.
    func proven(by pin: String = "2580", _ act: @MainActor (Session) -> Void) async {
        await after(act)
        #expect(keypad?.explanation == Words(.proveByPIN))
        await type(pin)
    }

    /// Lets time go by, and waits until what it sets off is done.
    func passes(hours: Int = 0, seconds: Int = 0) async {
        clock.advance(by: .seconds(hours * 3_600 + seconds))
        await session.settle()
    }
}

/// Waits until it holds, for as long as a slow machine may take.
@MainActor func eventually(_ holds: @MainActor () -> Bool, at location: SourceLocation = #_sourceLocation) async {
    for _ in 0..<500 {
        if holds() { return }
        try? await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("it did not come to hold", sourceLocation: location)
}
