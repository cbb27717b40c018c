package jp.warifu

import kotlin.time.Duration
import kotlin.time.Instant

/**
 * Why a call failed, with the data to act on it. Nothing in it is secret: it may be logged.
 *
 * @property supportCode The stable name of what went wrong, as the customer reads it to the call centre:
 *   `W-107`. Null where the app, or warifu itself, is at fault and a customer can do nothing.
 */
public sealed class WarifuException(public val supportCode: String?, message: String, cause: Throwable? = null) :
    Exception(message, cause) {
    // ---- The token. ----

    /** The token is locked: unlock it first. W-101. */
    public class Locked internal constructor(told: Told) : WarifuException(told)

    /** The token was closed: open it anew. */
    public class Closed internal constructor() : WarifuException(null, "the token was closed")

    /**
     * A newer unlock, or a newer change of slots, took over. An unlock leaves nothing open then but what the
     * newer one opens; a change of slots may have been made all the same. W-121.
     */
    public class Superseded internal constructor(told: Told) : WarifuException(told)

    /** warifu is at fault. Please report it. */
    public class Internal internal constructor(supportCode: String? = null) :
        WarifuException(supportCode, "an internal error of warifu")

    // ---- The vault and its file. ----

    /** There is no file. W-102. */
    public class NotFound internal constructor(told: Told) : WarifuException(told)

    /** There is a file already, and it is not overwritten. W-103. */
    public class AlreadyExists internal constructor(told: Told) : WarifuException(told)

    /** The file is something else, or empty. W-104. */
    public class NotAVault internal constructor(told: Told) : WarifuException(told)

    /**
     * A later warifu made the vault. W-105.
     *
     * @property found The version it has.
     */
    public class UnsupportedVersion internal constructor(told: Told, public val found: Int) : WarifuException(told)

    /** The vault is over the bounds of its format: 16 MiB, 16,384 records. W-106. */
    public class TooLarge internal constructor(told: Told) : WarifuException(told)

    /**
     * A part of the vault does not fit the rest. W-107.
     *
     * @property part Which part.
     */
    public class Corrupt internal constructor(told: Told, public val part: VaultPart) : WarifuException(told)

    /** The file is older than what was seen of it. W-119. */
    public class RolledBack internal constructor(told: Told) : WarifuException(told)

    /** The file is another vault than the one that was opened. W-120. */
    public class Replaced internal constructor(told: Told) : WarifuException(told)

    /** Another process changed the vault meanwhile: try again. W-137. */
    public class Changed internal constructor(told: Told) : WarifuException(told)

    /** Another process is writing: try again in a moment. W-114. */
    public class Busy internal constructor(told: Told) : WarifuException(told)

    /**
     * The disk refused. W-115, W-116, W-117, W-140.
     *
     * @property operation What was attempted.
     * @property why Why it failed.
     */
    public class Disk internal constructor(
        told: Told,
        public val operation: DiskOperation,
        public val why: DiskFailure,
    ) : WarifuException(told)

    /** There is not enough memory to make the key. W-113. */
    public class OutOfMemory internal constructor(told: Told) : WarifuException(told)

    /** The system's source of randomness failed. W-118. */
    public class NoRandomness internal constructor(told: Told) : WarifuException(told)

    // ---- Opening it. ----

    /** The passphrase opens no slot. W-108. */
    public class WrongPassphrase internal constructor(told: Told) : WarifuException(told)

    /** No whole slot takes a passphrase. W-109. */
    public class NoPassphraseSlot internal constructor(told: Told) : WarifuException(told)

    /**
     * A passphrase that cannot be one. W-110, W-111, W-139.
     *
     * @property why Why not.
     */
    public class PassphraseRefused internal constructor(told: Told, public val why: PassphraseFault) :
        WarifuException(told)

    /** The cost of the vault's key is out of range. W-112. */
    public class CostOutOfRange internal constructor(told: Told) : WarifuException(told)

    /**
     * A PIN that cannot be one. W-125, W-126.
     *
     * @property why Why not.
     */
    public class PinRefused internal constructor(told: Told, public val why: PinFault) : WarifuException(told)

    /** A PIN's limit on tries is 2 to 20. W-138. */
    public class PinLimitOutOfRange internal constructor(told: Told) : WarifuException(told)

    /**
     * The PIN is wrong. W-127.
     *
     * @property triesLeft How many more tries there are before the slot is destroyed: 1 or more.
     * @property wait How long the next try has to wait.
     */
    public class WrongPin internal constructor(told: Told, public val triesLeft: Int, public val wait: Duration) :
        WarifuException(told)

    /** The PIN was tried too often and opens nothing any more. Another slot may. W-128. */
    public class PinDestroyed internal constructor(told: Told) : WarifuException(told)

    /**
     * The slot's key is dead, since the enrolled fingers or face changed. Another slot may open. W-129.
     *
     * @property slot Which slot wants to be made anew.
     */
    public class KeyInvalidated internal constructor(told: Told, public val slot: SlotId) : WarifuException(told)

    /**
     * The slot's key is gone, and the device is the one that had it. Another slot may open. W-130.
     *
     * @property slot Which slot wants to be made anew.
     */
    public class KeyLost internal constructor(told: Told, public val slot: SlotId) : WarifuException(told)

    /** No slot opens the vault any more: the bank's exchange (交換) is the way on. W-131. */
    public class NeedsReEnrolment internal constructor(told: Told) : WarifuException(told)

    /** The vault came here from another device, whose keys stayed there. W-132. */
    public class RestoredOnAnotherDevice internal constructor(told: Told) : WarifuException(told)

    /**
     * The key store did not do what it was asked. W-129, W-130, W-133 to W-136. Where it threw something
     * that it should not have, that is the [cause].
     *
     * @property why Why not.
     */
    public class KeyStoreRefused internal constructor(told: Told, public val why: KeyRefusal) : WarifuException(told)

    /** The key store's answer does not fit what it was asked. W-136. */
    public class WrongAnswer internal constructor(told: Told) : WarifuException(told)

    /** The vault has no such slot. W-123. */
    public class UnknownSlot internal constructor(told: Told) : WarifuException(told)

    /** The last slot cannot be removed. W-124. */
    public class LastSlot internal constructor(told: Told) : WarifuException(told)

    // ---- Its credentials. ----

    /**
     * The same credential is there already. W-201.
     *
     * @property existing Which entry it is.
     */
    public class Duplicate internal constructor(told: Told, public val existing: EntryId) : WarifuException(told)

    /** The vault has no such entry. W-202. */
    public class UnknownEntry internal constructor(told: Told) : WarifuException(told)

    /** An entry must keep an issuer or an account. W-203. */
    public class Nameless internal constructor(told: Told) : WarifuException(told)

    /** The entry makes its codes from the time, not on request. W-204. */
    public class NotHotp internal constructor(told: Told) : WarifuException(told)

    /** Every counter of the credential is spent. W-205. */
    public class CounterExhausted internal constructor(told: Told) : WarifuException(told)

    /**
     * A name that cannot be shown. W-206.
     *
     * @property why Why not.
     */
    public class NameRefused internal constructor(told: Told, public val why: NameFault) : WarifuException(told)

    /**
     * A link that holds no credential. W-401 to W-404.
     *
     * @property why Which rule it breaks, the first that is met.
     * @property parameter Which parameter it is about, as a link writes it; null where it is about none.
     * @property name What is wrong with the issuer or the account, where [why] says that it is one of them.
     */
    public class LinkRefused internal constructor(
        told: Told,
        public val why: LinkFault,
        public val parameter: String?,
        public val name: NameFault?,
    ) : WarifuException(told)

    /** The text is no marker. W-122. */
    public class NotAMarker internal constructor(told: Told) : WarifuException(told)

    // ---- The time. ----

    /**
     * The device's clock cannot be right: before 2020, or after 2106. W-301, W-302.
     *
     * @property wall What it says.
     */
    public class ClockImplausible internal constructor(told: Told, public val wall: Instant) : WarifuException(told)

    private constructor(told: Told) : this(told.supportCode, told.message, told.cause)

    /** What the core tells of an error, and what a key store threw meanwhile. */
    internal class Told(val supportCode: String, val message: String, val cause: Throwable?)
}

