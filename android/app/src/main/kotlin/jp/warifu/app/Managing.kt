package jp.warifu.app

import jp.warifu.KeyRefusedException
import jp.warifu.SlotKind
import jp.warifu.Token
import jp.warifu.WarifuException
import jp.warifu.app.state.NamedEntry
import jp.warifu.app.state.Page
import jp.warifu.app.state.Words
import jp.warifu.app.state.inWords
import jp.warifu.app.state.lockInWords
import kotlinx.coroutines.withContext

/** What the settings change: names, and what is there at all. */
class Managing internal constructor(private val session: Session) {
    /** The language that was chosen, or null for the device's. */
    var language: String? = null

    private var isHelping = false

    /** The settings. */
    fun open() = session.work(says = null) {
        isHelping = false
        session.show(settings())
    }

    /** What there is for whoever cannot get any further: it asks for no token. */
    fun help() {
        isHelping = true
        session.show(Page.Help(language))
    }

    /** Back to where the report, the language or what this app is were asked for. */
    internal fun back() = if (isHelping) help() else open()

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
        val told = listOfNotNull(session.lastSupportCode?.let { Words(R.string.report_error, it) })
        session.show(Page.Report(device + session.token?.let { ofToken(it) }.orEmpty() + told))
    }

    /** Of one that is locked only what its file tells anybody. */
    private suspend fun ofToken(token: Token): List<Words> = if (token.isUnlocked) {
        val entries = Words(R.string.report_entries, token.entries.list().size)
        listOf(entries, lockInWords(token.slots.list())) + token.screen().clock.inWords()
    } else {
        try {
            listOf(lockInWords(token.lockedSlots()))
        } catch (_: WarifuException) {
            // A file that cannot be read says nothing, and the last support code says why.
            emptyList()
        }
    }

    /** What this app is. */
    fun about() = session.show(Page.About)

    /** Asks whether everything shall be erased. */
    fun offerStartOver() = session.show(Page.StartOver)

    /** Erases everything that is registered. Which banks there were stays known, so that they can be named. */
    fun startOver() = session.work(says = null) {
        session.token?.close()
        session.token = null
        session.forget()
        session.isNew = true
        session.markers.setAside(isErased = true)
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

    private suspend fun removeNow(entry: NamedEntry) {
        checkNotNull(session.token).entries.remove(entry.id)
        session.changed()
        session.home()
    }

    private fun String.orNone() = trim().takeIf { it.isNotEmpty() }
}
