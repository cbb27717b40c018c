package jp.warifu

import kotlin.time.Duration.Companion.milliseconds
import jp.warifu.ffi.Card as FfiCard
import jp.warifu.ffi.Certainty as FfiCertainty
import jp.warifu.ffi.ClockNotice as FfiClockNotice
import jp.warifu.ffi.ClockView as FfiClockView
import jp.warifu.ffi.Face as FfiFace
import jp.warifu.ffi.LockStatus as FfiLockStatus
import jp.warifu.ffi.Neighbour as FfiNeighbour
import jp.warifu.ffi.NeighbourCode as FfiNeighbourCode
import jp.warifu.ffi.Screen as FfiScreen
import jp.warifu.ffi.Span as FfiSpan

// The screen, from what the generated code says to what an app draws. Nothing is decided here.

internal fun FfiScreen.toPublic() = Screen(
    lock = when (lock) {
        FfiLockStatus.LOCKED -> LockStatus.LOCKED
        FfiLockStatus.UNLOCKED -> LockStatus.UNLOCKED
    },
    clock = clock.toPublic(),
    cards = cards.map { it.toPublic() },
    refreshAt = refreshAt?.toUptime(),
)

private fun FfiCard.toPublic() = Card(
    id = EntryId(id),
    names = names.toPublic(),
    face = face.toPublic(),
    weakness = weakness?.toPublic(),
    copy = CopyPolicy(copy.clearAfter.toSpan()),
)

private fun FfiFace.toPublic(): Face = when (this) {
    is FfiFace.Totp -> Face.Totp(
        code = code,
        next = next,
        validFrom = validFrom.toInstant(),
        validUntil = validUntil.toInstant(),
        remaining = remaining.toSpan(),
        period = period.toSpan(),
        secondsLeft = secondsLeft.toInt(),
        certainty = certainty.toPublic(),
        neighbour = neighbour?.toPublic(),
    )

    FfiFace.NeedsSync -> Face.NeedsSync

    is FfiFace.Hotp -> Face.Hotp(counter)

    is FfiFace.NotYet -> Face.NotYet(from.toInstant())
}

private fun FfiNeighbourCode.toPublic() = NeighbourCode(
    which = when (which) {
        FfiNeighbour.PREVIOUS -> Neighbour.PREVIOUS
        FfiNeighbour.NEXT -> Neighbour.NEXT
    },
    code = code,
)

// ---- The clock. ----

private fun FfiClockView.toPublic() = ClockView(
    certainty = certainty.toPublic(),
    uncertainty = uncertainty?.toSpan(),
    wallAhead = wallAhead?.milliseconds,
    notice = notice?.toPublic(),
    syncAt = syncAt?.toUptime(),
)

private fun FfiCertainty.toPublic() = when (this) {
    FfiCertainty.SURE -> Certainty.SURE
    FfiCertainty.NEAR_BOUNDARY -> Certainty.NEAR_BOUNDARY
    FfiCertainty.STALE -> Certainty.STALE
    FfiCertainty.UNSYNCED -> Certainty.UNSYNCED
    FfiCertainty.CONTRADICTED -> Certainty.CONTRADICTED
}

private fun FfiClockNotice.toPublic(): ClockNotice = when (this) {
    FfiClockNotice.SetDate -> ClockNotice.SetDate
    FfiClockNotice.Contradicted -> ClockNotice.Contradicted
    FfiClockNotice.Stale -> ClockNotice.Stale
    is FfiClockNotice.Ahead -> ClockNotice.Ahead(v1.toPublic())
    is FfiClockNotice.Behind -> ClockNotice.Behind(v1.toPublic())
    FfiClockNotice.NotSynced -> ClockNotice.NotSynced
}

private fun FfiSpan.toPublic(): Span = when (this) {
    is FfiSpan.Days -> Span.Days(days.toInt(), hours.toInt())
    is FfiSpan.Hours -> Span.Hours(hours.toInt(), minutes.toInt())
    is FfiSpan.Minutes -> Span.Minutes(minutes.toInt(), seconds.toInt())
    is FfiSpan.Seconds -> Span.Seconds(seconds.toInt())
}
