package jp.warifu.app

import java.nio.CharBuffer

/**
 * What is being typed on the page that is shown, so that a rotation or a look into another app loses none of it. It may be
 * a secret: no saved state of the system has it, and it is wiped with the page.
 */
class Drafts {
    private val texts = HashMap<Int, CharArray>()

    /** What stands in the field of this name so far; null if nobody has typed there. */
    fun of(field: Int): CharSequence? = texts[field]?.let(CharBuffer::wrap)

    /** Keeps what stands there now. */
    fun keep(field: Int, text: CharSequence) {
        val chars = CharArray(text.length) { text[it] }
        texts.put(field, chars)?.fill(' ')
    }

    /** Forgets all of it. */
    fun wipe() {
        texts.values.forEach { it.fill(' ') }
        texts.clear()
    }
}
