package jp.warifu.app.state

import jp.warifu.Card
import jp.warifu.ClockNotice
import jp.warifu.Code
import jp.warifu.EntryId
import jp.warifu.Face
import jp.warifu.Neighbour
import jp.warifu.Screen
import jp.warifu.app.R
import kotlin.time.Duration
import kotlin.time.Instant

/**
 * The page with the codes.
 *
 * @property notice What is worth a line about the time, if anything.
 * @property maySync Whether there is a button that asks for the time.
 * @property cards One per credential.
 */
data class Codes(val notice: Words?, val maySync: Boolean, val cards: List<CodeCard>)

/**
 * One credential on that page.
 *
 * @property id warifu's name for it.
 * @property title The bank, or what stands in its place.
 * @property subtitle The account, if the bank has the title.
 * @property credentialId The issuer's ID for it, grouped for reading.
 * @property face What it shows.
 * @property isWeak Whether a word of caution belongs below.
 * @property clearAfter After which time a copied code leaves the clipboard.
 */
data class CodeCard(
    val id: EntryId,
    val title: String?,
    val subtitle: String?,
    val credentialId: String?,
    val face: CodeFace,
    val isWeak: Boolean,
    val clearAfter: Duration,
)

/** What a card shows. */
sealed interface CodeFace {
    /**
     * A code and its time.
     *
     * @property secondsLeft What the ring says.
     * @property left How much of the ring is left, of 1.
     * @property below A code to be shown below, with words around it: the next one in its last seconds, or a neighbour.
     */
    data class Timed(val code: Code, val secondsLeft: Int, val left: Float, val below: BesideCode?) : CodeFace

    /**
     * A code that comes by a button.
     *
     * @property code The one that was made, or null before.
     */
    data class OnRequest(val code: Code?) : CodeFace

    /** Nothing before the bank's time is known. */
    data object NeedsSync : CodeFace

    /** Nothing yet. */
    data class NotYet(val from: Instant) : CodeFace
}

/** A code beside the one that is shown, and the string that says what it is. */
data class BesideCode(val says: Int, val code: Code)

/**
 * What to draw of a screen.
 *
 * @param made The codes that a button has made since the app was opened.
 */
fun codesOf(screen: Screen, made: Map<EntryId, Code>): Codes = Codes(
    notice = screen.clock.notice?.inWords(),
    maySync = screen.cards.any { it.face == Face.NeedsSync } || maySync(screen.clock.notice),
    cards = screen.cards.map { it.toCard(made[it.id]) },
)

private fun maySync(notice: ClockNotice?) = when (notice) {
    ClockNotice.Stale, ClockNotice.NotSynced, ClockNotice.Contradicted -> true
    ClockNotice.SetDate, is ClockNotice.Ahead, is ClockNotice.Behind, null -> false
}

/** A credential's ID as it is read out: by fours, like WRFU 1234 5678. */
fun grouped(credentialId: String): String = credentialId.chunked(GROUP).joinToString(" ")

private fun Card.toCard(made: Code?) = CodeCard(
    id,
    title = names.issuer ?: names.account,
    subtitle = names.account.takeIf { names.issuer != null },
    credentialId = names.credentialId?.let(::grouped),
    face = face.toFace(made),
    isWeak = weakness != null,
    clearAfter = copy.clearAfter,
)

private fun Face.toFace(made: Code?): CodeFace = when (this) {
    is Face.Totp -> CodeFace.Timed(code, secondsLeft, left, beside())
    is Face.Hotp -> CodeFace.OnRequest(made)
    Face.NeedsSync -> CodeFace.NeedsSync
    is Face.NotYet -> CodeFace.NotYet(from)
}

/** A neighbour comes first: it is there because the shown code may be refused. */
private fun Face.Totp.beside(): BesideCode? {
    val beside = neighbour
    return when {
        beside != null && beside.which == Neighbour.PREVIOUS -> BesideCode(R.string.try_previous, beside.code)
        beside != null -> BesideCode(R.string.try_next, beside.code)
        secondsLeft <= LAST_SECONDS -> BesideCode(R.string.next_code, next)
        else -> null
    }
}

private const val LAST_SECONDS = 10
private const val GROUP = 4
