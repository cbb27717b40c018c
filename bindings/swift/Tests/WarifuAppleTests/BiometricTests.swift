import Foundation
import Testing
import Warifu

@testable import WarifuApple

/// A key with a biometric gate, before a person and over the years.
struct BiometricTests {
    let device = FakeSecurity()
    let keys: KeychainKeyProtector
    let key = KeyName(core: "00112233445566778899aabbccddeeff.0123456789abcdef.1")

    init() {
        keys = device.protector()
    }

    @Test func aPersonIsAskedWhenAKeyUnwrapsAndNotBefore() async throws {
        let wrapped = try await wrapped()
        try await keys.findKey(key)
        #expect(device.shown.isEmpty)
        #expect(try await keys.unwrap(wrapped, with: key) == secret)
        #expect(device.shown == [PromptText(reason: "open your token", cancel: "Use the PIN")])
        _ = try await keys.unwrap(wrapped, with: key)
        #expect(device.shown.count == 2, "each use asks")
    }

    @Test func theWordsAreThoseOfTheMoment() async throws {
        let words = Locked("in one language")
        let keys = KeychainKeyProtector(calls: device, service: "jp.warifu") { PromptText(reason: words { $0 }) }
        let wrapped = try await wrapped()
        _ = try await keys.unwrap(wrapped, with: key)
        words { $0 = "in the other" }
        _ = try await keys.unwrap(wrapped, with: key)
        #expect(device.shown.map(\.reason) == ["in one language", "in the other"])
    }

    @Test(arguments: [
        (FakeSecurity.Person.cancels, KeyRefusal.cancelled), (.wantsThePIN, .cancelled),
        (.isNotRecognised, .lockedOut), (.isLockedOut, .lockedOut),
    ])
    func whatAPersonDoesHasItsAnswer(_ person: FakeSecurity.Person, _ refusal: KeyRefusal) async throws {
        let wrapped = try await wrapped()
        device.state { $0.person = person }
        await #expect(throws: refusal) { try await keys.unwrap(wrapped, with: key) }
        device.state { $0.person = .accepts }
        #expect(try await keys.unwrap(wrapped, with: key) == secret)
    }

    @Test func aKeyDiesWhenOthersAreEnrolled() async throws {
        let wrapped = try await wrapped()
        device.state { $0.enrolled = 2 }
        await #expect(throws: KeyRefusal.invalidated) { try await keys.unwrap(wrapped, with: key) }
        // Nobody was asked, so this is all that can be told for sure.
        try await keys.findKey(key)
        // Made anew, it lives.
        let again = try await self.wrapped()
        #expect(try await keys.unwrap(again, with: key) == secret)
    }

    @Test func whatFailsOfItselfSaysNothingOfWhoIsEnrolled() async throws {
        let wrapped = try await wrapped()
        let fault = SecurityFault(domain: SecurityFault.cryptoTokenKitDomain, code: -2)
        device.state { state in
            // A new version of the system names the same people otherwise.
            state.system = 18
            state.faults[.decrypt] = fault
        }
        await #expect(throws: fault) { try await keys.unwrap(wrapped, with: key) }
        device.state { $0.faults = [:] }
        #expect(try await keys.unwrap(wrapped, with: key) == secret)
    }

    @Test func aPersonIsAskedBeforeTheyAreAdded() async throws {
        try await keys.askForBiometrics()
        #expect(device.shown == [PromptText(reason: "open your token", cancel: "Use the PIN")])
        #expect(device.keys.isEmpty)
        for (person, refusal) in [
            (FakeSecurity.Person.cancels, KeyRefusal.cancelled), (.isNotRecognised, .lockedOut),
            (.isLockedOut, .lockedOut),
        ] {
            device.state { $0.person = person }
            await #expect(throws: refusal) { try await keys.askForBiometrics() }
        }
        device.state { $0.isSensorAllowed = false }
        await #expect(throws: KeyRefusal.notEnrolled) { try await keys.askForBiometrics() }
        device.state { state in (state.isSensorAllowed, state.enrolled) = (true, nil) }
        await #expect(throws: KeyRefusal.notEnrolled) { try await keys.askForBiometrics() }
    }

    @Test func thatQuestionGoesWithItsTask() async throws {
        device.state { $0.person = .waits }
        let question = Task { try await keys.askForBiometrics() }
        await device.isAsked()
        question.cancel()
        await #expect(throws: KeyRefusal.cancelled) { try await question.value }
    }

    @Test func aKeyDiesWhenNobodyIsEnrolledAnyMore() async throws {
        let wrapped = try await wrapped()
        device.state { $0.enrolled = nil }
        await #expect(throws: KeyRefusal.invalidated) { try await keys.unwrap(wrapped, with: key) }
        await #expect(throws: KeyRefusal.invalidated) { try await keys.findKey(key) }
    }

