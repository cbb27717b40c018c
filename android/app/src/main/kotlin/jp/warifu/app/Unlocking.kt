package jp.warifu.app

import jp.warifu.Deadline
import jp.warifu.SlotKind
import jp.warifu.Unlock
import jp.warifu.WarifuException
import jp.warifu.app.state.KeypadState
import jp.warifu.app.state.Page
import jp.warifu.app.state.Words
import jp.warifu.app.state.pinMustWait
import jp.warifu.app.state.proofKeypad
import jp.warifu.app.state.wrongPin
import jp.warifu.app.state.wrongPinAfterWait
import jp.warifu.deadline
import kotlinx.coroutines.Job
import kotlin.time.Duration

/**
 * Has a person show by the PIN, a finger or the face who they are: to open the app, and again before its lock is changed
 * or a credential is removed.
 */
class Unlocking internal constructor(private val session: Session) {
    private var then: suspend () -> Unit = {}

    /** Until when no PIN is taken, after wrong ones. The vault keeps the same; this is what is known of it here. */
    private var closed: Deadline? = null
    private var opening: Job? = null
    private var triesLeft: Int? = null

    /** Shows it by a finger or the face. */
    fun byBiometrics() = unlock(Unlock.Biometric)

    /** Shows the ways to open the token, which is locked. */
    internal fun ask(state: KeypadState) = ask(state, session::home)

    /**
     * Does [then] once a person has shown who they are, with the token open already; at once, if nothing but the device
     * opens it.
     *
     * @param explain What the PIN is typed for.
     * @param enter What the key says that ends the typing.
     */
    internal suspend fun prove(heading: Int, explain: Int, enter: Int, then: suspend () -> Unit) {
        val kinds = checkNotNull(session.token).slots.list().filter { it.damage == null }.map { it.kind }
        val (hasPin, hasBiometrics) = (SlotKind.Pin in kinds) to (SlotKind.Biometric in kinds)
        if (!hasPin && !hasBiometrics) return then()
        ask(proofKeypad(heading, explain, enter, hasPin, hasBiometrics), then)
    }

    /** The PIN is another one: what was known of wrong tries is over. */
    internal fun forgetTries() {
        closed = null
        triesLeft = null
        opening?.cancel()
    }

    private fun ask(state: KeypadState, then: suspend () -> Unit) {
        this.then = then
        val isOpen = isPinOpen()
        val message = closed?.takeUnless { isOpen }?.let { pinMustWait(it.left()) }
        session.keypad.show(spared(state.copy(isOpen = isOpen, message = message))) {
            // Nobody is to look at a page that only waits, for up to an hour.
            unlock(Unlock.Pin(it.take(), waits = false))
        }
        openLater()
    }

    private fun unlock(way: Unlock) {
        val before = (session.page.value as? Page.Keypad)?.state ?: return
        val (then, token) = then to checkNotNull(session.token)
        val isProof = token.isUnlocked
        session.keypad.change { it.copy(typed = 0, isBusy = true, message = Words(R.string.checking), trouble = null) }
        session.work(says = null, keepsPage = true, again = { ask(before.copy(isBusy = false), then) }) {
            try {
                session.findings.take(token.unlock(way))
            } catch (wrong: WarifuException.WrongPin) {
                return@work wrong(wrong, before)
            } catch (early: WarifuException.PinMustWait) {
                return@work close(early.wait, pinMustWait(early.wait), before)
            } catch (dead: WarifuException.PinDestroyed) {
                return@work refused(before, way, dead)
            } catch (refused: WarifuException.KeyStoreRefused) {
                return@work refused(before, way, refused)
            } catch (dead: WarifuException.KeyInvalidated) {
                return@work refused(before, way, dead)
            } catch (lost: WarifuException.KeyLost) {
                return@work refused(before, way, lost)
            } catch (last: WarifuException.NeedsReEnrolment) {
                if (!isProof) throw last
                // The token is open. A PIN that is set now opens it next time, and nothing is lost.
                return@work session.locks.replaceDeadPin(last)
            }
            if (way is Unlock.Pin) forgetTries()
            // Whoever went on to another page meanwhile does not want it any more.
            if (!isProof || session.page.value is Page.Keypad) then()
        }
    }

    private fun wrong(wrong: WarifuException.WrongPin, before: KeypadState) {
        session.lastSupportCode = wrong.supportCode
        triesLeft = wrong.triesLeft
        close(wrong.wait, wrongPin(wrong), before)
    }

    private fun close(wait: Duration, message: Words, before: KeypadState) {
        closed = session.parts.clock.deadline(wait)
        val after = before.copy(typed = 0, isBusy = false, isOpen = isPinOpen(), message = message)
        session.keypad.change { spared(after) }
        openLater()
    }

    private fun openLater() {
        opening?.cancel()
        if (isPinOpen()) return
        opening = closed?.let { closed ->
            session.later {
                closed.await()
                // A keypad that is for a new PIN has been open all the time.
                session.keypad.change {
                    if (it.isOpen) it else it.copy(isOpen = true, message = if (it.isBusy) it.message else afterWait())
                }
            }
        }
    }

    private fun afterWait() = triesLeft?.let(::wrongPinAfterWait)

    private fun isPinOpen() = closed?.hasPassed() ?: true

    /** The last try is not spent on a token that is open: it would take away what opens it next time. */
    private fun spared(state: KeypadState): KeypadState {
        if (triesLeft != 1 || session.token?.isUnlocked != true) return state
        return state.copy(hasKeys = false, message = Words(R.string.pin_last_try))
    }

    /** Another way may open it, if there is one: the page stays and says so. */
    private fun refused(before: KeypadState, way: Unlock, why: WarifuException) {
        session.lastSupportCode = why.supportCode
        val isPinDead = why is WarifuException.PinDestroyed
        val isPinGone = isPinDead || (way is Unlock.Pin && why is WarifuException.KeyLost)
        if (why is WarifuException.KeyInvalidated) session.findings.takeDead(why.slot)
        if (why is WarifuException.KeyLost) session.findings.takeDead(why.slot)
        session.keypad.change {
            before.copy(
                typed = 0,
                isBusy = false,
                isOpen = isPinOpen(),
                hasKeys = before.hasKeys && !isPinDead,
                hasBiometrics = before.hasBiometrics && why !is WarifuException.KeyInvalidated,
                message = null,
                trouble = why.supportCode,
                mayStartOver = isPinGone && session.token?.isUnlocked == false,
            )
        }
    }
}
