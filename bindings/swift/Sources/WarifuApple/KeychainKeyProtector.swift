public import Foundation
public import Warifu

/// Apple's Keychain and Secure Enclave as a token's key store: P-256 keys that the Secure Enclave makes and does not give
/// out, and ECIES by them.
///
/// ```swift
/// let keys = KeychainKeyProtector { PromptText(reason: "open your token", cancel: "Use the PIN") }
/// try await keys.clearLeftovers(unlessVaultAt: file)
/// let token = try await Token.createOnDevice(at: file, protector: keys)
/// ```
///
/// A key with a biometric gate asks for a finger or the face at each ``unwrap(_:with:)``, never for the passcode in their
/// place, and dies when another finger or face is enrolled. Making one, and wrapping by it, prompts nobody: whoever
/// adds biometrics to the ways to unlock asks for them first, by ``askForBiometrics()``.
///
/// The Secure Enclave makes no HMAC, so a PIN's slot is made with `PINHardware.unwrap`, as it is if nothing else is said.
///
/// Keys and numbers stay on the device: no backup has them, and iCloud's Keychain does not. They do outlive the app, so
/// call ``clearLeftovers(unlessVaultAt:)`` before a vault is made or opened.
///
/// What Apple's frameworks say and no `KeyRefusal` does comes through as a ``SecurityFault``: it is the `cause` of the
/// call's error.
public final class KeychainKeyProtector: KeyProtector {
    private let calls: any SecurityCalls
    private let text: @Sendable () -> PromptText
    private let service: String
    private let anchors: Anchors
    /// What blocks has a thread of its own.
    private let queue = DispatchQueue(label: "jp.warifu.keychain", qos: .userInitiated)

    package init(calls: any SecurityCalls, service: String, text: @escaping @Sendable () -> PromptText) {
        self.calls = calls
        self.text = text
        self.service = service
        anchors = Anchors(calls: calls, service: service)
    }

    #if canImport(Security) && canImport(LocalAuthentication)
        /// The Keychain of this app.
        ///
        /// - Parameters:
        ///   - service: What the names of its keys begin with. Vaults in different files may share one, unless
        ///     ``clearLeftovers(unlessVaultAt:)`` is called for each. An app and an extension that open one vault name the
        ///     same.
        ///   - accessGroup: The Keychain group of several apps or extensions, by their entitlements. If `nil`, keys are made
        ///     in the app's first group, and looked for in every group that it has: others' names there begin otherwise.
        ///   - text: What a prompt says; asked for each one, so that it is in the language of the moment.
        public convenience init(
            service: String = KeychainKeyProtector.serviceOfThisApp, accessGroup: String? = nil,
            text: @escaping @Sendable () -> PromptText
        ) {
            self.init(calls: SystemSecurity(accessGroup: accessGroup), service: service, text: text)
        }
    #endif

    /// What names begin with if nothing else is said: `jp.warifu`, and the app's bundle ID. Two apps of one maker may see
    /// each other's keys, and neither deletes those of the other.
    public static var serviceOfThisApp: String { service(ofBundle: Bundle.main.bundleIdentifier) }

    package static func service(ofBundle id: String?) -> String {
        id.map { id in "jp.warifu.\(id)" } ?? "jp.warifu"
    }

    // MARK: - Beside the token

    /// Deletes the keys and numbers that a former installation left, for the Keychain outlives the app. Call it at each
    /// start, before a vault is made or opened; while there is a file at `file` it does nothing.
    ///
    /// Where several apps share a service and a Keychain group, the vault has to be where all of them see it, in the
    /// container of their app group: else the first start of one takes the keys of the others for leftovers.
    ///
    /// - Returns: Whether there was anything to delete.
    /// - Throws: ``SecurityFault``; what `FileManager` throws if it cannot tell whether the file is there.
    @discardableResult
    public func clearLeftovers(unlessVaultAt file: URL) async throws -> Bool {
        try await atKeychain { [self] in
            guard try isMissing(file) else { return false }
            // The keys first: without them no older file opens, so none needs a number to be held against.
            let tags = try tags()
            for tag in tags { try delete(tag) }
            return try anchors.clear() || !tags.isEmpty
        }
    }

