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

    /** Where a PIN is chosen. Whoever holds the open phone is asked first who they are, as before each change here. */
    fun newPin() = proven { newPin(message = null) }

    /** Adds a finger or the face, or sets them up again in the place of what does not work any more. It prompts. */
    fun addBiometrics() = proven { change { session.token?.slots?.set(NewSlot.Biometric) } }

    /** Takes them away. */
    fun removeBiometrics() = proven { change { remove(SlotKind.Biometric) } }

    /** Lets the app open without asking, where no bank minds. */
    fun removeAll() = proven {
        change {
            session.token?.slots?.set(NewSlot.Device)
            remove(SlotKind.Pin)
            remove(SlotKind.Biometric)
        }
    }

    /** The new PIN is chosen from the beginning. */
    internal fun chooseAgain() = newPin(message = null)

    /** The PIN is dead, and the token is open: another one saves it. */
    internal fun replaceDeadPin(why: WarifuException) = newPin(Words(R.string.pin_dead_choose_new), why.supportCode)

    /** A bank demands that the app asks. */
    internal suspend fun demand() = session.show(page(isDemanded = true))

    private suspend fun page(isDemanded: Boolean): Page.Lock {
        val token = checkNotNull(session.token)
        val kinds = token.slots.list().map { it.kind }
        return Page.Lock(
            isDemanded,
            hasPin = SlotKind.Pin in kinds,
            hasBiometrics = SlotKind.Biometric in kinds,
            isBroken = session.findings.hasBrokenBiometrics(token),
        )
    }

    private fun proven(then: suspend () -> Unit) = session.work(says = null) {
        session.unlocking.prove(R.string.lock_heading, R.string.prove_by_pin, R.string.go_on, then)
    }

    private fun newPin(message: Words?, trouble: String? = null) {
        val state = KeypadState(
            heading = R.string.new_pin,
            explain = Words(R.string.new_pin_explain),
            enter = R.string.go_on,
            message = message,
            trouble = trouble,
        )
        session.keypad.show(state) { repeat(it.take()) }
    }

    private fun repeat(first: SecretBytes) {
        val state = KeypadState(R.string.new_pin, Words(R.string.new_pin_again), R.string.key_set)
        session.keypad.show(state, kept = first) { set(first, it.take()) }
    }

    private fun set(first: SecretBytes, second: SecretBytes) {
        val isSame = first.expose().contentEquals(second.expose())
        second.wipe()
        if (!isSame) {
            first.wipe()
            return newPin(Words(R.string.pins_differ))
        }
        session.work(Words(R.string.saving), again = ::chooseAgain) {
            val token = checkNotNull(session.token)
            try {
                token.slots.set(NewSlot.Pin(first, PinHardware.MAC, LIMIT, session.parts.pinCost))
            } catch (refused: WarifuException.PinRefused) {
                return@work newPin(message = null, trouble = refused.supportCode)
            }
            // While this is there, nobody is asked for the PIN.
            remove(SlotKind.Device)
            session.seeLocks()
            session.unlocking.forgetTries()
            session.findings.locksChanged()
            token.anchor()
            session.adding.lockIsThere()
        }
    }

    private fun change(change: suspend () -> Unit) = session.work(Words(R.string.saving)) {
        change()
        session.seeLocks()
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