/** A part of a vault's file. */
public sealed interface VaultPart {
    /** The table of contents. */
    public data object Contents : VaultPart

    /** The tag over everything, or something that it covers. */
    public data object RootTag : VaultPart

    /**
     * The slot that was to open the vault.
     *
     * @property id Which one.
     */
    public data class Slot(val id: SlotId) : VaultPart

    /**
     * A record.
     *
     * @property id Which one; for an entry, this is the entry's ID.
     */
    public data class Record(val id: EntryId) : VaultPart

    /** Bytes at the end that belong to no slot. */
    public data object Envelopes : VaultPart
}

/** What was attempted on the disk. */
public enum class DiskOperation {
    /** To read the vault. */
    READ,

    /** To take its lock. */
    LOCK,

    /** To write its next version. */
    WRITE,
}

/** Why the disk refused. */
public enum class DiskFailure {
    /** No space, or a quota is used up. */
    FULL,

    /** The folder or the file may not be written or read. */
    NOT_PERMITTED,

    /** The folder is not there. */
    NO_FOLDER,

    /** Anything else. */
    OTHER,
}

/** Why a passphrase was refused. */
public enum class PassphraseFault {
    /** Nothing was typed. */
    EMPTY,

    /** More than 1,024 bytes. */
    TOO_LONG,