    /// Where the keys of this app's vaults lie, as `Enrolment.begin` tells the bank. It is the device's own word.
    ///
    /// - Returns: `.hardware`; `.none` if there is no key yet: make the token first.
    /// - Throws: ``SecurityFault``.
    public func bindingLevel() async throws -> BindingLevel {
        try await atKeychain { [self] in try tags().isEmpty ? .none : .hardware }
    }

    /// Asks for a finger or the face now, as a key with a biometric gate would. Making such a key asks nobody, so call this
    /// before biometrics are added to the ways to unlock: the person sees what they add, and on iOS says whether the app may
    /// use Face ID at all. Cancelling the task ends the prompt.
    ///
    /// - Throws: `KeyRefusal`: `cancelled`, `lockedOut`, and `notEnrolled` where nobody is enrolled or the app may not ask;
    ///   `lockedOut` too where the person was not recognised. ``SecurityFault``.
    public func askForBiometrics() async throws {
        let prompt = calls.prompt(text())
        try await withTaskCancellationHandler {
            try await atKeychain { [calls] in
                do throws(SecurityFault) {
                    try calls.evaluate(prompt)
                } catch {
                    if error.meaning == .rejected { throw KeyRefusal.lockedOut }
                    throw error
                }
            }
        } onCancel: {
            prompt.end()
        }
    }

    // MARK: - KeyProtector

    /// Makes the key in the Secure Enclave. Refuses a biometric gate as `KeyRefusal.notEnrolled` where nobody is enrolled,
    /// and a key for HMAC as `KeyRefusal.unavailable`.
    public func createKey(_ key: KeyName, for use: KeyUse, behind gate: KeyGate) async throws {
        try await atKeychain { [self] in
            guard use == .wrap else { throw KeyRefusal.unavailable }
            let made = try newKey(tag: tag(of: key), gate: gate)
            // The Keychain would keep both, and find either.
            try delete(made.tag)
            try calls.makeKey(made)
            guard try calls.key(tagged: made.tag) != nil else { throw KeyRefusal.unavailable }
        }
    }

    /// Refuses if the key is not there, or is biometric where nobody is enrolled any more. That *others* are enrolled is
    /// told by ``unwrap(_:with:)``: without a prompt Apple's systems do not say it for sure.
    public func findKey(_ key: KeyName) async throws {
        try await atKeychain { [self] in
            guard case .biometric = try found(key).label, calls.biometry() == .notEnrolled else { return }
            throw KeyRefusal.invalidated
        }
    }

    /// ECIES to the key's public half, which prompts nobody.
    public func wrap(_ plaintext: SecretBytes, with key: KeyName) async throws -> Data {
        try await atKeychain { [self] in try calls.encrypt(plaintext, toKeyTagged: try found(key).tag) }
    }

    /// Undoes a wrap. With a biometric gate the system asks for the finger or the face; cancelling the task ends that.
    public func unwrap(_ wrapped: Data, with key: KeyName) async throws -> SecretBytes {
        let key = try await atKeychain { [self] in try found(key) }
        guard case .biometric(let enrolled) = key.label else {
            return try await atKeychain { [calls] in try calls.decrypt(wrapped, byKeyTagged: key.tag, asking: nil) }
        }
        let prompt = calls.prompt(text())
        return try await withTaskCancellationHandler {
            try await atKeychain { [self] in try unwrap(wrapped, with: key.tag, of: enrolled, asking: prompt) }
        } onCancel: {
            prompt.end()
        }
    }

    /// Refuses as `KeyRefusal.unavailable`: the Secure Enclave makes no HMAC.
    public func mac(of message: SecretBytes, with key: KeyName) async throws -> SecretBytes {
        throw KeyRefusal.unavailable
    }

    /// Deletes the key, and looks whether it is gone.
    public func deleteKey(_ key: KeyName) async throws {
        try await atKeychain { [self] in try delete(tag(of: key)) }
    }

    /// The greatest number in the name of a Keychain item.
    public func anchor(of vault: VaultID) async throws -> UInt64? {
        try await atKeychain { [anchors] in try anchors.read(vault) }
    }

    /// Adds a Keychain item with the number in its name, and deletes those before it.
    public func raiseAnchor(of vault: VaultID, to generation: UInt64) async throws {
        try await atKeychain { [anchors] in try anchors.raise(vault, to: generation) }
    }
}

