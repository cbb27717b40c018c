import Darwin
import Foundation
import LocalAuthentication
import Security
import Warifu
import WarifuApple

/// The key protector over Apple's Security as it is called, on a Keychain of the test's own: whether each call says
/// what Apple's documentation wants to hear. What is decided above the calls is tested in `bindings/swift/Tests`. And the
/// device's clock, over a kernel of the test's own.
@main @MainActor struct Calls {
    static let keychain = Keychain()
    static let key = KeyName(core: "00112233445566778899aabbccddeeff.0123456789abcdef.1")
    static let vault = VaultID(core: "00112233445566778899aabbccddeeff")
    static let secret = SecretBytes(Array(1...32))
    static let keys = KeychainKeyProtector(service: "jp.warifu", accessGroup: "bank") {
        PromptText(reason: "open your token", cancel: "Use the PIN")
    }
    static let oneFinger = Data("one finger".utf8)
    static var (passed, failed) = (0, 0)

    static func main() async {
        installed = keychain
        for part in [theDevice, theGate, thePrompt, numbers, leftovers, twoApps, clocks] {
            await ends(nil, "all of it") { try await part() }
        }
        for fault in keychain.faults { check(false, "against the documentation: \(fault)") }
        print("the Keychain as it is called: \(passed) checks hold, \(failed) do not")
        exit(failed == 0 && passed > 0 ? 0 : 1)
    }

    static func theDevice() async throws {
        await ends(nil, "a key is made") { try await keys.createKey(key, for: .wrap, behind: .device) }
        await ends(nil, "it is made anew") { try await keys.createKey(key, for: .wrap, behind: .device) }
        check(attributes("kSecAttrApplicationTag") == ["jp.warifu.key.\(key)"], "one key, by its tag")
        check(attributes("kSecAttrAccessGroup") == ["bank"], "of the group")
        let control = keychain.items.first?.control
        check(control?.protection == "kSecAttrAccessibleWhenUnlockedThisDeviceOnly", "while the device is unlocked")
        check(control?.flags == .privateKeyUsage, "without a gate")
        await ends(nil, "it is found") { try await keys.findKey(key) }
        check(try await keys.bindingLevel() == .hardware, "it is in hardware")

        let wrapped = try await keys.wrap(secret, with: key)
        check(try await keys.unwrap(wrapped, with: key) == secret, "it unwraps what it wrapped")
        check(keychain.prompts.isEmpty, "nobody is asked")
        keychain.isLocked = true
        await ends(SecurityFault(status: -25_308), "a locked device") { _ = try await keys.unwrap(wrapped, with: key) }
        keychain.isLocked = false
        await ends(SecurityFault(domain: "CryptoTokenKit", code: -3), "what was changed") {
            _ = try await keys.unwrap(Data(wrapped.reversed()), with: key)
        }
        await ends(nil, "it is deleted") { try await keys.deleteKey(key) }
        await ends(nil, "twice") { try await keys.deleteKey(key) }
        await ends(KeyRefusal.missing, "it is gone") { try await keys.findKey(key) }
        await ends(KeyRefusal.missing, "it wraps nothing") { _ = try await keys.wrap(secret, with: key) }
        check(keychain.items.isEmpty, "nothing is left of it")
    }

    static func theGate() async throws {
        for (state, refusal) in [
            (LAError.Code.biometryNotEnrolled, KeyRefusal.notEnrolled), (.passcodeNotSet, .notEnrolled),
            (.biometryLockout, .lockedOut), (.biometryNotAvailable, .notEnrolled),
        ] {
            sensor = .failure(state)
            await ends(refusal, "\(state)") { try await keys.createKey(key, for: .wrap, behind: .biometric) }
        }
        sensor = .success(oneFinger)
        await ends(nil, "a gate") { try await keys.createKey(key, for: .wrap, behind: .biometric) }
        let control = keychain.items.first?.control
        check(control?.protection == "kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly", "while there is a passcode")
        check(control?.flags == [.privateKeyUsage, .biometryCurrentSet], "of those who are enrolled")
    }

    static func thePrompt() async throws {
        let wrapped = try await keys.wrap(secret, with: key)
        check(try await keys.unwrap(wrapped, with: key) == secret, "a finger unwraps")
        check(keychain.prompts == [["open your token", "Use the PIN", ""]], "its words, and no second button")
        for (code, refusal) in [(-1, KeyRefusal.lockedOut), (-2, .cancelled), (-4, .cancelled), (-8, .lockedOut)] {
            keychain.person = .ends(code)
            await ends(refusal, "\(code)") { _ = try await keys.unwrap(wrapped, with: key) }
        }
        check(keychain.prompts.count == 5, "each use asks")
        await ends(nil, "who is there is asked before they are added") { try await keys.askForBiometrics() }
        sensor = .failure(.biometryNotAvailable)
        await ends(KeyRefusal.notEnrolled, "an app that may not ask") { try await keys.askForBiometrics() }
        sensor = .success(oneFinger)
        keychain.person = .waits
        let unwrap = Task { try await keys.unwrap(wrapped, with: key) }
        await keychain.isAsked()
        unwrap.cancel()
        await ends(KeyRefusal.cancelled, "a call that is cancelled") { _ = try await unwrap.value }
        keychain.person = .accepts

        keychain.system = 18
        check(try await keys.unwrap(wrapped, with: key) == secret, "a new version of the system")
        keychain.person = .ends(-1)
        await ends(KeyRefusal.lockedOut, "whom it names otherwise") { _ = try await keys.unwrap(wrapped, with: key) }
        keychain.person = .accepts
        sensor = .success(Data("another finger".utf8))
        await ends(KeyRefusal.invalidated, "another finger") { _ = try await keys.unwrap(wrapped, with: key) }
        sensor = .failure(.biometryNotEnrolled)
        await ends(KeyRefusal.invalidated, "no finger") { try await keys.findKey(key) }
    }

