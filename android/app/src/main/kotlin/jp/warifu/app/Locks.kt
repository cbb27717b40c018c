package jp.warifu.app

import jp.warifu.NewSlot
import jp.warifu.PinHardware
import jp.warifu.SecretBytes
import jp.warifu.SlotKind
import jp.warifu.WarifuException
import jp.warifu.app.state.KeypadState
import jp.warifu.app.state.Page
import jp.warifu.app.state.Words

/** The ways to open the app: a PIN, and a finger or the face beside it. */
class Locks internal constructor(private val session: Session) {
    /** Where they are chosen. */
    fun open() = session.work(says = null) { session.show(page(isDemanded = false)) }

    /** Where a PIN is chosen. */
    fun newPin() = newPin(message = null)

    /** Adds a finger or the face. It prompts. */
    fun addBiometrics() = change { session.token?.slots?.set(NewSlot.Biometric) }

    /** Takes them away. */
    fun removeBiometrics() = change { remove(SlotKind.Biometric) }

    /** Lets the app open without asking, where no bank minds. */
    fun removeAll() = change {
        session.token?.slots?.set(NewSlot.Device)
        remove(SlotKind.Pin)
        remove(SlotKind.Biometric)
    }

    /** A bank demands that the app asks. */
    internal suspend fun demand() = session.show(page(isDemanded = true))

    private suspend fun page(isDemanded: Boolean): Page.Lock {
        val kinds = checkNotNull(session.token).slots.list().map { it.kind }
        return Page.Lock(isDemanded, hasPin = SlotKind.Pin in kinds, hasBiometrics = SlotKind.Biometric in kinds)
    }

    private fun newPin(message: Words?, trouble: String? = null) {
        val state = KeypadState(
            heading = R.string.new_pin,
            explain = Words(R.string.new_pin_explain),
            enter = R.string.go_on,
            message = message,
            trouble = trouble,
        )
        session.keypad(state) { repeat(it.take()) }
    }

    private fun repeat(first: SecretBytes) {
        val state = KeypadState(R.string.new_pin, Words(R.string.new_pin_again), R.string.key_set)
        session.keypad(state) { set(first, it.take()) }
    }

    private fun set(first: SecretBytes, second: SecretBytes) {
        val isSame = first.expose().contentEquals(second.expose())
        second.wipe()
        if (!isSame) {
            first.wipe()
            return newPin(Words(R.string.pins_differ))
        }
        session.work(Words(R.string.saving)) {
            val token = checkNotNull(session.token)
            try {
                token.slots.set(NewSlot.Pin(first, PinHardware.MAC, LIMIT, session.parts.pinCost))
            } catch (refused: WarifuException.PinRefused) {
                return@work newPin(message = null, trouble = refused.supportCode)
            }
            // While this is there, nobody is asked for the PIN.
            remove(SlotKind.Device)
            token.anchor()
            session.adding.lockIsThere()
        }
    }

    private fun change(change: suspend () -> Unit) = session.work(Words(R.string.saving)) {
        change()
        session.token?.anchor()
        session.show(page(isDemanded = false))
    }

    private suspend fun remove(kind: SlotKind) {
        val slots = checkNotNull(session.token).slots
        slots.list().filter { it.kind == kind }.forEach { slots.remove(it.id) }
    }

    private companion object {
        /** Wrong tries in a row. */
        const val LIMIT = 10
    }
}
