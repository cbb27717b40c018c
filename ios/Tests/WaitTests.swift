import Foundation
import Testing
import Warifu
import WarifuTesting

@testable import WarifuApp

/// After wrong PINs, on the real core: what is said, and what still goes.
@MainActor @Suite struct WaitTests {
    let app: AppUnderTest

    init() async throws {
        app = try AppUnderTest()
        await app.after { $0.start() }
        await app.register(AppUnderTest.totp)
        await app.choose("2580")
    }

    var session: Session { app.session }

    @Test func theNextTryWaitsAndTheKeypadSaysHowLong() async throws {
        await app.after { $0.lock() }
        let keypad = try await app.typesWrongUntilItWaits()
        #expect(keypad.message?.key == .pinWait)
        #expect(!keypad.takesDigits)
        session.press(2)
        #expect(app.keypad?.typed == 0)

        // A look into another app takes nothing of it away.
        session.enterBackground()
        session.enterForeground()
        await session.settle()
        #expect(app.keypad == keypad)

        await app.clock.untilSomebodySleeps()
        app.clock.advance(by: .seconds(3_600))
        await eventually { app.keypad?.takesDigits == true }
        #expect(app.keypad?.message?.key == .pinWrong)
        await app.type("2580")
        #expect(session.page == .codes)
    }

    @Test func aNewProcessHasTheWaitToo() async throws {
        await app.after { $0.lock() }
        _ = try await app.typesWrongUntilItWaits()
        await app.restart()
        // What the vault keeps is told by the next try, at once and for nothing.
        await app.type("2580")
        #expect(app.keypad?.message?.key == .pinMustWait)
        #expect(app.keypad?.takesDigits == false)
        app.clock.advance(by: .seconds(3_600))
        await eventually { app.keypad?.takesDigits == true }
        await app.type("2580")
        #expect(session.page == .codes)
    }

    @Test func theWaitOutlivesAKeypad() async throws {
        await app.after { $0.lock() }
        _ = try await app.typesWrongUntilItWaits()
        await app.after { $0.lock() }
        #expect(app.keypad?.message?.key == .pinMustWait)
        #expect(app.keypad?.takesDigits == false)
    }

    @Test func theFaceDoesNotWait() async throws {
        await app.proven { $0.addBiometrics() }
        await app.after { $0.lock() }
        let keypad = try await app.typesWrongUntilItWaits()
        #expect(keypad.biometry == .faceID && !keypad.isBusy)

        // One that is cancelled leaves the wait where it was.
        app.keys.person = .cancels
        await app.after { $0.unlockByBiometrics() }
        #expect(app.keypad?.takesDigits == false)
        #expect(app.keypad?.message != nil)

        app.keys.person = .accepts
        await app.after { $0.unlockByBiometrics() }
        #expect(session.page == .codes)
    }

    @Test func aRemovalWaitsOnItsKeypad() async throws {
        let entry = try await app.entry()
        await app.after { $0.remove(entry) }
        let keypad = try await app.typesWrongUntilItWaits()
        #expect(keypad.heading == .removeHeading && !keypad.takesDigits)
        await app.after { $0.back() }
        #expect(session.page == .codes)
        await app.after { $0.remove(entry) }
        #expect(app.keypad?.message?.key == .pinMustWait)
    }

    @Test func theLastTryIsNotSpentOnAnOpenApp() async throws {
        let entry = try await app.entry()
        await app.after { $0.remove(entry) }
        while app.keypad?.hasKeys == true {
            app.clock.advance(by: .seconds(3_600))
            await eventually { app.keypad?.takesDigits == true }
            await app.type("1111")
        }
        #expect(app.keypad?.message == Words(.pinLastTry))
        // Nor on a page that is opened after it.
        await app.after { $0.chooseNewPIN() }
        #expect(app.keypad?.hasKeys == false)
        app.clock.advance(by: .seconds(3_600))
        await app.restart()
        await app.type("2580")
        #expect(session.page == .codes)
        #expect(try await session.token?.entries.list().count == 1)
    }

    /// Another process of the same vault has spent it.
    @Test func aPINThatDiesWhileTheAppIsOpenIsChosenAnew() async throws {
        let entry = try await app.entry()
        await app.after { $0.remove(entry) }
        let other = try await Token.open(at: app.vault, protector: app.keys, clock: app.clock)
        for _ in 0..<10 {
            app.clock.advance(by: .seconds(3_600))
            _ = try? await other.unlock(.pin(SecretBytes(utf8: "1111")))
        }
        other.close()
        await app.type("2580")
        #expect(app.keypad?.heading == .newPIN)
        #expect(app.keypad?.message == Words(.pinDeadChooseNew))
        await app.type("1470")
        await app.type("1470")
        await app.restart()
        await app.type("1470")
        #expect(session.page == .codes)
    }
}

extension AppUnderTest {
    /// The one that is registered.
    func entry() async throws -> NamedEntry {
        NamedEntry(try #require(try await session.token?.entries.list().first))
    }

    /// Types the wrong PIN until the keypad takes none, or none any more.
    func typesWrongUntilItWaits() async throws -> KeypadState {
        for _ in 0..<9 where keypad?.takesDigits == true { await type("1111") }
        return try #require(keypad)
    }
}
