package jp.warifu.ffi

import java.security.MessageDigest

/**
 * Secret bytes: a PIN, a passphrase, a link with its seed, the bytes of a key store's errand. They
 * print masked, and are zeroed by [wipe] or [close]; after that there are none.
 *
 * @param bytes taken over, not copied: who hands them in does not use them again
 */
public class SecretBytes(bytes: ByteArray) : AutoCloseable {
    @Volatile
    private var bytes: ByteArray = bytes

    /** How many bytes there are; none after a [wipe]. */
    public val size: Int get() = bytes.size

    /** The bytes themselves, not a copy: a [wipe] zeroes them under whoever holds them. */
    public fun expose(): ByteArray = bytes

    /** Zeroes the bytes. */
    public fun wipe() {
        bytes.fill(0)
        bytes = EMPTY
    }

    /** As [wipe]. */
    override fun close(): Unit = wipe()

    /** By content, in constant time for equal lengths. */
    override fun equals(other: Any?): Boolean =
        other is SecretBytes && MessageDigest.isEqual(bytes, other.bytes)

    /** Of the length alone. */
    override fun hashCode(): Int = size

    override fun toString(): String = "SecretBytes($size bytes)"

    private companion object {
        val EMPTY = ByteArray(0)
    }
}
