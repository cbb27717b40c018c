/// A way to open the vault, as a settings page lists it.
public struct Slot: Sendable, Hashable, Identifiable {
    /// Which one.
    public let id: SlotID
    /// Which way it is.
    public let kind: SlotKind
    /// What about it is damaged, if anything.
    public let damage: SlotPart?

    /// A sample; a token's come from ``Slots/list()``.
    public init(id: SlotID, kind: SlotKind, damage: SlotPart? = nil) {
        self.id = id
        self.kind = kind
        self.damage = damage
    }
}

/// Which way to the vault's key a slot is.
public enum SlotKind: Sendable, Hashable {
    /// A passphrase, by Argon2id.
    case passphrase
    /// A key of the platform, without a prompt.
    case device
    /// A key of the platform that is bound to the enrolled fingers or face.
    case biometric
    /// A PIN, hardened by a key of the platform, with a limit on tries.
    case pin
    /// A kind that this version does not know, by its number. It is kept and skipped.
    case other(UInt8)
}

/// The two parts of a slot.
public enum SlotPart: Sendable, Hashable {
    /// The part that never changes.
    case fixed
    /// The part that changes with each try of a PIN.
    case envelope
}

/// A slot that does not fit the rest of the vault. It is never used and blocks no other.
public struct DamagedSlot: Sendable, Hashable, Identifiable {
    /// Which one.
    public let id: SlotID
    /// What kind it says it is.
    public let kind: SlotKind
    /// What about it is damaged.
    public let part: SlotPart

    /// A sample; a token's come from ``Token/unlock(_:)``.
    public init(id: SlotID, kind: SlotKind, part: SlotPart) {
        self.id = id
        self.kind = kind
        self.part = part
    }
}

/// What opening a vault found besides its entries.
public struct UnlockReport: Sendable, Hashable {
    /// Slots that want to be made anew.
    public let damagedSlots: [DamagedSlot]
    /// Records of kinds that a later version made: kept, not shown.
    public let keptUnread: Int
    /// The PIN was right, and the count of wrong tries could not be set back: have the PIN set anew, or the slot may be
    /// destroyed by the next try.
    public let pinCountStays: Bool

    /// A sample; a token's come from ``Token/unlock(_:)``.
    public init(damagedSlots: [DamagedSlot] = [], keptUnread: Int = 0, pinCountStays: Bool = false) {
        self.damagedSlots = damagedSlots
        self.keptUnread = keptUnread
        self.pinCountStays = pinCountStays
    }
}

/// A way to unlock a token: see ``Token/unlock(_:)``.
public enum Unlock: Sendable {
    /// The device's own key, without a prompt.
    case device
    /// A finger or the face; prompts.
    case biometric
    /// The PIN, in UTF-8. After some wrong PINs the next try has to wait, up to an hour. `waits` says whether the call waits
    /// for that; if not, it throws ``WarifuError/Reason/pinMustWait(_:)`` at once, which costs no try.
    case pin(SecretBytes, waits: Bool = true)
    /// The passphrase, in UTF-8.
    case passphrase(SecretBytes)
}

/// A slot to be made: see ``Slots/set(_:)``.
public enum NewSlot: Sendable {
    /// A key of the platform, without a prompt.
    case device
    /// A key of the platform that is bound to the enrolled fingers or face. Whether making it prompts is the key store's
    /// matter.
    case biometric
    /// A PIN of 4 to 12 digits, in UTF-8. `limit` says after how many wrong tries in a row the slot is destroyed: 2 to
    /// 20.
    case pin(SecretBytes, hardware: PINHardware = .unwrap, limit: Int = 6, cost: Argon2Cost? = nil)
    /// A passphrase of 8 characters or more, in UTF-8.
    case passphrase(SecretBytes, cost: Argon2Cost? = nil)
}

/// What the platform's hardware can do for a guess at a PIN. It decides how a PIN slot is made.
public enum PINHardware: Sendable, Hashable {
    /// HMAC with a key that never leaves it.
    case mac
    /// Only to unwrap, as Apple's Secure Enclave.
    case unwrap
}

/// What one guess at a passphrase or a PIN costs (Argon2id, RFC 9106). An app leaves it to the core by giving none;
/// less is for tests.
public struct Argon2Cost: Sendable, Hashable {
    /// Memory in KiB: 8 a lane to 262,144.
    public var memoryKiB: Int
    /// 1 to 10.
    public var passes: Int
    /// 1 to 16.
    public var lanes: Int

    /// The core refuses what is out of range (W-112).
    public init(memoryKiB: Int, passes: Int, lanes: Int) {
        self.memoryKiB = memoryKiB
        self.passes = passes
        self.lanes = lanes
    }
}
