package import Foundation
package import Warifu

/// What ``KeychainKeyProtector`` needs of Apple's Security and LocalAuthentication, and no more: a layer so thin that all
/// that can be decided is decided above it. Calls block, some until a person has answered.
package protocol SecurityCalls: Sendable {
    /// Makes a key in the Secure Enclave. Keys of the same tag stay.
    func makeKey(_ key: EnclaveKey) throws(SecurityFault)

    /// Every key that the app may see, of whatever tag; none that cannot be in the Secure Enclave.
    func allKeys() throws(SecurityFault) -> [EnclaveKey]

    /// The key of a tag. It prompts nobody.
    func key(tagged tag: String) throws(SecurityFault) -> EnclaveKey?

    /// Puts another label in the place of a key's.
    func setLabel(_ label: KeyLabel, ofKeyTagged tag: String) throws(SecurityFault)

    /// Deletes every key of a tag; that there is none is fine.
    func deleteKeys(tagged tag: String) throws(SecurityFault)

    /// ECIES to a key's public half, which asks nobody.
    func encrypt(_ plaintext: SecretBytes, toKeyTagged tag: String) throws(SecurityFault) -> Data

    /// Undoes an ``encrypt(_:toKeyTagged:)``, asking by the prompt if the key's gate wants that.
    func decrypt(_ ciphertext: Data, byKeyTagged tag: String, asking prompt: (any SystemPrompt)?)
        throws(SecurityFault) -> SecretBytes

    /// The accounts of the items of a service.
    func accounts(ofService service: String) throws(SecurityFault) -> [String]

    /// Adds an item that says nothing but its name; that it is there is fine.
    func addItem(_ item: MarkItem) throws(SecurityFault)

    /// Deletes an item; that there is none is fine.
    func deleteItem(service: String, account: String) throws(SecurityFault)

    /// What the device knows of fingers and faces. It prompts nobody.
    func biometry() -> Biometry

    /// Asks for a finger or the face now, by the prompt, and for the permission to if that was not asked yet.
    func evaluate(_ prompt: any SystemPrompt) throws(SecurityFault)

    /// A prompt that says this, once a key asks for one.
    func prompt(_ text: PromptText) -> any SystemPrompt
}

/// A prompt for a finger or the face.
package protocol SystemPrompt: AnyObject, Sendable {
    /// Ends it if it is there, and lets it never come if it is not. Any thread may call this.
    func end()
}

/// A P-256 key of the Secure Enclave, as the Keychain lists it.
package struct EnclaveKey: Sendable, Hashable {
    /// Names it.
    package var tag: String
    /// Its gate. It can be changed, which changes no gate.
    package var label: KeyLabel
    /// Who may use it, and when. The Keychain does not tell it of a key that is there.
    package var access: Access?

    package init(tag: String, label: KeyLabel, access: Access? = nil) {
        self.tag = tag
        self.label = label
        self.access = access
    }

    /// Who may use a key, and when.
    package struct Access: Sendable, Hashable {
        package var availability: Availability
        /// Whether each use wants a finger or the face of those that are enrolled when the key is made.
        package var wantsCurrentBiometry: Bool

        package init(availability: Availability, wantsCurrentBiometry: Bool) {
            self.availability = availability
            self.wantsCurrentBiometry = wantsCurrentBiometry
        }
    }
}

/// A Keychain item that says nothing but its name.
package struct MarkItem: Sendable, Hashable {
    package var service: String
    package var account: String
    package var availability: Availability

    package init(service: String, account: String, availability: Availability) {
        self.service = service
        self.account = account
        self.availability = availability
    }
}

/// When a key or an item can be had. None of them ever leaves the device, in a backup or over iCloud.
package enum Availability: Sendable, Hashable {
    /// From the first time that the device is unlocked after a start.
    case afterFirstUnlock
    /// While the device is unlocked.
    case whileUnlocked
    /// While the device is unlocked; gone when its passcode is turned off.
    case whilePasscodeSet
}

/// What the device knows of fingers and faces.
package enum Biometry: Sendable, Hashable {
    /// Some are enrolled.
    case enrolled(EnrolledSet)
    /// Some are enrolled, after too many wrong tries; the device's passcode ends that.
    case lockedOut
    /// None is enrolled, or the device has no passcode.
    case notEnrolled
    /// The device has no sensor, or the person does not let the app use it.
    case unavailable
}