    /** A new one has fewer than 8 characters. */
    TOO_SHORT,

    /** Not text, or with a control character, or, if new, with one that Unicode has not assigned. */
    NOT_TEXT,
}

/** Why a PIN was refused. */
public enum class PinFault {
    /** Not 4 to 12 digits. */
    NOT_DIGITS,

    /** A new one that anybody tries first. */
    TOO_SIMPLE,
}

/** Why a text cannot be shown as a name. */
public enum class NameFault {
    /** Nothing but white space. */
    EMPTY,

    /** More than 128 characters. */
    TOO_LONG,

    /** A control character, or one that hides, moves or turns round its neighbours. */
    FORBIDDEN_CHARACTER,
}

/** Which rule a refused link breaks. */
public enum class LinkFault {
    /** It is something else than an `otpauth://` link. */
    NOT_OTPAUTH,

    /** It has more than 4,096 bytes. */
    TOO_LONG,

    /** It has more than 32 parameters. */
    TOO_MANY_PARAMETERS,

    /** It holds a control character or a raw `#`, a `%` without two hexadecimal digits, or no label's `/`. */
    MALFORMED,

    /** It holds text that is not UTF-8. */
    NOT_UTF8,

    /** Its type is neither `totp` nor `hotp`. */
    UNKNOWN_TYPE,

    /** A parameter that must be there is not, or is empty. */
    MISSING,

    /** A parameter is there more than once. */
    REPEATED,

    /** A parameter is no number, or one out of its range. */
    OUT_OF_RANGE,

    /** The algorithm is none of SHA1, SHA256 and SHA512. */
    UNKNOWN_ALGORITHM,

    /** The secret is not base32. */
    NOT_BASE32,

    /** The secret has fewer than 80 bits. */
    SEED_TOO_SHORT,

    /** The secret is longer than 256 bytes. */
    SEED_TOO_LONG,

    /** There is neither an issuer nor an account. */
    NAMELESS,

    /** The label names one issuer, the parameter `issuer` another. */
    ISSUER_MISMATCH,

    /** The issuer cannot be shown. */
    ISSUER,

    /** The account cannot be shown. */
    ACCOUNT,

    /** The credential ID is not 4 to 32 letters and digits. */
    CREDENTIAL_ID,
}
