package jp.warifu.app.state

import jp.warifu.Certainty
import jp.warifu.ClockNotice
import jp.warifu.ClockView
import jp.warifu.Span
import jp.warifu.app.R

/**
 * What the app says, before it is said in a language: a string of the resources and what fills its places. A fill may be
 * words too.
 */
data class Words(val id: Int, val fills: List<Any>) {
    constructor(id: Int, vararg fills: Any) : this(id, fills.toList())
}

/** A span as people say it. */
fun Span.inWords(): Words = when (this) {
    is Span.Days -> inWords(days, hours, R.string.span_days, R.string.span_whole_days)
    is Span.Hours -> inWords(hours, minutes, R.string.span_hours, R.string.span_whole_hours)
    is Span.Minutes -> inWords(minutes, seconds, R.string.span_minutes, R.string.span_whole_minutes)
    is Span.Seconds -> Words(R.string.span_seconds, seconds)
}

/** Nobody says that a minute has 0 seconds. */
private fun inWords(large: Int, small: Int, both: Int, whole: Int): Words =
    if (small == 0) Words(whole, large) else Words(both, large, small)

/** What is worth a line above the codes. */
fun ClockNotice.inWords(): Words = when (this) {
    ClockNotice.SetDate -> Words(R.string.clock_set_date)
    ClockNotice.Contradicted -> Words(R.string.clock_contradicted)
    ClockNotice.Stale -> Words(R.string.clock_stale)
    is ClockNotice.Ahead -> Words(R.string.clock_ahead, by.inWords())
    is ClockNotice.Behind -> Words(R.string.clock_behind, by.inWords())
    ClockNotice.NotSynced -> Words(R.string.clock_not_synced)
}

/** All that a settings page says of the time. */
fun ClockView.inWords(): List<Words> = listOfNotNull(
    Words(
        when (certainty) {
            Certainty.SURE, Certainty.NEAR_BOUNDARY -> R.string.clock_sure
            Certainty.STALE -> R.string.clock_old
            Certainty.UNSYNCED -> R.string.clock_unsynced
            Certainty.CONTRADICTED -> R.string.clock_unclear
        },
    ),
    notice?.inWords(),
)
