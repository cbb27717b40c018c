import Foundation

/// The platform's key store, as a token needs it: keys that never leave the device, and a number that never falls.
///
/// A token asks for one operation at a time, in order, from whichever of its calls needs one; the next one is asked
/// for when this one has returned. When the call that needs it is cancelled or overtaken, or the token is locked, the
/// task of the operation is cancelled: end a prompt then, and return soon, since the next operation waits for it.
///
/// To say why something was not done, throw a ``KeyRefusal``. Anything else that is thrown counts as
/// ``KeyRefusal/unavailable`` and becomes the ``WarifuError/cause`` of the call's error; a `CancellationError` counts
/// as ``KeyRefusal/cancelled``.
///
/// The bytes that a method is given are wiped when it has returned, and so are those that it returns when they have
/// reached the core. Keep none of them. `WarifuTesting` has a key store in memory for tests.
public protocol KeyProtector: Sendable {
    /// Makes a key, in the place of any of the same name, and returns when it is sure to be there. It must never leave
    /// the device.
    func createKey(_ key: KeyName, for use: KeyUse, behind gate: KeyGate) async throws

    /// Returns if the key is there and alive, without any prompt; otherwise throws ``KeyRefusal/missing`` or
    /// ``KeyRefusal/invalidated``. A key store that cannot tell a dead key without a prompt tells what it can.
    func findKey(_ key: KeyName) async throws

    /// Encrypts and authenticates `plaintext`, a key of the vault's, to something that ``unwrap(_:with:)`` undoes; it
    /// has at most 1,024 bytes.
    func wrap(_ plaintext: SecretBytes, with key: KeyName) async throws -> Data

    /// Undoes a ``wrap(_:with:)``. With a biometric gate this prompts.
    func unwrap(_ wrapped: Data, with key: KeyName) async throws -> SecretBytes

    /// HMAC-SHA-256 of `message`.
    func mac(of message: SecretBytes, with key: KeyName) async throws -> SecretBytes

    /// Deletes the key, and returns when it is sure to be gone. That there is none is fine.
    func deleteKey(_ key: KeyName) async throws

    /// The number kept for this vault; `nil` if the platform keeps none, or none for this vault.
    func anchor(of vault: VaultID) async throws -> UInt64?

    /// Keeps `generation` for the vault, unless a greater number is kept already.
    func raiseAnchor(of vault: VaultID, to generation: UInt64) async throws
}

/// Why a ``KeyProtector`` did not do what it was asked.
public enum KeyRefusal: Error, Sendable, Hashable {
    /// It has no key of this name.
    case missing
    /// The key is dead: the enrolled fingers or face, or the screen lock, changed.
    case invalidated
    /// The person, or the app, put an end to it.
    case cancelled
    /// Too many tries with the wrong finger or face.
    case lockedOut
    /// No finger or face, or no screen lock, is enrolled.
    case notEnrolled
    /// The store failed.
    case unavailable
}

/// Names a key of the key store.
public struct KeyName: Sendable, Hashable, CustomStringConvertible {
    /// The alias to keep the key under: vault, slot and a number that never comes back, in lower-case hexadecimal with
    /// dots between. It is no secret.
    public let alias: String

    /// As ``alias``.
    public var description: String { alias }

    package init(core alias: String) {
        self.alias = alias
    }
}

/// Names a vault, at random. It is no secret.
public struct VaultID: Sendable, Hashable, CustomStringConvertible {
    /// 32 lower-case hexadecimal digits.
    public let rawValue: String

    /// As ``rawValue``.
    public var description: String { rawValue }

    package init(core rawValue: String) {
        self.rawValue = rawValue
    }
}

/// What a key is for.
public enum KeyUse: Sendable, Hashable {
    /// To wrap and unwrap: ECIES in the Secure Enclave.
    case wrap
    /// To make HMAC-SHA-256.
    case mac
}

/// What must happen before a key may be used.
public enum KeyGate: Sendable, Hashable {
    /// Nothing: the device is enough.
    case device
    /// The enrolled fingers or face, each time; the key dies when those change.
    case biometric
}
