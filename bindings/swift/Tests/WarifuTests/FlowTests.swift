import Foundation
import Testing
import Warifu
import WarifuTesting

/// How the layer does the core's errands.
@Suite struct FlowTests {
    @Test func whatAProtectorThrowsUnexpectedlyIsKeptAsTheCause() async throws {
        struct Surprise: Error { let secret = TestSecrets.pin }
        let fixture = try await Fixture()
        try fixture.token.lock()
        fixture.protector.throwNext(Surprise())
        do {
            try await fixture.token.unlock(.device)
            Issue.record("no error")
        } catch {
            #expect(error.reason == .keyStore(.unavailable))
            #expect(error.supportCode == "W-136")
            #expect(error.cause is Surprise)
            // Of what somebody else's error says, nobody knows what it holds.
            #expect("\(error)".contains("Surprise") && !"\(error)".contains(TestSecrets.pin))
        }
        try await fixture.token.unlock(.device)
    }

    @Test(arguments: [
        KeyRefusal.missing, .invalidated, .cancelled, .lockedOut, .notEnrolled, .unavailable,
    ])
    func aRefusalIsToldAsItIsAndHasNoCause(_ refusal: KeyRefusal) async throws {
        let fixture = try await Fixture()
        fixture.protector.refuseNext(refusal)
        do {
            try await fixture.token.slots.set(.biometric)
            Issue.record("no error")
        } catch {
            #expect(error.reason == .keyStore(refusal))
            #expect(error.cause == nil)
        }
    }

    @Test func aCancellationThatAProtectorThrowsIsACancelledPrompt() async throws {
        let fixture = try await Fixture()
        fixture.protector.throwNext(CancellationError())
        await expect(.keyStore(.cancelled)) { try await fixture.token.unlock(.device) }
    }

    @Test func withoutAKeyStoreOnlyAPassphraseOpens() async throws {
        let fixture = try await Fixture()
        let passphrase = SecretBytes(utf8: TestSecrets.passphrase)
        try await fixture.token.slots.set(.passphrase(passphrase, cost: TestSecrets.quick))
        let bare = try await Token.open(at: fixture.folder.vault, clock: fixture.clock)
        await expect(.keyStore(.unavailable)) { try await bare.unlock(.device) }
        try await bare.unlock(.passphrase(passphrase))
        #expect(try bare.screen().code == "637009")
    }

