package jp.warifu.tests

import jp.warifu.SecretBytes
import jp.warifu.Token
import jp.warifu.WarifuException
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue

class SecretBytesTest : Device() {
    @Test
    fun `what was typed comes in UTF-8 and its characters are overwritten`() {
        for (text in listOf("", "2580", "合言葉を割る", "a\uD83D\uDE00b")) {
            val chars = text.toCharArray()
            assertContentEquals(text.encodeToByteArray(), SecretBytes.ofChars(chars).expose())
            assertTrue(chars.all { it == '\u0000' })
        }
    }

    @Test
    fun `half a character alone is no text and makes no passphrase`() = inFolder { file ->
        for (half in listOf("correct horse \uD83D", "correct \uDE00 horse", "\uD83Dcorrect horse")) {
            val chars = half.toCharArray()
            val typed = SecretBytes.ofChars(chars)
            assertTrue(chars.all { it == '\u0000' })
            assertContentEquals(byteArrayOf(-1), typed.expose())
            assertFailsWith<WarifuException.PassphraseRefused> { Token.create(file, typed, clock) }
            assertFalse(file.exists())
        }
    }
}