    @Test func aKeyThatTheAppMayNotAskForIsNotDead() async throws {
        let wrapped = try await wrapped()
        device.state { $0.isSensorAllowed = false }
        await #expect(throws: KeyRefusal.notEnrolled) { try await keys.unwrap(wrapped, with: key) }
        try await keys.findKey(key)
        device.state { $0.isSensorAllowed = true }
        #expect(try await keys.unwrap(wrapped, with: key) == secret)
    }

    @Test func aNewVersionOfTheSystemKillsNoKey() async throws {
        let wrapped = try await wrapped()
        device.state { $0.system = 18 }
        #expect(try await keys.unwrap(wrapped, with: key) == secret)
        // What it calls those who are enrolled was noted: who is not recognised now is no proof of another.
        device.state { $0.person = .isNotRecognised }
        await #expect(throws: KeyRefusal.lockedOut) { try await keys.unwrap(wrapped, with: key) }
    }

    @Test func thatSuchANoteFailsFailsNothing() async throws {
        let wrapped = try await wrapped()
        device.state { state in
            state.system = 18
            state.faults[.setLabel] = SecurityFault(status: -25_308)
        }
        #expect(try await keys.unwrap(wrapped, with: key) == secret)
        device.state { $0.faults = [:] }
        _ = try await keys.unwrap(wrapped, with: key)
        #expect(device.keys.map(\.label) == [.biometric(EnrolledSet(Data("18 1".utf8)))])
    }

    @Test func aNoteIsMadeOnceAndNotAtEachUse() async throws {
        let wrapped = try await wrapped()
        for _ in 0..<3 { _ = try await keys.unwrap(wrapped, with: key) }
        #expect(device.state { !$0.calls.contains(.setLabel) })
    }

    @Test func aLockedDeviceIsNoDeadKey() async throws {
        let wrapped = try await wrapped()
        device.state { state in
            state.isLocked = true
            state.system = 18
        }
        await #expect(throws: SecurityFault(status: -25_308)) { try await keys.unwrap(wrapped, with: key) }
    }

    @Test func whatWasChangedOnTheDiskIsNoDeadKey() async throws {
        var wrapped = try await wrapped()
        wrapped[0] ^= 1
        let changed = wrapped
        let corrupted = SecurityFault(domain: "CryptoTokenKit", code: -3)
        await #expect(throws: corrupted) { try await keys.unwrap(changed, with: key) }
    }

    @Test func aKeyIsNotMadeWhereItCouldNotBeUsed() async throws {
        func refused(_ refusal: KeyRefusal, _ change: (inout FakeSecurity.State) -> Void) async {
            device.state { change(&$0) }
            await #expect(throws: refusal) { try await keys.createKey(key, for: .wrap, behind: .biometric) }
            #expect(device.keys.isEmpty)
        }
        await refused(.notEnrolled) { $0.enrolled = nil }
        await refused(.lockedOut) { ($0.enrolled, $0.person) = (1, .isLockedOut) }
        await refused(.notEnrolled) { ($0.isSensorAllowed, $0.person) = (false, .accepts) }
        // The device's own key needs nobody.
        try await keys.createKey(key, for: .wrap, behind: .device)
    }

    @Test func aKeyThatCannotBeMadeAnewStays() async throws {
        _ = try await wrapped()
        device.state { $0.person = .isLockedOut }
        await #expect(throws: KeyRefusal.lockedOut) { try await keys.createKey(key, for: .wrap, behind: .biometric) }
        #expect(device.keys.count == 1)
    }

    @Test func aPromptGoesWithItsTask() async throws {
        let wrapped = try await wrapped()
        device.state { $0.person = .waits }
        let unwrap = Task { try await keys.unwrap(wrapped, with: key) }
        await device.isAsked()
        unwrap.cancel()
        await #expect(throws: KeyRefusal.cancelled) { try await unwrap.value }
        // The next one is there as if nothing had been.
        device.state { $0.person = .accepts }
        #expect(try await keys.unwrap(wrapped, with: key) == secret)
    }

    @Test func aTaskThatIsCancelledAlreadyAsksNobody() async throws {
        let wrapped = try await wrapped()
        let unwrap = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await keys.unwrap(wrapped, with: key)
        }
        await #expect(throws: CancellationError.self) { try await unwrap.value }
        #expect(device.shown.isEmpty)
    }

    private func wrapped() async throws -> Data {
        try await keys.createKey(key, for: .wrap, behind: .biometric)
        return try await keys.wrap(secret, with: key)
    }

    private let secret = SecretBytes([1, 2, 3, 4, 5])
}

extension FakeSecurity {
    /// Comes back when a person is asked and does nothing.
    func isAsked() async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [asked] in
                asked.wait()
                continuation.resume()
            }
        }
    }
}
