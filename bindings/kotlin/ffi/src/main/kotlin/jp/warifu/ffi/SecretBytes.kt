package jp.warifu.ffi

import java.io.Closeable
import java.nio.ByteBuffer
import java.nio.CharBuffer
import java.nio.charset.CodingErrorAction
import java.security.MessageDigest

/**
 * Bytes that are secret: a passphrase, a PIN, a link with its seed, what a key store wraps. They print
 * masked, and [wipe] overwrites them; after that there are none.
 *
 * A Java machine moves what it holds, and may leave copies behind that nothing reaches. What is left
 * of a secret is best effort; `docs/threat-model.md` lists what was found. Keep secrets out of
 * `String`s, which cannot be wiped at all.
 *
 * @param bytes The bytes themselves, not a copy: they are wiped with this.
 */
public class SecretBytes(bytes: ByteArray) : Closeable {
    @Volatile
    private var bytes: ByteArray = bytes

    /** How many bytes there are. */
    public val size: Int
        get() = bytes.size

    /** The bytes themselves, not a copy. Every call is a place to review. */
    public fun expose(): ByteArray = bytes

    /** Overwrites the bytes. Wiping twice is fine. */
    public fun wipe() {
        val wiped = bytes
        bytes = EMPTY
        wiped.fill(0)
    }

    /** The same as [wipe], so that `use` wipes. */
    override fun close() {
        wipe()
    }

    /** Equality in constant time for equal lengths. The length itself is no secret. */
    override fun equals(other: Any?): Boolean = other is SecretBytes && MessageDigest.isEqual(bytes, other.bytes)

    /** Of the length alone, so that nothing of the bytes shows. */
    override fun hashCode(): Int = bytes.size

    /** How many bytes there are, and none of them. */
    override fun toString(): String = "SecretBytes($size bytes)"

    /** Makes one of what a person typed. */
    public companion object {
        private val EMPTY = ByteArray(0)
        private const val NEVER_IN_UTF8 = 0xFF.toByte()

        /**
         * A text in UTF-8, and overwrites [chars]: what a password field gives out, so that no `String` is
         * ever made of it. Of half a character alone, which is no text, comes a byte that no call takes for
         * one.
         */
        @JvmStatic
        public fun ofChars(chars: CharArray): SecretBytes {
            val encoder = Charsets.UTF_8.newEncoder()
            val buffer = ByteBuffer.allocate(Math.ceil(chars.size * encoder.maxBytesPerChar().toDouble()).toInt())
            encoder.onMalformedInput(CodingErrorAction.REPORT)
            val isText = !encoder.encode(CharBuffer.wrap(chars), buffer, true).isError && !encoder.flush(buffer).isError
            val bytes = if (isText) buffer.array().copyOf(buffer.position()) else byteArrayOf(NEVER_IN_UTF8)
            buffer.array().fill(0)
            chars.fill('\u0000')
            return SecretBytes(bytes)
        }
    }
}
