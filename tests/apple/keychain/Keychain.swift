import Foundation
import LocalAuthentication
import Security
import Warifu

/// A Keychain with a Secure Enclave, as strict as Apple's documentation: that a call's dictionary lacks what it must have,
/// or has what it cannot, is noted. It does no cryptography, and remembers what it encrypts.
final class Keychain: Device, @unchecked Sendable {
    struct Item {
        var attributes: [String: Any]
        /// Of a key.
        var control: SecAccessControl?
        var enrolled: Data?
        var pair = 0
    }

    /// What a person in front of a prompt does: nothing wrong, or an error of LocalAuthentication.
    enum Person {
        case accepts
        case ends(Int)
        case waits
    }

    private let lock = NSRecursiveLock()
    private var stored: [Item] = []
    private var encrypted: [NSData: (pair: Int, bytes: Data)] = [:]
    private var pairs = 0
    /// What was asked otherwise than Apple's documentation has it.
    var faults: [String] = []
    /// Each prompt's reason and two buttons.
    var prompts: [[String?]] = []
    var person = Person.accepts
    var isLocked = false
    /// Which version of the system names those who are enrolled.
    var system = 17 {
        didSet { sensor = sensor.map { $0 + Data("\(system)".utf8) } }
    }
    /// Those that the app is entitled to. What is made without the name of one is of the first; what is looked for without one
    /// is looked for in all.
    var groups = ["bank"]
    private let asked = DispatchSemaphore(value: 0)

    var items: [Item] { lock.withLock { stored } }

    // MARK: - Items

    func add(_ attributes: CFDictionary) -> OSStatus {
        lock.withLock {
            var item = words(
                attributes, of: "SecItemAdd",
                needs: [
                    "kSecClass", "kSecAttrService", "kSecAttrAccount", "kSecAttrSynchronizable", "kSecAttrAccessible",
                    "kSecValueData", "kSecUseDataProtectionKeychain",
                ], takes: ["kSecAttrAccessGroup"])
            expect(item["kSecClass"] as? String == "kSecClassGenericPassword", "an item of another class")
            expect(item["kSecAttrSynchronizable"] as? Bool == false, "an item that iCloud takes")
            expect(item["kSecValueData"] is Data, "a value that is no data")
            item["kSecAttrAccessGroup"] = item["kSecAttrAccessGroup"] ?? groups[0]
            let primary = ["kSecAttrService", "kSecAttrAccount", "kSecAttrAccessGroup"]
            if stored.contains(where: { isEqual($0.attributes, item, primary) }) { return errSecDuplicateItem }
            stored.append(Item(attributes: item))
            return errSecSuccess
        }
    }