// MARK: - At the Keychain's thread

extension KeychainKeyProtector {
    private func newKey(tag: String, gate: KeyGate) throws -> EnclaveKey {
        switch gate {
        case .device:
            EnclaveKey(
                tag: tag, label: .device, access: .init(availability: .whileUnlocked, wantsCurrentBiometry: false))
        case .biometric:
            EnclaveKey(
                tag: tag, label: .biometric(try enrolledSet()),
                access: .init(availability: .whilePasscodeSet, wantsCurrentBiometry: true))
        }
    }

    private func enrolledSet() throws(KeyRefusal) -> EnrolledSet {
        switch calls.biometry() {
        case .enrolled(let current): return current
        case .lockedOut: throw .lockedOut
        case .notEnrolled, .unavailable: throw .notEnrolled
        }
    }

    private func found(_ key: KeyName) throws -> EnclaveKey {
        guard let found = try calls.key(tagged: tag(of: key)) else { throw KeyRefusal.missing }
        return found
    }

    private func unwrap(
        _ wrapped: Data, with tag: String, of enrolled: EnrolledSet, asking prompt: any SystemPrompt
    ) throws -> SecretBytes {
        do {
            let bytes = try calls.decrypt(wrapped, byKeyTagged: tag, asking: prompt)
            // A new version of the system may have another word for those who are enrolled. The key has just shown that they
            // are the same; what could not be noted now is noted the next time.
            if case .enrolled(let current) = calls.biometry(), current != enrolled {
                try? calls.setLabel(.biometric(current), ofKeyTagged: tag)
            }
            return bytes
        } catch {
            throw refusal(after: error, of: enrolled) ?? error
        }
    }

    /// Why a key with a biometric gate did not unwrap, where the error alone does not say it.
    private func refusal(after fault: SecurityFault, of enrolled: EnrolledSet) -> KeyRefusal? {
        switch fault.meaning {
        case .missing, .cancelled, .lockedOut, .notInteractive: return nil
        case .notEnrolled, .rejected, .failure: break
        }
        switch calls.biometry() {
        case .notEnrolled: return .invalidated
        // Of a rejection alone: what the Keychain or the sensor itself fails at says nothing of who is enrolled.
        case .enrolled(let current) where current != enrolled && fault.meaning == .rejected: return .invalidated
        case .enrolled, .lockedOut: return fault.meaning == .rejected ? .lockedOut : nil
        case .unavailable: return fault.meaning == .rejected ? .notEnrolled : nil
        }
    }

    private func delete(_ tag: String) throws {
        try calls.deleteKeys(tagged: tag)
        guard try calls.key(tagged: tag) == nil else { throw KeyRefusal.unavailable }
    }

    private func isMissing(_ file: URL) throws -> Bool {
        do {
            // Of the file itself: what a link leads to does not matter.
            _ = try FileManager.default.attributesOfItem(atPath: file.path(percentEncoded: false))
            return false
        } catch CocoaError.fileReadNoSuchFile {
            return true
        }
    }

    private func atKeychain<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try Task.checkCancellation()
        return try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(
                    with: Result(catching: work).mapError { error in (error as? SecurityFault)?.refusal ?? error })
            }
        }
    }

    // MARK: - Names

    private var beginning: String { "\(service).key." }

    private func tag(of key: KeyName) -> String { beginning + key.alias }

    /// Those of this service: another's name may begin with this one's.
    private func tags() throws -> Set<String> {
        let alias = /[0-9a-f]+\.[0-9a-f]+\.[0-9]+/
        return Set(
            try calls.allKeys().map(\.tag).filter { tag in
                tag.hasPrefix(beginning) && tag.dropFirst(beginning.count).wholeMatch(of: alias) != nil
            })
    }
}

extension SecurityFault {
    /// What a token is told, if it has a word for it.
    fileprivate var refusal: KeyRefusal? {
        switch meaning {
        case .missing: .missing
        case .cancelled: .cancelled
        case .lockedOut: .lockedOut
        case .notEnrolled: .notEnrolled
        case .rejected, .notInteractive, .failure: nil
        }
    }
}
