package jp.warifu

// What is wrong with what an exception is about.

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

/** Which rule a refused enrolment link breaks. */
public enum class EnrolmentLinkFault {
    /** It does not begin with `https://`. */
    NOT_A_LINK,

    /** It has more than 640 bytes, or more than 512 before the `#`. */
    TOO_LONG,

    /** Its host, port or path is malformed, or it has a query or a user. */
    MALFORMED,

    /** It is plain `http` to another machine. */
    INSECURE,

    /** It has no service key. */
    NO_KEY,

    /** Its service key is none. */
    BAD_KEY,

    /** A parameter stands twice. */
    REPEATED,

    /** It has a parameter that this version does not know. */
    UNKNOWN_PARAMETER,
}

/** Why an activation code cannot be one. */
public enum class ActivationCodeFault {
    /** It holds something else than digits. */
    NOT_DIGITS,

    /** It has fewer or more than 16 digits. */
    WRONG_LENGTH,

    /** Its check digit does not fit: a digit is wrong, or two are swapped. */
    MISTYPED,
}

/** Which rule a refused package of a token service breaks. */
public enum class PackageFault {
    /** It is longer than 12,288 bytes. */
    TOO_LONG,

    /** It is not UTF-8. */
    NOT_UTF8,

    /** It is not well-formed XML. */
    MALFORMED,

    /** It has a part of XML that is not taken: a document type, an entity of its own, CDATA. */
    NOT_TAKEN,

    /** It has more than 256 elements, or more than 12 one in another. */
    TOO_COMPLEX,

    /** It has an element, an attribute or a text where the profile has none. */
    UNKNOWN,

    /** A part that must be there is not. */
    MISSING,

    /** A part stands twice. */
    REPEATED,

    /** A part's value is none that the profile has. */
    OUT_OF_RANGE,

    /** A key is not base64, or not one text. */
    NOT_BASE64,

    /** A key has fewer than 80 bits. */
    SEED_TOO_SHORT,

    /** A key is longer than 256 bytes. */
    SEED_TOO_LONG,

    /** The device key does not have 32 bytes. */
    DEVICE_KEY_LENGTH,

    /** The issuer or the account cannot be shown. */
    NAME,

    /** The credential ID is none, or the keys do not all have the same. */
    CREDENTIAL_ID,
}

/** Why no clock was heard. */
public enum class SyncFault {
    /** No entry has a service that tells its time, and there are no time hosts. */
    NOTHING_TO_ASK,

    /** No response came. */
    NO_RESPONSE,

    /** The service has no time now. */
    BUSY,

    /**
     * The service does not tell this credential the time, or answers with a status that the protocol does not have. It
     * is nobody's signed word.
     */
    STATUS,

    /** What came is not the service's, or was changed on the way. */
    NOT_AUTHENTIC,

    /** It is the service's answer, of a later version. */
    NEWER,

    /**
     * The answer tells nothing about the time: it took too long, contradicts itself, came of a cache, or has no date.
     */
    NO_TIME,
}

/** Why time hosts cannot be those; see [TimeSync]. */
public enum class TimeHostFault {
    /** One is no `https` address. */
    NOT_A_HOST,

    /** There are more than 8. */
    TOO_MANY,
}
