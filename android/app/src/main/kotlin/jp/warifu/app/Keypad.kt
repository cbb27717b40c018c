package jp.warifu.app

import jp.warifu.SecretBytes
import jp.warifu.app.state.KeypadState
import jp.warifu.app.state.Page

/** What is typed on the keypad that is shown, whatever it is for. It is kept nowhere else, and wiped with the keypad. */
class Keypad internal constructor(private val session: Session) {
    private val typed = Digits()
    private var kept: SecretBytes? = null
    private var onEntered: (Digits) -> Unit = {}

    /** Whether a PIN that was typed on a keypad before waits to be typed again here. */
    internal val hasKept: Boolean
        get() = kept != null

    /**
     * Shows a keypad, and hands what was typed to whom it is for.
     *
     * @param kept What was typed on the keypad before. It is wiped if nothing is entered here.
     */
    internal fun show(state: KeypadState, kept: SecretBytes? = null, onEntered: (Digits) -> Unit) {
        end()
        this.kept = kept
        this.onEntered = onEntered
        session.show(Page.Keypad(state))
    }

    /** A digit was pressed. */
    fun press(digit: Int) = keyed { typed.press(digit) }

    /** The last digit is taken back. */
    fun erase() = keyed { typed.erase() }

    /** The typing has ended. */
    fun entered() {
        if (!isTaking() || typed.count == 0) return
        kept = null
        onEntered(typed)
    }

    /** Changes the keypad that is shown, if one is. */
    internal fun change(change: (KeypadState) -> KeypadState) {
        val shown = session.page.value as? Page.Keypad ?: return
        session.show(Page.Keypad(change(shown.state)))
    }

    /** What is half typed is forgotten; the keypad stays. */
    internal fun wipe() {
        typed.wipe()
        change { it.copy(typed = 0) }
    }

    /** Nothing is typed any more. */
    internal fun end() {
        typed.wipe()
        kept?.wipe()
        kept = null
        onEntered = {}
    }

    private fun keyed(press: () -> Unit) {
        if (!isTaking()) return
        press()
        change { it.copy(typed = typed.count, message = null, trouble = null) }
    }

    private fun isTaking() = (session.page.value as? Page.Keypad)?.state?.run { isOpen && !isBusy } == true
}
