import jp.warifu.*

/** What to tell the customer about the time, if anything; the bank's app says it in its own words. */
fun aboutTheTime(screen: Screen): String? = when (val notice = screen.clock.notice) {
    null -> null
    is ClockNotice.Ahead -> "This device's clock is ${spoken(notice.by)} ahead. Your codes are right."
    is ClockNotice.Behind -> "This device's clock is ${spoken(notice.by)} behind. Your codes are right."
    ClockNotice.NotSynced, ClockNotice.Stale -> "If a code is refused, connect to the network."
    ClockNotice.SetDate -> "Set this device's date and time: with a wrong date it cannot reach the bank."
    ClockNotice.Contradicted -> "The clocks do not agree. If a code is refused, call the bank."
}

private fun spoken(span: Span): String = when (span) {
    is Span.Days -> "${span.days} days and ${span.hours} hours"
    is Span.Hours -> "${span.hours} hours and ${span.minutes} minutes"
    is Span.Minutes -> "${span.minutes} minutes and ${span.seconds} seconds"
    is Span.Seconds -> "${span.seconds} seconds"
}

/** For a button beside it; `screens()` asks by itself too, and shows what came of either. */
suspend fun checkTheTime(token: Token): String? = try {
    token.time.sync()
    null
} catch (failed: WarifuException.SyncFailed) {
    "The bank's clock was not heard (${failed.supportCode})."
}
