package jp.warifu.app

import jp.warifu.Unlock
import jp.warifu.WarifuException
import jp.warifu.app.state.KeypadState
import jp.warifu.app.state.Page
import jp.warifu.app.state.Words
import jp.warifu.app.state.wrongPin
import jp.warifu.app.state.wrongPinAfterWait
import jp.warifu.deadline
import kotlin.time.Duration

/** What opens the app while it is locked, and what is said where it does not. */
class Unlocking internal constructor(private val session: Session) {
    /** Opens it by a finger or the face. */
    fun byBiometrics() = unlock(Unlock.Biometric)

    /** Shows the ways that there are. */
    internal fun ask(state: KeypadState) = session.keypad(state) { unlock(Unlock.Pin(it.take())) }

    private fun unlock(way: Unlock) {
        val before = (session.page.value as? Page.Keypad)?.state ?: return
        session.pad { it.copy(typed = 0, isOpen = false, message = Words(R.string.checking), trouble = null) }
        session.work(says = null, keepsPage = true) {
            try {
                checkNotNull(session.token).unlock(way)
            } catch (wrong: WarifuException.WrongPin) {
                return@work wrong(wrong)
            } catch (dead: WarifuException.PinDestroyed) {
                return@work refused(before, dead)
            } catch (refused: WarifuException.KeyStoreRefused) {
                return@work refused(before, refused)
            } catch (dead: WarifuException.KeyInvalidated) {
                return@work refused(before, dead)
            } catch (lost: WarifuException.KeyLost) {
                return@work refused(before, lost)
            }
            session.home()
        }
    }

    private suspend fun wrong(wrong: WarifuException.WrongPin) {
        session.lastSupportCode = wrong.supportCode
        session.pad { it.copy(message = wrongPin(wrong), isOpen = wrong.wait == Duration.ZERO) }
        if (wrong.wait == Duration.ZERO) return
        session.parts.clock.deadline(wrong.wait).await()
        session.pad { it.copy(message = wrongPinAfterWait(wrong), isOpen = true) }
    }

    /** Another way may open it, if there is one: the page stays and says so. */
    private fun refused(before: KeypadState, why: WarifuException) {
        session.lastSupportCode = why.supportCode
        val isPinDead = why is WarifuException.PinDestroyed
        val hasKeys = before.hasKeys && !isPinDead
        session.pad {
            before.copy(
                typed = 0,
                hasKeys = hasKeys,
                trouble = why.supportCode,
                mayStartOver = !hasKeys || !before.hasBiometrics,
            )
        }
    }
}
