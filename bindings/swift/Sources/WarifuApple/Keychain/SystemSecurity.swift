#if canImport(Security) && canImport(LocalAuthentication)
    internal import Foundation
    internal import LocalAuthentication
    internal import Security
    internal import Warifu
    internal import WarifuFFI

    /// Apple's Security and LocalAuthentication. It decides nothing: it says in their words what it is told.
    struct SystemSecurity: SecurityCalls {
        /// The Keychain group of several apps or extensions of one maker; the app's own if `nil`.
        let accessGroup: String?

        // MARK: - Keys

        func makeKey(_ key: EnclaveKey) throws(SecurityFault) {
            let access = try accessControl(key.access)
            var privateKey: [CFString: Any] = [
                kSecAttrIsPermanent: true,
                kSecAttrApplicationTag: Data(key.tag.utf8),
                kSecAttrLabel: key.label.text,
                kSecAttrAccessControl: access,
            ]
            if let accessGroup { privateKey[kSecAttrAccessGroup] = accessGroup }
            let parameters: [CFString: Any] = [
                kSecAttrKeyType: kSecAttrKeyTypeECSECPrimeRandom,
                kSecAttrKeySizeInBits: 256,
                kSecAttrTokenID: kSecAttrTokenIDSecureEnclave,
                kSecUseDataProtectionKeychain: true,
                kSecPrivateKeyAttrs: privateKey,
            ]
            var error: Unmanaged<CFError>?
            guard SecKeyCreateRandomKey(parameters as CFDictionary, &error) != nil else {
                throw SecurityFault(error)
            }
        }

        func allKeys() throws(SecurityFault) -> [EnclaveKey] {
            var query = keyQuery(tag: nil)
            query[kSecMatchLimit] = kSecMatchLimitAll
            return try listed(query).compactMap(EnclaveKey.init)
        }

        func key(tagged tag: String) throws(SecurityFault) -> EnclaveKey? {
            var query = keyQuery(tag: tag)
            // Whatever there is of the tag, should there be two.
            query[kSecMatchLimit] = kSecMatchLimitAll
            return try listed(query).lazy.compactMap(EnclaveKey.init).first
        }

        func setLabel(_ label: KeyLabel, ofKeyTagged tag: String) throws(SecurityFault) {
            let change: [CFString: Any] = [kSecAttrLabel: label.text]
            try check(SecItemUpdate(keyQuery(tag: tag) as CFDictionary, change as CFDictionary))
        }

        func deleteKeys(tagged tag: String) throws(SecurityFault) {
            try delete(keyQuery(tag: tag))
        }

        func encrypt(_ plaintext: SecretBytes, toKeyTagged tag: String) throws(SecurityFault) -> Data {
            let key = try reference(tag: tag, context: nil)
            guard let publicKey = SecKeyCopyPublicKey(key) else { throw SecurityFault(status: errSecInvalidKeyRef) }
            var error: Unmanaged<CFError>?
            let ciphertext = plaintext.withUnsafeBytes { bytes in
                // Where they are, and for the one call: no copy is left behind.
                let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
                return CFDataCreateWithBytesNoCopy(nil, start, bytes.count, kCFAllocatorNull).flatMap { plaintext in
                    SecKeyCreateEncryptedData(publicKey, Self.algorithm, plaintext, &error)
                }
            }
            guard let ciphertext else { throw SecurityFault(error) }
            return ciphertext as Data
        }

        func decrypt(_ ciphertext: Data, byKeyTagged tag: String, asking prompt: (any SystemPrompt)?)
            throws(SecurityFault) -> SecretBytes
        {
            let key = try reference(tag: tag, context: (prompt as? ContextPrompt)?.context)
            var error: Unmanaged<CFError>?
            guard let plaintext = SecKeyCreateDecryptedData(key, Self.algorithm, ciphertext as CFData, &error) else {
                throw SecurityFault(error)
            }
            return SecretBytes(lifted: plaintext as Data)
        }

        // MARK: - Items

        func accounts(ofService service: String) throws(SecurityFault) -> [String] {
            var query = itemQuery(service: service, account: nil)
            query[kSecMatchLimit] = kSecMatchLimitAll
            return try listed(query).compactMap { $0[kSecAttrAccount] as? String }
        }

        func addItem(_ item: MarkItem) throws(SecurityFault) {
            var attributes = itemQuery(service: item.service, account: item.account)
            attributes[kSecAttrAccessible] = item.availability.attribute
            // Something must be in it.
            attributes[kSecValueData] = Data(item.account.utf8)
            let status = SecItemAdd(attributes as CFDictionary, nil)
            if status != errSecDuplicateItem { try check(status) }
        }

        func deleteItem(service: String, account: String) throws(SecurityFault) {
            try delete(itemQuery(service: service, account: account))
        }

        // MARK: - The person

        func biometry() -> Biometry {
            let context = LAContext()
            var error: NSError?
            if context.canEvaluatePolicy(.deviceOwnerAuthenticationWithBiometrics, error: &error) {
                // It is there whenever that succeeds. The hash that iOS 18 has beside it would be another value.
                return context.evaluatedPolicyDomainState.map { .enrolled(EnrolledSet($0)) } ?? .unavailable
            }
            switch error.flatMap({ LAError.Code(rawValue: $0.code) }) {
            case .biometryLockout: return .lockedOut
            case .biometryNotEnrolled, .passcodeNotSet: return .notEnrolled
            default: return .unavailable
            }
        }

        func evaluate(_ prompt: any SystemPrompt) throws(SecurityFault) {
            guard let context = (prompt as? ContextPrompt)?.context else { throw SecurityFault(status: errSecParam) }
            let answered = DispatchSemaphore(value: 0)
            let answer = Locked<SecurityFault?>(nil)
            // It answers on a queue of its own, which this thread may wait for.
            context.evaluatePolicy(.deviceOwnerAuthenticationWithBiometrics, localizedReason: context.localizedReason) {
                isSame, error in
                if !isSame { answer { $0 = SecurityFault(error) } }
                answered.signal()
            }
            answered.wait()
            if let fault = answer({ $0 }) { throw fault }
        }

        func prompt(_ text: PromptText) -> any SystemPrompt {
            let context = LAContext()
            context.localizedReason = text.reason
            context.localizedCancelTitle = text.cancel
            // No second button: the app's own screen leads to the PIN.
            context.localizedFallbackTitle = ""
            return ContextPrompt(context)
        }

        // MARK: - Their words

        private static let algorithm = SecKeyAlgorithm.eciesEncryptionCofactorVariableIVX963SHA256AESGCM

        private func keyQuery(tag: String?) -> [CFString: Any] {
            var query: [CFString: Any] = [
                kSecClass: kSecClassKey,
                kSecAttrKeyClass: kSecAttrKeyClassPrivate,
                kSecAttrTokenID: kSecAttrTokenIDSecureEnclave,
                kSecUseDataProtectionKeychain: true,
            ]
            if let tag { query[kSecAttrApplicationTag] = Data(tag.utf8) }
            if let accessGroup { query[kSecAttrAccessGroup] = accessGroup }
            return query
        }

        private func itemQuery(service: String, account: String?) -> [CFString: Any] {
            var query: [CFString: Any] = [
                kSecClass: kSecClassGenericPassword,
                kSecAttrService: service,
                kSecAttrSynchronizable: false,
                kSecUseDataProtectionKeychain: true,
            ]
            if let account { query[kSecAttrAccount] = account }
            if let accessGroup { query[kSecAttrAccessGroup] = accessGroup }
            return query
        }

        private func accessControl(_ access: EnclaveKey.Access?) throws(SecurityFault) -> SecAccessControl {
            guard let access else { throw SecurityFault(status: errSecParam) }
            var flags: SecAccessControlCreateFlags = .privateKeyUsage
            if access.wantsCurrentBiometry { flags.insert(.biometryCurrentSet) }
            var error: Unmanaged<CFError>?
            let control = SecAccessControlCreateWithFlags(nil, access.availability.attribute, flags, &error)
            guard let control else { throw SecurityFault(error) }
            return control
        }

        private func reference(tag: String, context: LAContext?) throws(SecurityFault) -> SecKey {
            var query = keyQuery(tag: tag)
            query[kSecReturnRef] = true
            if let context { query[kSecUseAuthenticationContext] = context }
            var found: CFTypeRef?
            try check(SecItemCopyMatching(query as CFDictionary, &found))
            guard let found, CFGetTypeID(found) == SecKeyGetTypeID() else {
                throw SecurityFault(status: errSecInvalidKeyRef)
            }
            // Of a type of Core Foundation Swift cannot ask; the line above did.
            // swift-format-ignore: NeverForceUnwrap
            return found as! SecKey
        }

        private func listed(_ query: [CFString: Any]) throws(SecurityFault) -> [[CFString: Any]] {
            var query = query
            query[kSecReturnAttributes] = true
            var found: CFTypeRef?
            let status = SecItemCopyMatching(query as CFDictionary, &found)
            if status == errSecItemNotFound { return [] }
            try check(status)
            guard let items = found as? [[CFString: Any]] else { throw SecurityFault(status: errSecDecode) }
            return items
        }

        private func delete(_ query: [CFString: Any]) throws(SecurityFault) {
            let status = SecItemDelete(query as CFDictionary)
            if status != errSecItemNotFound { try check(status) }
        }

        private func check(_ status: OSStatus) throws(SecurityFault) {
            if status != errSecSuccess { throw SecurityFault(status: status) }
        }
    }

    /// A context whose one use is one prompt.
    private final class ContextPrompt: SystemPrompt, @unchecked Sendable {
        /// It is made ready before it is shared; what comes after is `invalidate()`, which is for any thread.
        let context: LAContext

        init(_ context: LAContext) {
            self.context = context
        }

        func end() {
            context.invalidate()
        }
    }

    extension Availability {
        fileprivate var attribute: CFString {
            switch self {
            case .afterFirstUnlock: kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
            case .whileUnlocked: kSecAttrAccessibleWhenUnlockedThisDeviceOnly
            case .whilePasscodeSet: kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly
            }
        }
    }

    extension EnclaveKey {
        /// `nil` of a key that somebody made otherwise.
        fileprivate init?(_ attributes: [CFString: Any]) {
            guard let tag = attributes[kSecAttrApplicationTag] as? Data,
                let label = (attributes[kSecAttrLabel] as? String).flatMap(KeyLabel.init(text:))
            else { return nil }
            self.init(tag: String(decoding: tag, as: UTF8.self), label: label)
        }
    }

    extension SecurityFault {
        fileprivate init(_ error: (any Error)?) {
            guard let said = error as NSError? else {
                self.init(status: errSecInternalError)
                return
            }
            self.init(domain: said.domain, code: said.code)
        }

        fileprivate init(_ error: Unmanaged<CFError>?) {
            guard let error = error?.takeRetainedValue() else {
                self.init(status: errSecInternalError)
                return
            }
            let said = (error as any Error) as NSError
            self.init(domain: said.domain, code: said.code)
        }
    }
#endif