    @Test func errandsOfAllCallsGoToTheProtectorOneAfterTheOther() async throws {
        let fixture = try await Fixture()
        let (token, protector) = (fixture.token, fixture.protector)
        try await token.slots.set(.pin(SecretBytes(utf8: TestSecrets.pin), hardware: .mac, cost: TestSecrets.quick))
        let inside = Locked((now: 0, most: 0, all: 0))
        protector.beforeEach = { _ in
            inside { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.all + 1) }
            try await Task.sleep(for: .milliseconds(2))
            inside { $0.now -= 1 }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<30 {
                group.addTask {
                    do {
                        switch number % 3 {
                        case 0: try await token.unlock(.device)
                        case 1: try await token.slots.set(.biometric)
                        default: try await token.anchor()
                        }
                    } catch let error as WarifuError where error.reason == .flow(.stale) {}
                }
            }
            try await group.waitForAll()
        }
        #expect(inside { $0.most } == 1)
        #expect(inside { $0.all } >= 3)
        #expect(inside { $0.now } == 0)
    }

    @Test func cancellationInTheMiddleOfAnUnlockEndsItAtOnceThoughTheProtectorDoesNot() async throws {
        let fixture = try await Fixture()
        let (token, protector) = (fixture.token, fixture.protector)
        try token.lock()
        let prompt = Prompt()
        protector.beforeEach = { _ in await prompt.stand() }
        let unlock = Task { try await token.unlock(.device) }
        await prompt.isShown()
        unlock.cancel()
        await expect(.cancelled) { _ = try await unlock.value }
        #expect(!prompt.hasEnded)
        protector.beforeEach = nil
        prompt.end()
        // What the key store answers now is nobody's: the token stays locked.
        try await Task.sleep(for: .milliseconds(50))
        #expect(try !token.isUnlocked)
        try await token.unlock(.device)
    }

    /// The core opens the vault before it has keys deleted that no slot needs any more.
    @Test func anUnlockThatIsCancelledAmongItsLastErrandsHasOpenedTheVaultAndTheScreensShowIt() async throws {
        let fixture = try await Fixture()
        let (token, protector) = (fixture.token, fixture.protector)
        // The key of the slot that is replaced stays.
        protector.beforeEach = { if $0 == .deleteKey { throw KeyRefusal.unavailable } }
        try await token.slots.set(.device)
        #expect(try await token.slots.keptKeyCount() == 1)
        try token.lock()
        let screens = Recorder(token.screens)
        try await screens.count(reaches: 1)
        #expect(await screens.seen.last?.lock == .locked)

        let prompt = Prompt()
        protector.beforeEach = { if $0 == .deleteKey { try await prompt.standUntilCancelled() } }
        let unlock = Task { try await token.unlock(.device) }
        await prompt.isShown()
        unlock.cancel()
        await expect(.cancelled) { _ = try await unlock.value }
        #expect(try token.isUnlocked)
        try await screens.count(reaches: 2)
        #expect(await screens.seen.last?.code == "637009")
        await screens.stop()
    }

    @Test func cancellationReachesTheProtector() async throws {
        let fixture = try await Fixture()
        try fixture.token.lock()
        let prompt = Prompt()
        fixture.protector.beforeEach = { _ in try await prompt.standUntilCancelled() }
        let unlock = Task { [token = fixture.token] in try await token.unlock(.device) }
        await prompt.isShown()
        unlock.cancel()
        await expect(.cancelled) { _ = try await unlock.value }
        await prompt.isGone()
    }

    @Test func aTaskThatIsCancelledAlreadyBeginsNothing() async throws {
        let fixture = try await Fixture()
        let token = fixture.token
        let count = fixture.protector.keys.count
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await expect(.cancelled) { try await token.unlock(.device) }
            await expect(.cancelled) { try await token.slots.set(.biometric) }
            await expect(.cancelled) { try await token.entries.add(TestSecrets.hotp) }
            await expect(.cancelled) { try await token.refresh() }
        }
        await task.value
        #expect(fixture.protector.keys.count == count)
        #expect(try await token.entries.list().count == 1)
    }

    @Test func aNewerUnlockTakesThePromptOfTheOlderAwayAndIsNotQueuedBehindIt() async throws {
        let fixture = try await Fixture()
        let (token, protector) = (fixture.token, fixture.protector)
        let pin = SecretBytes(utf8: TestSecrets.pin)
        try await token.slots.set(.biometric)
        try await token.slots.set(.pin(pin, cost: TestSecrets.quick))
        try token.lock()
        let prompt = Prompt()
        protector.beforeEach = { _ in
            protector.beforeEach = nil
            try await prompt.standUntilCancelled()
        }
        let older = Task { try await token.unlock(.biometric) }
        await prompt.isShown()
        try await token.unlock(.pin(pin))
        await prompt.isGone()
        await expect(.flow(.stale)) { _ = try await older.value }
        #expect(try token.isUnlocked)
    }

    @Test func anUnlockByPassphraseOvertakesAPromptAsWell() async throws {
        let fixture = try await Fixture()
        let (token, protector) = (fixture.token, fixture.protector)
        let passphrase = SecretBytes(utf8: TestSecrets.passphrase)
        try await token.slots.set(.passphrase(passphrase, cost: TestSecrets.quick))
        try token.lock()
        let prompt = Prompt()
        protector.beforeEach = { _ in
            protector.beforeEach = nil
            try await prompt.standUntilCancelled()
        }
        let older = Task { try await token.unlock(.device) }
        await prompt.isShown()
        try await token.unlock(.passphrase(passphrase))
        await prompt.isGone()
        await expect(.flow(.stale)) { _ = try await older.value }
        #expect(try token.isUnlocked)
        // The errand line is free.
        try await token.unlock(.device)
    }

    @Test func aLockTakesThePromptAway() async throws {
        let fixture = try await Fixture()
        let token = fixture.token
        try token.lock()
        let prompt = Prompt()
        fixture.protector.beforeEach = { _ in try await prompt.standUntilCancelled() }
        let unlock = Task { try await token.unlock(.device) }
        await prompt.isShown()
        try token.lock()
        await prompt.isGone()
        await expect(.locked) { _ = try await unlock.value }
    }

    @Test func anUnlockBesideALockIsDoneOrLockedAndNothingElse() async throws {
        let fixture = try await Fixture()
        let token = fixture.token
        for _ in 0..<200 {
            async let locked: Void = Task.detached { try token.lock() }.value
            do {
                try await token.unlock(.device)
            } catch {
                #expect(error.reason == .locked)
            }
            try await locked
        }
    }

    @Test func aPINsWaitIsSleptAndEndsWithACancellation() async throws {
        let fixture = try await Fixture()
        let (token, clock) = (fixture.token, fixture.clock)
        let (pin, wrong) = (SecretBytes(utf8: TestSecrets.pin), SecretBytes(utf8: "71640382"))
        try await token.slots.set(.pin(pin, cost: TestSecrets.quick))
        try token.lock()
        for triesLeft in [5, 4, 3] {
            await expect(.wrongPIN(triesLeft: triesLeft, wait: .zero)) { try await token.unlock(.pin(wrong)) }
        }
        await expect(.wrongPIN(triesLeft: 2, wait: .seconds(30))) { try await token.unlock(.pin(wrong)) }

        let impatient = Task { try await token.unlock(.pin(pin)) }
        await clock.untilSomebodySleeps()
        #expect(clock.sleepsUntil == [.seconds(7_030)])
        impatient.cancel()
        await expect(.cancelled) { _ = try await impatient.value }

        let patient = Task { try await token.unlock(.pin(pin)) }
        await clock.untilSomebodySleeps()
        clock.advance(by: .seconds(30))
        _ = try await patient.value
        #expect(try token.isUnlocked)
    }

    @Test func aPINsWaitIsToldWhereNobodyWaitsForItAndCostsNoTry() async throws {
        let fixture = try await Fixture()
        let (token, clock) = (fixture.token, fixture.clock)
        let (pin, wrong) = (SecretBytes(utf8: TestSecrets.pin), SecretBytes(utf8: "71640382"))
        try await token.slots.set(.pin(pin, cost: TestSecrets.quick))
        try token.lock()
        for triesLeft in [5, 4, 3] {
            await expect(.wrongPIN(triesLeft: triesLeft, wait: .zero)) {
                try await token.unlock(.pin(wrong, waits: false))
            }
        }
        await expect(.wrongPIN(triesLeft: 2, wait: .seconds(30))) { try await token.unlock(.pin(wrong, waits: false)) }

        for left in [30, 20, 10] {
            // The right PIN as well: it is not looked at.
            for typed in [pin, wrong] {
                await expect(.pinMustWait(.seconds(left))) { try await token.unlock(.pin(typed, waits: false)) }
            }
            clock.advance(by: .seconds(10))
        }
        #expect(clock.sleepsUntil.isEmpty)
        let second = await thrown { try await token.unlock(.pin(wrong, waits: false)) } as? WarifuError
        guard case .wrongPIN(triesLeft: 1, let wait)? = second?.reason else {
            Issue.record("\(second.map(String.init(describing:)) ?? "no error")")
            return
        }

        // Another token of the file has the wait too.
        let again = try await Token.open(at: fixture.folder.vault, protector: fixture.protector, clock: clock)
        await expect(.pinMustWait(wait)) { try await again.unlock(.pin(pin, waits: false)) }
        clock.advance(by: wait)
        try await again.unlock(.pin(pin, waits: false))
        #expect(try again.isUnlocked)
    }

    @Test func theBytesOfAnErrandAreWipedWhenItHasReturned() async throws {
        let fixture = try await Fixture()
        let thief = Thief(fixture.protector)
        let folder = try Folder()
        let token = try await Token.createOnDevice(at: folder.vault, protector: thief, clock: fixture.clock)
        try await token.slots.set(.pin(SecretBytes(utf8: TestSecrets.pin), hardware: .mac, cost: TestSecrets.quick))
        try await token.unlock(.device)
        let stolen = thief.stolen { $0 }
        #expect(stolen.count >= 4)
        #expect(stolen.allSatisfy { $0.isEmpty })
    }
}

