package jp.warifu

import kotlin.time.Duration
import kotlin.time.Duration.Companion.nanoseconds
import kotlin.time.Duration.Companion.seconds

/**
 * What is known of the verifier's time, and what to do about it. Nothing about it has to be computed: [notice] is what
 * to tell the customer, and [Token.screens] asks for the time by itself.
 *
 * @property certainty How sure the codes are: the least of the cards. Without a card whose code comes from the time,
 *   that of a code of 30 s.
 * @property uncertainty How far the time that codes are made for may be from the verifier's; null where only the
 *   device's own clock has spoken.
 * @property wallAhead By how much the device's own clock is ahead of the time that codes are made for, negative if
 *   behind; null where that is not known, or not worth a word. Codes are right all the same.
 * @property notice What to tell the customer, if anything.
 * @property syncAt When a synchronisation is worth its battery next, as an uptime: now, if it lies in the past. Null if
 *   it would tell nothing, or while locked.
 */
public data class ClockView(
    val certainty: Certainty,
    val uncertainty: Duration?,
    val wallAhead: Duration?,
    val notice: ClockNotice?,
    val syncAt: Duration?,
)

/**
 * How sure it is that a verifier which takes a step early or late accepts the shown code from a person who needs up to
 * 20 s to type it.
 */
public enum class Certainty {
    /** It accepts it, wherever in the interval its time lies. */
    SURE,

    /** It accepts it or the neighbour. */
    NEAR_BOUNDARY,

    /** The interval is too wide for this period, or the period too short, to say. */
    STALE,

    /** No verifier has told its time in this boot, so nothing is proven. */
    UNSYNCED,

    /** A source contradicts another. */
    CONTRADICTED,
}

/** What to tell the customer about the time. */
public sealed interface ClockNotice {
    /** The bank cannot be reached because the device's date is so wrong that no certificate is valid. */
    public data object SetDate : ClockNotice

    /** The device's clock, the bank's and others' do not agree. */
    public data object Contradicted : ClockNotice

    /** It is long since the bank's clock was heard. */
    public data object Stale : ClockNotice

    /**
     * The device's clock is ahead. Codes are right.
     *
     * @property by How much.
     */
    public data class Ahead(val by: Span) : ClockNotice

    /**
     * The device's clock is behind. Codes are right.
     *
     * @property by How much.
     */
    public data class Behind(val by: Span) : ClockNotice

    /** The bank's clock was not heard yet since the device started, and could be. */
    public data object NotSynced : ClockNotice
}

/** A span as people say it: its two largest units. */
public sealed interface Span {
    /**
     * A day or more.
     *
     * @property days Whole days.
     * @property hours 0 to 23.
     */
    public data class Days(val days: Int, val hours: Int) : Span

    /**
     * An hour to a day.
     *
     * @property hours 1 to 23.
     * @property minutes 0 to 59.
     */
    public data class Hours(val hours: Int, val minutes: Int) : Span

    /**
     * A minute to an hour.
     *
     * @property minutes 1 to 59.
     * @property seconds 0 to 59.
     */
    public data class Minutes(val minutes: Int, val seconds: Int) : Span

    /**
     * Less than a minute.
     *
     * @property seconds 0 to 59.
     */
    public data class Seconds(val seconds: Int) : Span

    /** Makes one of a duration. */
    public companion object {
        /**
         * A duration in its two largest units. It is rounded up to the second, so that a wait is over when it is said to
         * be; less than nothing is nothing.
         */
        public fun of(duration: Duration): Span {
            val whole = (duration + 1.seconds - 1.nanoseconds).coerceAtLeast(Duration.ZERO).inWholeSeconds.seconds
            return whole.toComponents { days, hours, minutes, seconds, _ ->
                when {
                    days > 0 -> Days(days.coerceAtMost(Int.MAX_VALUE.toLong()).toInt(), hours)
                    hours > 0 -> Hours(hours, minutes)
                    minutes > 0 -> Minutes(minutes, seconds)
                    else -> Seconds(seconds)
                }
            }
        }
    }
}
