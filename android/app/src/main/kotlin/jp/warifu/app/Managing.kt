package jp.warifu.app

import jp.warifu.KeyRefusedException
import jp.warifu.SlotKind
import jp.warifu.Unlock
import jp.warifu.WarifuException
import jp.warifu.app.state.KeypadState
import jp.warifu.app.state.NamedEntry
import jp.warifu.app.state.Page
import jp.warifu.app.state.Words
import jp.warifu.app.state.inWords
import jp.warifu.app.state.lockInWords
import jp.warifu.app.state.wrongPin
import kotlinx.coroutines.withContext

/** What the settings change: names, and what is there at all. */
class Managing internal constructor(private val session: Session) {
    /** The language that was chosen, or null for the device's. */
    var language: String? = null

    /** The settings. */
    fun open() = session.work(says = null) { session.show(settings()) }

    /** One credential's. */
    fun open(entry: NamedEntry) = session.show(Page.OfEntry(entry))

    /** Asks whether it shall be removed. */
    fun offerRemoval(entry: NamedEntry) = session.show(Page.Remove(entry))

    /** Gives it other names. */
    fun rename(entry: NamedEntry, issuer: String, account: String) = session.work(says = null) {
        checkNotNull(session.token).entries.rename(entry.id, issuer.orNone(), account.orNone())
        session.changed()
        session.show(settings())
    }

    /** Removes it: by the PIN, if there is one. */
    fun remove(entry: NamedEntry) = session.work(says = null) {
        val token = checkNotNull(session.token)
        if (token.slots.list().none { it.kind == SlotKind.Pin }) return@work removeNow(entry)
        askForPin(entry, message = null)
    }

    /** Asks the banks for their time. */
    fun sync() = session.sync { session.show(settings()) }

    /** What a call centre asks for. */
    fun report(device: List<Words>) = session.work(says = null) {
        val token = checkNotNull(session.token)
        val lines = device + Words(R.string.report_entries, token.entries.list().size) +
            lockInWords(token.slots.list()) + token.screen().clock.inWords() +
            listOfNotNull(session.lastSupportCode?.let { Words(R.string.report_error, it) })
        session.show(Page.Report(lines))
    }

    /** What this app is. */
    fun about() = session.show(Page.About)

    /** Asks whether everything shall be erased. */
    fun offerStartOver() = session.show(Page.StartOver)

    /** Erases everything that is registered. The marker stays, so that the app knows which banks to name. */
    fun startOver() = session.work(says = null) {
        session.token?.close()
        session.token = null
        session.forget()
        forgetKeys()
        withContext(session.parts.dispatcher) { session.parts.vault.delete() }
        session.adding.welcome()
    }

    /** Before the file goes: where this is cut short, the person finds a vault that does not open, and erases again. */
    private suspend fun forgetKeys() {
        try {
            session.parts.forgetKeys()
        } catch (_: KeyRefusedException) {
            // Keys that no file needs open nothing, and this is the way out of a key store that fails.
        }
    }

    private suspend fun settings(): Page.Settings {
        val token = checkNotNull(session.token)
        val slots = token.slots.list()
        return Page.Settings(
            entries = token.entries.list().map { NamedEntry(it.id, it.names) },
            lock = lockInWords(slots),
            isLocking = slots.none { it.kind == SlotKind.Device },
            language = language,
            clock = token.screen().clock.inWords(),
        )
    }

    private fun askForPin(entry: NamedEntry, message: Words?) {
        val state = KeypadState(
            heading = R.string.remove_heading,
            explain = Words(R.string.remove_by_pin),
            enter = R.string.remove,
            message = message,
        )
        session.keypad(state) { typed ->
            val pin = typed.take()
            session.work(Words(R.string.checking)) {
                try {
                    // An open token takes a wrong PIN without locking.
                    checkNotNull(session.token).unlock(Unlock.Pin(pin))
                } catch (wrong: WarifuException.WrongPin) {
                    return@work askForPin(entry, wrongPin(wrong))
                }
                removeNow(entry)
            }
        }
    }

    private suspend fun removeNow(entry: NamedEntry) {
        checkNotNull(session.token).entries.remove(entry.id)
        session.changed()
        session.home()
    }

    private fun String.orNone() = trim().takeIf { it.isNotEmpty() }
}
