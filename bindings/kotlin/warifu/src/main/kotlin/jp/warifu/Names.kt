package jp.warifu

import java.security.SecureRandom

/** warifu's own name for an entry: random, the same for its whole life, never shown to a customer. */
@JvmInline
public value class EntryId(
    /** 32 digits of lower-case hexadecimal. */
    public val hex: String,
) {
    init {
        requireHex(hex, bytes = 16)
    }

    /** [hex]. */
    override fun toString(): String = hex
}

/** Names a slot within its vault. */
@JvmInline
public value class SlotId(
    /** 16 digits of lower-case hexadecimal. */
    public val hex: String,
) {
    init {
        requireHex(hex, bytes = 8)
    }

    /** [hex]. */
    override fun toString(): String = hex
}

/** Names a vault. */
@JvmInline
public value class VaultId(
    /** 32 digits of lower-case hexadecimal. */
    public val hex: String,
) {
    init {
        requireHex(hex, bytes = 16)
    }

    /** [hex]. */
    override fun toString(): String = hex
}

/** Names one press of the button that makes a HOTP code: the same press again gives the same code. */
@JvmInline
public value class RequestId(
    /** 32 digits of lower-case hexadecimal. */
    public val hex: String,
) {
    init {
        requireHex(hex, bytes = 16)
    }

    /** [hex]. */
    override fun toString(): String = hex

    /** Makes new ones. */
    public companion object {
        /** One that was never used: for a new press. Keep it until its code has come. */
        public fun random(): RequestId = RequestId(ByteArray(16).also(SecureRandom()::nextBytes).toHexString())
    }
}

/**
 * Names a key of the platform's key store. It never comes back for another key.
 *
 * @property alias What to keep the key under: lower-case hexadecimal and dots, `vault.slot.number`.
 */
@JvmInline
public value class KeyName(public val alias: String) {
    /** [alias]. */
    override fun toString(): String = alias
}

private fun requireHex(hex: String, bytes: Int) {
    require(hex.length == 2 * bytes && hex.all { it in '0'..'9' || it in 'a'..'f' }) {
        "not $bytes bytes in lower-case hexadecimal"
    }
}
