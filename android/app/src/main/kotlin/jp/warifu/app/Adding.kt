package jp.warifu.app

import jp.warifu.Generator
import jp.warifu.SecretBytes
import jp.warifu.Token
import jp.warifu.WarifuException
import jp.warifu.app.state.Next
import jp.warifu.app.state.NoCamera
import jp.warifu.app.state.Offered
import jp.warifu.app.state.Page
import jp.warifu.app.state.Words

/** Credentials on their way in: a link is read, what it would add is shown, and a person says whether it shall. */
class Adding internal constructor(private val session: Session) {
    /** The link that is on offer. It may hold a seed: it is wiped once it was taken or refused. */
    private var link: ByteArray? = null

    /** Whether a link is on offer. */
    internal val hasLink: Boolean
        get() = link != null

    /** A link that led to the app while it was locked. */
    private var waiting: String? = null

    /** The ways in. */
    fun open() = session.work(says = null) { session.show(ways()) }

    /** The page where a link is pasted. */
    fun paste() = session.show(Page.Paste)

    /** The page where the camera looks for one; its permission is there. */
    fun scan() = session.show(Page.Scan)

    /** The camera may not be used. */
    fun cannotScan(why: NoCamera) = session.show(Page.Unseen(why))

    /** The camera does not work, or no longer. Once the page is left, that is no matter. */
    fun lostCamera(why: NoCamera) {
        if (session.page.value == Page.Scan) cannotScan(why)
    }

    /** The camera has seen a QR code. */
    fun scanned(text: String) {
        if (session.page.value == Page.Scan) offer(text)
    }

    /** The bank that this app is built for. */
    fun offerBank() {
        session.parts.bank?.let { offer(it.link) }
    }

    /** The same of a link that led to the app. While that is locked the link waits, and is shown once it is open. */
    fun offerWhenOpen(text: String) {
        waiting = text
        if (session.page.value !is Page.Busy) takesWaiting()
    }

    /** Shows what a link would add. Nothing is added, nor sent, by this. */
    fun offer(text: String) = session.work(says = null) {
        // Nothing is offered beside a token that does not open, or that was not even found.
        if (if (session.token == null) !session.isNew else session.token?.isUnlocked == false) {
            waiting = text
            return@work session.enter()
        }
        // Links come with the spaces and the line's end around them.
        val bytes = text.trim().encodeToByteArray()
        forget()
        link = bytes
        session.show(Page.Offer(read(bytes)))
    }

    /** Reads the one QR code of a picture and offers what it says. */
    fun offerPicture(read: suspend () -> String) = session.work(Words(R.string.reading_picture)) {
        val text = read()
        if (text.isEmpty()) session.show(Page.Trouble(NO_CODE_IN_PICTURE, Next.BACK)) else offer(text)
    }

    /** A person wants what is on offer. */
    fun accept(activation: String) {
        val link = link ?: return
        session.work(Words(R.string.registering)) {
            val token = session.token ?: create()
            if (isCredential(link)) {
                token.entries.add(SecretBytes(link.copyOf()))
                done()
            } else {
                val typed = activation.filterNot(Char::isWhitespace).takeIf { it.isNotEmpty() }
                enrol { begin(SecretBytes(link.copyOf()), typed, token) }
            }
        }
    }

    /** Goes on with the enrolment that is not finished. */
    fun resume() = session.work(Words(R.string.registering)) {
        enrol { checkNotNull(session.token).enrolment.resume() }
    }

    /** Forgets the enrolment that is not finished. */
    fun discard() = session.work(says = null) {
        checkNotNull(session.token).enrolment.discard()
        session.home()
    }

    /** Nothing is added. */
    fun cancel() {
        forget()
        open()
    }

    /** Shows the page that comes after an opening, or a link that has waited for it. */
    internal fun goTo(page: Page) {
        if (!takesWaiting()) session.show(page)
    }

    private fun takesWaiting(): Boolean {
        val text = waiting ?: return false
        waiting = null
        offer(text)
        return true
    }

    /** Where there is no token yet. */
    internal suspend fun welcome() {
        goTo(ways())
    }

    /** The ways in, where there is nothing else to show. */
    internal suspend fun waysInto(empty: Token): Page.Add? = if (empty.entries.list().isEmpty()) ways() else null

    /** The lock that a bank demands is there: on with its enrolment, if that waits. */
    internal suspend fun lockIsThere() {
        if (session.token?.let { pending(it) } !is Pending.At) return session.home()
        resume()
    }

    /** Whether an enrolment is not finished. */
    internal suspend fun isPending(token: Token) = pending(token) != null

    /** The customer has seen where to register anew. */
    fun forgetLost() = session.work(says = null) {
        session.markers.forgetLost(hasToken = session.token != null)
        session.show(ways())
    }

    private suspend fun ways(): Page.Add {
        val token = session.token
        val pending = token?.let { pending(it) }
        val lost = session.markers.lost(hasToken = token != null)
        return Page.Add(
            isFirst = token == null || token.entries.list().isEmpty(),
            bankName(),
            pending = (pending as? Pending.At)?.host,
            isUnreadable = pending == Pending.Unreadable,
            restored = lost.banks,
            isErased = lost.isErased,
        )
    }

    private suspend fun pending(token: Token): Pending? = try {
        token.enrolment.pending()?.let { Pending.At(it.host) }
    } catch (_: WarifuException.PendingUnreadable) {
        Pending.Unreadable
    }

    private fun bankName() = session.parts.bank?.name

    private fun read(link: ByteArray): Offered {
        if (!isCredential(link)) {
            val preview = Token.previewEnrolment(SecretBytes(link.copyOf()))
            return Offered.Service(preview.host, asksForCode = !preview.hasActivation)
        }
        val preview = Token.preview(SecretBytes(link.copyOf()))
        return Offered.Credential(preview.names, preview.generator is Generator.Hotp, preview.weakness != null)
    }

    private fun isCredential(link: ByteArray) =
        link.decodeToString(0, minOf(link.size, SCHEME.length)).equals(SCHEME, true)

    private suspend fun create(): Token {
        session.markers.setAside()
        return with(session.parts) {
            Token.createOnDevice(vault, clock, keys, http, dispatcher = dispatcher).also { session.token = it }
        }
    }

    private suspend fun begin(link: SecretBytes, activation: String?, token: Token) =
        token.enrolment.begin(link, activation?.let { SecretBytes(it.encodeToByteArray()) }, session.parts.binding())

    /** To the end, or to where a person has to choose a lock. */
    private suspend fun enrol(step: suspend () -> Unit) {
        try {
            step()
        } catch (_: WarifuException.VerificationMissing) {
            forget()
            return session.locks.demand()
        } catch (weak: WarifuException.SlotTooWeak) {
            val token = checkNotNull(session.token)
            token.slots.remove(weak.slot)
            return enrol { token.enrolment.resume() }
        }
        done()
    }

    private suspend fun done() {
        forget()
        session.changed()
        session.home()
    }

    /** Wipes the link that is on offer. */
    internal fun forget() {
        link?.fill(0)
        link = null
    }

    /** An enrolment that is not finished. */
    private sealed interface Pending {
        /** With the service of this host. */
        class At(val host: String) : Pending

        /** A later version of the app has begun it, and this one cannot go on. */
        data object Unreadable : Pending
    }

    private companion object {
        /** Of `otpauth:`, and of an authenticator's own `otpauth-migration:`, which the core refuses in its own words. */
        const val SCHEME = "otpauth"

        /** Its support code: a picture is read outside of the core. */
        const val NO_CODE_IN_PICTURE = "W-501"
    }
}
