package jp.warifu.app

import jp.warifu.SecretBytes

/** The digits of a PIN while it is typed. They are kept nowhere else, and wiped. */
class Digits {
    private val typed = ByteArray(MOST)

    /** How many there are. */
    var count = 0
        private set

    /** Puts one more at the end. A PIN that is full takes no more. */
    fun press(digit: Int) {
        if (count < MOST) typed[count++] = ('0' + digit).code.toByte()
    }

    /** Takes the last one away. */
    fun erase() {
        if (count > 0) typed[--count] = 0
    }

    /** Hands them over, and has none any more. */
    fun take(): SecretBytes = SecretBytes(typed.copyOf(count)).also { wipe() }

    /** Forgets them. */
    fun wipe() {
        typed.fill(0)
        count = 0
    }

    private companion object {
        const val MOST = 12
    }
}
