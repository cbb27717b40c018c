package jp.warifu.app

import jp.warifu.SlotKind
import jp.warifu.app.state.NamedEntry
import jp.warifu.app.state.Page
import jp.warifu.app.state.Words
import jp.warifu.app.state.inWords
import jp.warifu.app.state.lockInWords

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

    /** Removes it, once a person has shown who they are, if the app asks for that at all. */
    fun remove(entry: NamedEntry) = session.work(says = null) {
        session.unlocking.prove(R.string.remove_heading, R.string.remove_by_pin, R.string.remove) { removeNow(entry) }
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

    private suspend fun removeNow(entry: NamedEntry) {
        checkNotNull(session.token).entries.remove(entry.id)
        session.changed()
        session.home()
    }

    private fun String.orNone() = trim().takeIf { it.isNotEmpty() }
}
