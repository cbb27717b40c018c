package jp.warifu

/** A way to open a vault. */
public sealed interface Unlock {
    /**
     * By a passphrase. Slow by design: Argon2.
     *
     * @property passphrase What was typed, in UTF-8. It is wiped.
     */
    public class Passphrase(public val passphrase: SecretBytes) : Unlock

    /** By the device's own key, without a prompt. */
    public data object Device : Unlock

    /** By a finger or the face. It prompts. */
    public data object Biometric : Unlock

    /**
     * By the PIN. Slow by design: Argon2, and after some wrong tries a wait of up to an hour.
     *
     * @property pin What was typed, in UTF-8. It is wiped.
     * @property waits Whether such a wait is waited for. If not, an unlock that would have to wait throws
     *   [WarifuException.PinMustWait] instead, which costs no try, and the PIN is asked for again once it is over. The
     *   vault keeps the wait: a new process has it too.
     */
    public class Pin(public val pin: SecretBytes, public val waits: Boolean = true) : Unlock
}

/**
 * What opening a vault found besides its entries.
 *
 * @property damagedSlots Slots that want to be made anew.
 * @property keptUnread How many records a later version of warifu made: kept, not shown.
 * @property pinCountStays The PIN was right, and the count of wrong tries could not be set back: set the PIN
 *   anew, or the slot may be destroyed by the next try.
 */
public data class UnlockReport(val damagedSlots: List<DamagedSlot>, val keptUnread: Int, val pinCountStays: Boolean)

/**
 * A slot that does not fit the rest of the vault. It is never used, and blocks no other.
 *
 * @property id Which one.
 * @property kind What kind it says it is.
 * @property part What about it is damaged.
 */
public data class DamagedSlot(val id: SlotId, val kind: SlotKind, val part: SlotPart)

/**
 * A slot of the vault, as a settings page lists it.
 *
 * @property id Which one.
 * @property kind Which way to open the vault it is.
 * @property damage What about it is damaged, if anything.
 */
public data class Slot(val id: SlotId, val kind: SlotKind, val damage: SlotPart?)

/** Which way to open a vault a slot is. */
public sealed interface SlotKind {
    /** A passphrase, by Argon2id. */
    public data object Passphrase : SlotKind

    /** A key of the platform, without a prompt. */
    public data object Device : SlotKind

    /** A key of the platform that is bound to the enrolled fingers or face. */
    public data object Biometric : SlotKind

    /** A PIN, hardened by a key of the platform, with a limit on tries. */
    public data object Pin : SlotKind

    /**
     * A kind that this version does not know. It is kept and skipped.
     *
     * @property number Its number in the file.
     */
    public data class Other(val number: Int) : SlotKind
}

/** The two parts of a slot. */
public enum class SlotPart {
    /** The part that never changes. */
    FIXED,

    /** The part that counts a PIN's tries. */
    ENVELOPE,
}

/** A slot to be made. */
public sealed interface NewSlot {
    /**
     * A passphrase of 8 characters or more.
     *
     * @property passphrase What was typed, in UTF-8. It is wiped.
     * @property cost What a guess at it costs; the core's choice if null.
     */
    public class Passphrase(public val passphrase: SecretBytes, public val cost: KdfCost? = null) : NewSlot

    /** A key of the platform, without a prompt. */
    public data object Device : NewSlot

    /** A key of the platform that is bound to the enrolled fingers or face. Making it prompts. */
    public data object Biometric : NewSlot

    /**
     * A PIN of 4 to 12 digits that is not one of those that anybody tries first.
     *
     * @property pin What was typed, in UTF-8. It is wiped.
     * @property hardware What the key store can do for a guess.
     * @property limit After how many wrong tries in a row the slot is destroyed: 2 to 20.
     * @property cost What Argon2id costs; the core's choice if null.
     */
    public class Pin(
        public val pin: SecretBytes,
        public val hardware: PinHardware,
        public val limit: Int,
        public val cost: KdfCost? = null,
    ) : NewSlot
}

/** What a key store can do for a guess at a PIN. */
public enum class PinHardware {
    /** HMAC with a key that never leaves it: Android's Keystore. */
    MAC,

    /** Only to unwrap. Code that runs as the app can then guess without it once a first layer is off. */
    UNWRAP,
}

/**
 * What one guess at a passphrase or a PIN costs (Argon2id, RFC 9106). Leave it to the core; only tests
 * have a reason for less.
 *
 * @property memoryKib Memory in KiB: 8 a lane to 262,144.
 * @property passes 1 to 10.
 * @property lanes 1 to 16.
 */
public data class KdfCost(val memoryKib: Int, val passes: Int, val lanes: Int)
