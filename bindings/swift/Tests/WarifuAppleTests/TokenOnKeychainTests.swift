import Foundation
import Testing
import Warifu
import WarifuTesting

@testable import WarifuApple

/// The real core on the key protector, from the first start to the bank's 交換.
struct TokenOnKeychainTests {
    let device = FakeSecurity()
    let folder: Folder
    let clock = ManualClock()

    init() throws {
        folder = try Folder()
    }

    @Test func aTokenIsMadeAndOpenedAgainByTheDevice() async throws {
        try await made().close()
        let token = try await opened()
        try await token.unlock(.device)
        #expect(try token.screen().cards.count == 1)
        #expect(device.shown.isEmpty)
    }

    @Test func aPINOpensByTheSecureEnclaveAndCounts() async throws {
        let token = try await made()
        try await token.slots.set(.pin(pin, cost: quick))
        try token.lock()
        for triesLeft in [5, 4] {
            await expect(.wrongPIN(triesLeft: triesLeft, wait: .zero)) { try await token.unlock(.pin(wrongPIN)) }
        }
        try await token.unlock(.pin(pin))
        #expect(try token.isUnlocked)
    }

    @Test func aFileThatIsPutBackGivesNoTryBack() async throws {
        let token = try await made()
        let slot = try await token.slots.set(.pin(pin, cost: quick))
        token.close()
        let copy = try Data(contentsOf: folder.vault)
        for before in [.wrongPIN(triesLeft: 5, wait: .zero), .keyLost(slot)] as [WarifuError.Reason] {
            let token = try await opened()
            let found = await reason { try await token.unlock(.pin(wrongPIN)) }
            #expect(found == before)
            token.close()
            try copy.write(to: folder.vault)
        }
        // The keys of the copy's count are gone.
        let again = try await opened()
        await expect(.keyLost(slot)) { try await again.unlock(.pin(pin)) }
        #expect(try !again.isUnlocked)
    }

    @Test func aFingerOpensAndWhoeverEnrolsAnotherHasToUseThePIN() async throws {
        let token = try await made()
        try await token.slots.set(.pin(pin, cost: quick))
        let slot = try await token.slots.set(.biometric)
        try token.lock()
        try await token.unlock(.biometric)
        #expect(device.shown.count == 1)
        try token.lock()

        device.state { $0.enrolled = 2 }
        await expect(.keyInvalidated(slot)) { try await token.unlock(.biometric) }
        try await token.unlock(.pin(pin))
        try await token.slots.remake(slot)
        try token.lock()
        try await token.unlock(.biometric)
        #expect(try token.isUnlocked)
    }

    @Test func theButtonOfThePromptLeadsToThePIN() async throws {
        let token = try await made()
        try await token.slots.set(.pin(pin, cost: quick))
        try await token.slots.set(.biometric)
        try token.lock()
        device.state { $0.person = .cancels }
        await expect(.keyStore(.cancelled)) { try await token.unlock(.biometric) }
        try await token.unlock(.pin(pin))
    }

    @Test func aNewerWayTakesThePromptAway() async throws {
        let token = try await made()
        try await token.slots.set(.biometric)
        try token.lock()
        device.state { $0.person = .waits }
        let finger = Task { await reason { try await token.unlock(.biometric) } }
        await device.isAsked()
        try await token.unlock(.device)
        #expect(await finger.value == .flow(.stale))
        #expect(try token.isUnlocked)
    }

    @Test func whatIsWrongWithTheKeychainIsTheCauseOfTheError() async throws {
        let token = try await made()
        try token.lock()
        device.state { $0.isLocked = true }
        do {
            try await token.unlock(.device)
            Issue.record("it opened")
        } catch {
            #expect(error.reason == .keyStore(.unavailable))
            #expect(error.cause as? SecurityFault == SecurityFault(status: -25_308))
        }
    }

    @Test func anOlderFileIsNoticed() async throws {
        let token = try await made()
        try await token.anchor()
        let older = try Data(contentsOf: folder.vault)
        try await token.entries.add(
            SecretBytes(utf8: "otpauth://totp/Bank:0002?secret=MZXW6YTBOIMZXW6YTBOIMZXW6YTBOIQQ&issuer=Bank"))
        try await token.anchor()
        token.close()
        try older.write(to: folder.vault)
        let again = try await opened()
        await expect(.rolledBack) { try await again.unlock(.device) }
    }

    @Test func aFileOnAnotherDeviceIsToldSo() async throws {
        let token = try await made()
        try await token.anchor()
        token.close()
        let other = try await Token.open(at: folder.vault, protector: FakeSecurity().protector(), clock: clock)
        await expect(.restoredOnAnotherDevice) { try await other.unlock(.device) }
    }

    @Test func anAppThatIsInstalledAgainBeginsWithAnEmptyKeychain() async throws {
        let token = try await made()
        try await token.slots.set(.pin(pin, cost: quick))
        try await token.anchor()
        token.close()
        // Deleting an app deletes its files.
        try FileManager.default.removeItem(at: folder.vault)
        let keys = device.protector()
        #expect(try await keys.clearLeftovers(unlessVaultAt: folder.vault))
        #expect(device.keys.isEmpty && device.items.isEmpty)
        try await made().close()
        #expect(try await keys.clearLeftovers(unlessVaultAt: folder.vault) == false)
        try await opened().unlock(.device)
    }

    private func made() async throws -> Token {
        let token = try await Token.createOnDevice(at: folder.vault, protector: device.protector(), clock: clock)
        try await token.entries.add(
            SecretBytes(utf8: "otpauth://totp/Bank:0001?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Bank"))
        return token
    }

    private func opened() async throws -> Token {
        try await Token.open(at: folder.vault, protector: device.protector(), clock: clock)
    }

    private let pin = SecretBytes(utf8: "83917264")
    private let wrongPIN = SecretBytes(utf8: "00000001")
    private let quick = Argon2Cost(memoryKiB: 8, passes: 1, lanes: 1)
}

/// Why a call failed, if it did.
private func reason(of call: () async throws -> some Sendable) async -> WarifuError.Reason? {
    do {
        _ = try await call()
        return nil
    } catch {
        return (error as? WarifuError)?.reason
    }
}

private func expect(
    _ expected: WarifuError.Reason, at location: SourceLocation = #_sourceLocation,
    from call: () async throws -> some Sendable
) async {
    let found = await reason(of: call)
    #expect(found == expected, sourceLocation: location)
}
