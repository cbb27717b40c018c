package jp.warifu

import kotlin.time.Duration
import kotlin.time.Instant

/**
 * All that there is to draw at one instant, as a plain value. Nothing about it has to be computed.
 *
 * @property lock Whether the vault is open.
 * @property clock What is known of the time, and what to tell the customer about it.
 * @property cards One per credential, in the order of the list; none while locked.
 * @property refreshAt When to ask again: the uptime at which a code, a countdown's second or how sure a code is
 *   changes. Nothing changes by itself where it is null. [Token.screens] does it for you.
 */
public data class Screen(val lock: LockStatus, val clock: ClockView, val cards: List<Card>, val refreshAt: Duration?)

/** Whether the vault is open. */
public enum class LockStatus {
    /** The codes cannot be made. */
    LOCKED,

    /** The codes are on the cards. */
    UNLOCKED,
}

/**
 * One credential on the screen.
 *
 * @property id warifu's name for it.
 * @property names What a person reads.
 * @property face The code, or what stands in its place.
 * @property weakness What is weak about it, if anything.
 * @property copy How a copied code is to be treated.
 */
public data class Card(
    val id: EntryId,
    val names: Names,
    val face: Face,
    val weakness: Weakness?,
    val copy: CopyPolicy,
)

/** What a card shows. */
public sealed interface Face {
    /**
     * A code that comes from the time. It lives from [validFrom], inclusive, to [validUntil], exclusive.
     *
     * @property code The code now.
     * @property next The code after it.
     * @property validFrom From when the code is valid.
     * @property validUntil Until when, and from when the next one is.
     * @property remaining How long the code still lives: 1 ms to the period.
     * @property period How long a code lives from its first moment.
     * @property secondsLeft [remaining] as a countdown shows it: it reaches 0 only with the next code.
     * @property certainty How sure it is that the verifier takes the code from who types it now, in up to 20 s.
     * @property neighbour The code to try if the verifier refuses this one; there near the boundary of a step alone.
     */
    public data class Totp(
        val code: Code,
        val next: Code,
        val validFrom: Instant,
        val validUntil: Instant,
        val remaining: Duration,
        val period: Duration,
        val secondsLeft: Int,
        val certainty: Certainty,
        val neighbour: NeighbourCode?,
    ) : Face {
        /** How much of the code's life is left, as a ring shows it: over 0, and 1 at its first moment. */
        val left: Float
            get() = (remaining / period).toFloat()
    }

    /**
     * No code before a time is known: the issuer demands that its clock is heard first ([TimeSync.sync], which
     * [Token.screens] does by itself), or the device's own clock cannot be right and nobody else has spoken for this
     * card ([ClockNotice.SetDate]).
     */
    public data object NeedsSync : Face

    /**
     * A code that comes on request, by [Entries.advance].
     *
     * @property counter The counter that the next code will be made from.
     */
    public data class Hotp(val counter: ULong) : Face

    /**
     * The credential's time has not begun.
     *
     * @property from When it begins.
     */
    public data class NotYet(val from: Instant) : Face
}

/**
 * The code of the step beside the shown one.
 *
 * @property which Before it or after it.
 * @property code The code.
 */
public data class NeighbourCode(val which: Neighbour, val code: Code)

/** A code beside the shown one. */
public enum class Neighbour {
    /** The code of the step before. */
    PREVIOUS,

    /** The code of the step after. */
    NEXT,
}

/**
 * How a copied code is to be treated.
 *
 * @property clearAfter After which time the clipboard is cleared, if it still holds the code.
 */
public data class CopyPolicy(val clearAfter: Duration)