    static func numbers() async throws {
        for (raise, kept) in [(3, 3), (12, 12), (5, 12)] as [(UInt64, UInt64)] {
            await ends(nil, "a number") { try await keys.raiseAnchor(of: vault, to: raise) }
            check(try await keys.anchor(of: vault) == kept, "it is \(kept)")
        }
        check(attributes("kSecAttrAccount") == ["\(vault).12"], "one item")
        check(attributes("kSecAttrService") == ["jp.warifu.anchor"], "of its service")
        check(
            attributes("kSecAttrAccessible") == ["kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly"],
            "from the first unlock on, and on this device")
    }

    static func leftovers() async throws {
        let others = KeychainKeyProtector(service: "jp.other", accessGroup: "bank") { PromptText(reason: "x") }
        await ends(nil, "another service's") { try await others.createKey(key, for: .wrap, behind: .device) }
        let nowhere = URL.temporaryDirectory.appending(path: "\(UUID()).warifu")
        check(try await keys.clearLeftovers(unlessVaultAt: nowhere), "there was something to clear")
        check(attributes("kSecAttrApplicationTag") == ["jp.other.key.\(key)"], "the other's stays")
        check(try await keys.bindingLevel() == .none, "no key, no hardware")
    }

    /// Of one maker, whose entitlements begin with the same group, and that name none.
    static func twoApps() async throws {
        keychain.groups = ["maker", "bank"]
        let services = ["jp.bank.a", "jp.bank.b"].map { id in KeychainKeyProtector.service(ofBundle: id) }
        let apps = services.map { service in KeychainKeyProtector(service: service) { PromptText(reason: "x") } }
        await ends(nil, "a key of the first app's") { try await apps[0].createKey(key, for: .wrap, behind: .device) }
        await ends(nil, "its number") { try await apps[0].raiseAnchor(of: vault, to: 7) }
        check(attributes("kSecAttrAccessGroup").filter { $0 == "maker" }.count == 2, "both in the group of both apps")
        let nowhere = URL.temporaryDirectory.appending(path: "\(UUID()).warifu")
        check(try await !apps[1].clearLeftovers(unlessVaultAt: nowhere), "the second app's first start deletes nothing")
        await ends(nil, "the first app's key is there") { try await apps[0].findKey(key) }
        check(try await apps[0].anchor(of: vault) == 7, "and its number")
        check(try await apps[0].clearLeftovers(unlessVaultAt: nowhere), "its own it deletes")
    }

    /// The uptime crosses whole, to the end of what the kernel counts; the boot is the kernel's.
    static func clocks() async throws {
        kernel = ("5A2B1C3D-0E4F-4A6B-8C7D-9E0F1A2B3C4D", 0)
        check(
            SystemClock().now.boot == BootID(systemText: "5a2b1c3d-0e4f-4a6b-8c7d-9e0f1a2b3c4d"),
            "the boot's identifier")
        // A tick of 24 MHz, a second but one nanosecond, a year, and 584 of them.
        for count in [0, 41, 999_999_999, 1_000_000_000, 31_536_000_000_000_001, .max] as [UInt64] {
            kernel.nanoseconds = count
            let (seconds, rest) = count.quotientAndRemainder(dividingBy: 1_000_000_000)
            let expected = Duration.seconds(Int64(seconds)) + .nanoseconds(Int64(rest))
            check(SystemClock().now.uptime == expected, "the uptime after \(count) ns")
        }
        // One boot in a process, whatever is read later.
        kernel.boot = nil
        check(SystemClock().now.boot == BootID(systemText: "5a2b1c3d-0e4f-4a6b-8c7d-9e0f1a2b3c4d"), "the boot stays")
    }

    static func check(_ isSo: Bool, _ what: String) {
        if isSo { passed += 1 } else { failed += 1 }
        if !isSo { print("not so: \(what)") }
    }

    /// Whether it ends so: by a refusal, a fault, or well.
    static func ends(_ expected: (any Error)?, _ what: String, _ act: () async throws -> Void) async {
        do {
            try await act()
            check(expected == nil, "\(what): it went well")
        } catch let error as KeyRefusal {
            check(expected as? KeyRefusal == error, "\(what): \(error)")
        } catch let error as SecurityFault {
            check(expected as? SecurityFault == error, "\(what): \(error)")
        } catch {
            check(false, "\(what): \(error)")
        }
    }

    /// Of all that have it.
    static func attributes(_ name: String) -> [String] {
        keychain.items.compactMap { item in
            (item.attributes[name] as? Data).map { String(decoding: $0, as: UTF8.self) }
                ?? item.attributes[name] as? String
        }
    }
}