    func copyMatching(_ query: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus {
        lock.withLock {
            let asked = words(
                query, of: "SecItemCopyMatching", needs: ["kSecClass", "kSecUseDataProtectionKeychain"],
                takes: Self.primary + [
                    "kSecMatchLimit", "kSecReturnAttributes", "kSecReturnRef", "kSecUseAuthenticationContext",
                ])
            let found = matching(asked)
            guard let first = found.first else { return errSecItemNotFound }
            if asked["kSecReturnRef"] as? Bool == true {
                let context = asked["kSecUseAuthenticationContext"] as AnyObject?
                result?.pointee = SecKey(pair: first.pair, isPrivate: true, context: context)
            } else if asked["kSecReturnAttributes"] as? Bool == true {
                let listed = found.map { $0.attributes.filter { $0.key.hasPrefix("kSecAttr") } as NSDictionary }
                let all = asked["kSecMatchLimit"] as? String == "kSecMatchLimitAll"
                result?.pointee = all ? listed as NSArray : listed.first
            } else {
                expect(false, "a query that asks for nothing")
            }
            return errSecSuccess
        }
    }

    func update(_ query: CFDictionary, _ attributes: CFDictionary) -> OSStatus {
        lock.withLock {
            let asked = words(
                query, of: "SecItemUpdate", needs: ["kSecClass", "kSecUseDataProtectionKeychain"], takes: Self.primary)
            let change = words(attributes, of: "SecItemUpdate's change", needs: ["kSecAttrLabel"], takes: [])
            let count = stored.count { matches($0, asked) }
            for index in stored.indices where matches(stored[index], asked) {
                stored[index].attributes.merge(change) { $1 }
            }
            return count == 0 ? errSecItemNotFound : errSecSuccess
        }
    }

    func delete(_ query: CFDictionary) -> OSStatus {
        lock.withLock {
            let asked = words(
                query, of: "SecItemDelete", needs: ["kSecClass", "kSecUseDataProtectionKeychain"], takes: Self.primary)
            expect(
                asked["kSecAttrApplicationTag"] != nil || asked["kSecAttrAccount"] != nil, "a deletion of everything")
            let before = stored.count
            stored.removeAll { matches($0, asked) }
            return stored.count == before ? errSecItemNotFound : errSecSuccess
        }
    }

    // MARK: - Keys

    func createKey(_ parameters: CFDictionary) -> Result<SecKey, CFError> {
        lock.withLock {
            let asked = words(
                parameters, of: "SecKeyCreateRandomKey",
                needs: [
                    "kSecAttrKeyType", "kSecAttrKeySizeInBits", "kSecAttrTokenID", "kSecPrivateKeyAttrs",
                    "kSecUseDataProtectionKeychain",
                ], takes: [])
            expect(asked["kSecAttrKeyType"] as? String == "kSecAttrKeyTypeECSECPrimeRandom", "a key of another type")
            expect(asked["kSecAttrKeySizeInBits"] as? Int == 256, "a key of another size")
            expect(
                asked["kSecAttrTokenID"] as? String == "kSecAttrTokenIDSecureEnclave", "a key outside of the Enclave")
            let key = words(
                asked["kSecPrivateKeyAttrs"] as? CFDictionary ?? [:], of: "kSecPrivateKeyAttrs",
                needs: ["kSecAttrIsPermanent", "kSecAttrApplicationTag", "kSecAttrLabel", "kSecAttrAccessControl"],
                takes: ["kSecAttrAccessGroup"])
            expect(key["kSecAttrIsPermanent"] as? Bool == true, "a key that nobody keeps")
            expect(key["kSecAttrApplicationTag"] is Data, "a tag that is no data")
            guard let control = key["kSecAttrAccessControl"] as? SecAccessControl else {
                return .failure(CFError(domain: "NSOSStatusErrorDomain", code: -50))
            }
            expect(control.flags.contains(.privateKeyUsage), "a key that cannot be used")
            let isGated = control.flags.contains(.biometryCurrentSet)
            pairs += 1
            var item = Item(attributes: key, control: control, pair: pairs)
            item.attributes["kSecAttrAccessControl"] = nil
            item.attributes["kSecClass"] = "kSecClassKey"
            item.attributes["kSecAttrAccessGroup"] = key["kSecAttrAccessGroup"] ?? groups[0]
            item.attributes["kSecAttrKeyClass"] = "kSecAttrKeyClassPrivate"
            item.attributes["kSecAttrTokenID"] = "kSecAttrTokenIDSecureEnclave"
            item.enrolled = isGated ? try? sensor.get() : nil
            if isGated, item.enrolled == nil {
                return .failure(CFError(domain: "NSOSStatusErrorDomain", code: -25_293))
            }
            stored.append(item)
            return .success(SecKey(pair: item.pair, isPrivate: true))
        }
    }

    func publicKey(of key: SecKey) -> SecKey? { SecKey(pair: key.pair, isPrivate: false) }

    func encrypt(_ plaintext: CFData, to key: SecKey, by algorithm: SecKeyAlgorithm) -> Result<CFData, CFError> {
        lock.withLock {
            expect(!key.isPrivate, "an encryption by a private key")
            expect(algorithm == .eciesEncryptionCofactorVariableIVX963SHA256AESGCM, "another algorithm")
            let bytes = Data(bytes: plaintext.bytes, count: plaintext.length)
            let ciphertext = Data((0..<bytes.count + 81).map { _ in UInt8.random(in: .min ... .max) }) as NSData
            encrypted[ciphertext] = (key.pair, bytes)
            return .success(ciphertext)
        }
    }

    func decrypt(_ ciphertext: CFData, by key: SecKey, _ algorithm: SecKeyAlgorithm) -> Result<CFData, CFError> {
        expect(key.isPrivate, "a decryption by a public key")
        expect(algorithm == .eciesEncryptionCofactorVariableIVX963SHA256AESGCM, "another algorithm")
        if isLocked { return .failure(CFError(domain: "NSOSStatusErrorDomain", code: -25_308)) }
        guard let item = items.first(where: { $0.pair == key.pair }) else {
            return .failure(CFError(domain: "CryptoTokenKit", code: -6))
        }
        if item.enrolled != nil, let error = ask(key.context as? LAContext, for: item) { return .failure(error) }
        return lock.withLock {
            guard let found = encrypted[ciphertext], found.pair == key.pair else {
                return .failure(CFError(domain: "CryptoTokenKit", code: -3))
            }
            return .success(found.bytes as NSData)
        }
    }

    private func ask(_ context: LAContext?, for item: Item) -> CFError? {
        func error(_ code: Int) -> CFError { CFError(domain: "com.apple.LocalAuthentication", code: code) }
        guard let context else {
            expect(false, "a prompt in the system's own words")
            return error(-1_004)
        }
        if context.isInvalid { return error(-10) }
        guard let enrolled = item.enrolled, (try? sensor.get())?.starts(with: enrolled) == true else {
            return CFError(domain: "NSOSStatusErrorDomain", code: -25_293)
        }
        prompts.append([context.localizedReason, context.localizedCancelTitle, context.localizedFallbackTitle])
        switch person {
        case .accepts: return nil
        case .ends(let code): return error(code)
        case .waits:
            asked.signal()
            while !context.isInvalid { usleep(1_000) }
            return error(-9)
        }
    }

    /// Comes back when a person is asked and does nothing, or after five seconds that nobody was.
    func isAsked() async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [asked] in
                _ = asked.wait(timeout: .now() + 5)
                continuation.resume()
            }
        }
    }

    // MARK: - Strictness

    private static let primary = [
        "kSecAttrKeyClass", "kSecAttrTokenID", "kSecAttrApplicationTag", "kSecAttrAccessGroup", "kSecAttrService",
        "kSecAttrAccount", "kSecAttrSynchronizable",
    ]

    private func words(_ dictionary: CFDictionary, of call: String, needs: [String], takes: [String]) -> [String: Any] {
        guard let words = dictionary as? [String: Any] else {
            expect(false, "\(call): keys that are no strings")
            return [:]
        }
        for missing in needs where words[missing] == nil { expect(false, "\(call) lacks \(missing)") }
        for strange in words.keys where !needs.contains(strange) && !takes.contains(strange) {
            expect(false, "\(call) does not take \(strange)")
        }
        if needs.contains("kSecUseDataProtectionKeychain") {
            expect(words["kSecUseDataProtectionKeychain"] as? Bool == true, "\(call): a Mac's older Keychain")
        }
        return words
    }

    private func matching(_ asked: [String: Any]) -> [Item] { stored.filter { matches($0, asked) } }

    private func matches(_ item: Item, _ asked: [String: Any]) -> Bool {
        isEqual(item.attributes, asked, ["kSecClass"] + Self.primary.filter { asked[$0] != nil })
    }

    private func isEqual(_ one: [String: Any], _ other: [String: Any], _ keys: [String]) -> Bool {
        keys.allSatisfy { key in
            switch (one[key], other[key]) {
            case (nil, nil): true
            case (let one as Data, let other as Data): one == other
            case (let one as String, let other as String): one == other
            case (let one as Bool, let other as Bool): one == other
            default: false
            }
        }
    }

    func expect(_ isSo: Bool, _ fault: String) {
        if !isSo { lock.withLock { faults.append(fault) } }
    }
}