/// A prompt in front of nobody.
final class Prompt: Sendable {
    private let shown = OneShot<Void>()
    private let ended = OneShot<Void>()
    private let gone = OneShot<Void>()
    private let state = Locked(false)

    /// Stands until ``end()``, whatever becomes of the task.
    func stand() async {
        shown.set(())
        await ended.value()
    }

    /// Stands until the task is cancelled.
    func standUntilCancelled() async throws {
        shown.set(())
        defer { gone.set(()) }
        try await Task.sleep(for: .seconds(60))
        Issue.record("the prompt was not cancelled")
    }

    func isShown() async { await shown.value() }

    func isGone() async { await gone.value() }

    func end() {
        state { $0 = true }
        ended.set(())
    }

    var hasEnded: Bool { state { $0 } }
}

/// A protector that keeps what it must not keep.
struct Thief: KeyProtector {
    let protector: FakeKeyProtector
    let stolen = Locked<[SecretBytes]>([])

    init(_ protector: FakeKeyProtector) {
        self.protector = protector
    }

    func createKey(_ key: KeyName, for use: KeyUse, behind gate: KeyGate) async throws {
        try await protector.createKey(key, for: use, behind: gate)
    }

    func findKey(_ key: KeyName) async throws {
        try await protector.findKey(key)
    }

    func wrap(_ plaintext: SecretBytes, with key: KeyName) async throws -> Data {
        stolen { $0.append(plaintext) }
        return try await protector.wrap(plaintext, with: key)
    }

    func unwrap(_ wrapped: Data, with key: KeyName) async throws -> SecretBytes {
        let bytes = try await protector.unwrap(wrapped, with: key)
        stolen { $0.append(bytes) }
        return bytes
    }

    func mac(of message: SecretBytes, with key: KeyName) async throws -> SecretBytes {
        let mac = try await protector.mac(of: message, with: key)
        stolen { $0 += [message, mac] }
        return mac
    }

    func deleteKey(_ key: KeyName) async throws {
        try await protector.deleteKey(key)
    }

    func anchor(of vault: VaultID) async throws -> UInt64? {
        try await protector.anchor(of: vault)
    }

    func raiseAnchor(of vault: VaultID, to generation: UInt64) async throws {
        try await protector.raiseAnchor(of: vault, to: generation)
    }
}
