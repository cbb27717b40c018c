import Foundation
import Testing
import Warifu

@testable import WarifuApple

struct KeychainKeyProtectorTests {
    let device = FakeSecurity()
    let keys: KeychainKeyProtector
    let key = KeyName(core: "00112233445566778899aabbccddeeff.0123456789abcdef.1")
    let seed: [UInt8] = [1, 2, 3, 4, 5]

    init() {
        keys = device.protector()
    }

    // MARK: - Keys

    @Test func whatAKeyWrapsItUnwrapsAndItDoesNotShow() async throws {
        try await keys.createKey(key, for: .wrap, behind: .device)
        let (one, other) = (try await keys.wrap(secret, with: key), try await keys.wrap(secret, with: key))
        #expect(try await keys.unwrap(one, with: key) == secret)
        #expect(try await keys.unwrap(other, with: key) == secret)
        #expect(one.range(of: Data(seed)) == nil)
        #expect(device.shown.isEmpty)
    }

    @Test func whatWasChangedOnTheDiskIsNotUnwrapped() async throws {
        try await keys.createKey(key, for: .wrap, behind: .device)
        var wrapped = try await keys.wrap(secret, with: key)
        wrapped[wrapped.count - 1] ^= 1
        let changed = wrapped
        let corrupted = SecurityFault(domain: "CryptoTokenKit", code: -3)
        await #expect(throws: corrupted) { try await keys.unwrap(changed, with: key) }
    }

    @Test func aKeyOfTheDeviceIsThereWhileThatIsUnlocked() async throws {
        try await keys.createKey(key, for: .wrap, behind: .device)
        #expect(
            device.keys == [
                EnclaveKey(
                    tag: "jp.warifu.key.\(key)", label: .device,
                    access: .init(availability: .whileUnlocked, wantsCurrentBiometry: false))
            ])
    }

    @Test func aBiometricKeyWantsThoseWhoAreEnrolledNowAndAPasscode() async throws {
        try await keys.createKey(key, for: .wrap, behind: .biometric)
        #expect(
            device.keys.map(\.access) == [.init(availability: .whilePasscodeSet, wantsCurrentBiometry: true)])
    }

    @Test func aNewKeyTakesThePlaceOfTheOneOfItsName() async throws {
        try await keys.createKey(key, for: .wrap, behind: .biometric)
        let wrapped = try await keys.wrap(secret, with: key)
        try await keys.createKey(key, for: .wrap, behind: .device)
        #expect(device.keys.map(\.label) == [.device])
        await #expect(throws: SecurityFault.self) { try await keys.unwrap(wrapped, with: key) }
    }

    @Test func aKeyIsFoundUntilItIsDeleted() async throws {
        try await keys.createKey(key, for: .wrap, behind: .device)
        try await keys.findKey(key)
        try await keys.deleteKey(key)
        #expect(device.keys.isEmpty)
        try await keys.deleteKey(key)
        await #expect(throws: KeyRefusal.missing) { try await keys.findKey(key) }
        await #expect(throws: KeyRefusal.missing) { try await keys.wrap(secret, with: key) }
        await #expect(throws: KeyRefusal.missing) { try await keys.unwrap(Data(count: 100), with: key) }
    }

    @Test func aKeyThatIsSaidToBeMadeAndIsNotThereIsRefused() async throws {
        device.state { $0.idle = [.makeKey] }
        await #expect(throws: KeyRefusal.unavailable) {
            try await keys.createKey(key, for: .wrap, behind: .device)
        }
    }

    @Test func aKeyThatIsSaidToBeDeletedAndIsThereIsRefused() async throws {
        try await keys.createKey(key, for: .wrap, behind: .device)
        device.state { $0.idle = [.deleteKeys] }
        await #expect(throws: KeyRefusal.unavailable) { try await keys.deleteKey(key) }
        await #expect(throws: KeyRefusal.unavailable) {
            try await keys.createKey(key, for: .wrap, behind: .device)
        }
        #expect(device.keys.count == 1)
    }

    @Test func theSecureEnclaveMakesNoHMAC() async throws {
        await #expect(throws: KeyRefusal.unavailable) { try await keys.createKey(key, for: .mac, behind: .device) }
        #expect(device.keys.isEmpty)
        try await keys.createKey(key, for: .wrap, behind: .device)
        await #expect(throws: KeyRefusal.unavailable) { try await keys.mac(of: secret, with: key) }
    }

    @Test func whatHasNoBetterWordComesThroughAsItIs() async throws {
        try await keys.createKey(key, for: .wrap, behind: .device)
        let wrapped = try await keys.wrap(secret, with: key)
        device.state { $0.isLocked = true }
        let locked = SecurityFault(domain: "NSOSStatusErrorDomain", code: -25_308)
        await #expect(throws: locked) { try await keys.unwrap(wrapped, with: key) }
        #expect("\(locked)" == "NSOSStatusErrorDomain -25308")
    }

    @Test func theBindingLevelIsThatOfTheSecureEnclaveOnceThereIsAKey() async throws {
        #expect(try await keys.bindingLevel() == .none)
        try await device.protector(service: "jp.other").createKey(key, for: .wrap, behind: .device)
        #expect(try await keys.bindingLevel() == .none)
        try await keys.createKey(key, for: .wrap, behind: .device)
        #expect(try await keys.bindingLevel() == .hardware)
    }

    @Test func theDevicesOwnKeyMakesNoPrompt() async throws {
        let words = Locked(0)
        let keys = KeychainKeyProtector(calls: device, service: "jp.warifu") {
            words { $0 += 1 }
            return PromptText(reason: "open your token")
        }
        try await keys.createKey(key, for: .wrap, behind: .device)
        _ = try await keys.unwrap(try await keys.wrap(secret, with: key), with: key)
        #expect(words { $0 } == 0)
    }

    // MARK: - What the former installation left

    @Test func whatOutlivedAnUninstallIsClearedWhileThereIsNoVault() async throws {
        let folder = try Folder()
        try await keys.createKey(key, for: .wrap, behind: .device)
        try await keys.raiseAnchor(of: vault, to: 7)
        try Data().write(to: folder.vault)
        #expect(try await keys.clearLeftovers(unlessVaultAt: folder.vault) == false)
        #expect(device.keys.count == 1 && device.items.count == 1)

        try FileManager.default.removeItem(at: folder.vault)
        #expect(try await keys.clearLeftovers(unlessVaultAt: folder.vault))
        #expect(device.keys.isEmpty && device.items.isEmpty)
        #expect(try await keys.clearLeftovers(unlessVaultAt: folder.vault) == false)
    }

    @Test func aNumberAloneIsClearedToo() async throws {
        try await keys.raiseAnchor(of: vault, to: 7)
        #expect(try await keys.clearLeftovers(unlessVaultAt: try Folder().vault))
        #expect(device.items.isEmpty)
    }

    @Test func whatIsAnothersStays() async throws {
        // Each of the two begins as the other's do.
        let others = [device.protector(service: "jp.warifu.key"), device.protector(service: "jp.warifu.anchor")]
        for other in others {
            try await other.createKey(key, for: .wrap, behind: .device)
            try await other.raiseAnchor(of: vault, to: 1)
        }
        let appsOwn = EnclaveKey(tag: "jp.warifu.key.mine", label: .device)
        device.state { $0.keys.append(.init(listed: appsOwn, enrolled: nil)) }
        #expect(try await keys.clearLeftovers(unlessVaultAt: try Folder().vault) == false)
        #expect(device.keys.count == 3 && device.items.count == 2)
    }

    @Test func aNumberStaysAsLongAsAKeyDoes() async throws {
        try await keys.createKey(key, for: .wrap, behind: .device)
        try await keys.raiseAnchor(of: vault, to: 7)
        device.state { $0.faults[.deleteKeys] = SecurityFault(status: -25_308) }
        await #expect(throws: SecurityFault.self) {
            try await keys.clearLeftovers(unlessVaultAt: try Folder().vault)
        }
        #expect(device.items.count == 1)
    }

    @Test func nothingIsClearedWhereTheFileSystemCannotTell() async throws {
        let folder = try Folder()
        try await keys.createKey(key, for: .wrap, behind: .device)
        // What is no folder has no file in it, and says so by another error than that of a file which is not there.
        try Data().write(to: folder.vault)
        let below = folder.vault.appending(path: "token.warifu")
        await #expect(throws: (any Error).self) { try await keys.clearLeftovers(unlessVaultAt: below) }
        #expect(device.keys.count == 1)
    }

    // MARK: - Numbers

    @Test func aNumberIsKeptForEachVaultAndNeverFalls() async throws {
        #expect(try await keys.anchor(of: vault) == nil)
        for (raise, kept) in [(3, 3), (5, 5), (4, 5), (5, 5), (UInt64.max, UInt64.max)] as [(UInt64, UInt64)] {
            try await keys.raiseAnchor(of: vault, to: raise)
            #expect(try await keys.anchor(of: vault) == kept)
            #expect(device.items.count == 1)
        }
        let other = VaultID(core: "ffffffffffffffffffffffffffffffff")
        #expect(try await keys.anchor(of: other) == nil)
        try await keys.raiseAnchor(of: other, to: 0)
        #expect(try await keys.anchor(of: other) == 0)
        #expect(try await keys.anchor(of: vault) == .max)
    }

    @Test func aNumberIsReadableFromTheFirstUnlockOn() async throws {
        try await keys.raiseAnchor(of: vault, to: 12)
        #expect(
            device.items == [
                MarkItem(
                    service: "jp.warifu.anchor", account: "\(vault).12", availability: .afterFirstUnlock)
            ])
    }

    @Test func whereARaiseWasCutShortTheGreaterNumberCounts() async throws {
        try await keys.raiseAnchor(of: vault, to: 3)
        device.state { $0.faults[.deleteItem] = SecurityFault(status: -25_308) }
        await #expect(throws: SecurityFault.self) { try await keys.raiseAnchor(of: vault, to: 9) }
        #expect(try await keys.anchor(of: vault) == 9)
        device.state { $0.faults = [:] }
        try await keys.raiseAnchor(of: vault, to: 5)
        #expect(try await keys.anchor(of: vault) == 9)
        #expect(device.items.count == 1)
    }

    @Test func aNumberThatIsSaidToBeKeptAndIsNotIsRefusedAndTheOldOneStays() async throws {
        try await keys.raiseAnchor(of: vault, to: 3)
        device.state { $0.idle = [.addItem] }
        await #expect(throws: KeyRefusal.unavailable) { try await keys.raiseAnchor(of: vault, to: 9) }
        #expect(try await keys.anchor(of: vault) == 3)
    }

    private let vault = VaultID(core: "00112233445566778899aabbccddeeff")
    private var secret: SecretBytes { SecretBytes(seed) }
}

extension FakeSecurity {
    func protector(service: String = "jp.warifu") -> KeychainKeyProtector {
        KeychainKeyProtector(calls: self, service: service) {
            PromptText(reason: "open your token", cancel: "Use the PIN")
        }
    }
}

/// A folder for one vault, which goes with the last reference.
final class Folder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "warifu-\(UUID())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    var vault: URL { url.appending(path: "token.warifu") }
}
