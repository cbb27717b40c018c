package jp.warifu.app

import jp.warifu.SlotId
import jp.warifu.SlotKind
import jp.warifu.Token
import jp.warifu.UnlockReport
import jp.warifu.app.state.Notice

/** What openings have found besides the codes, until it is made good. */
internal class Findings(private val session: Session) {
    private var report: UnlockReport? = null
    private val dead = HashSet<SlotId>()

    /** An opening has told what it found. */
    fun take(report: UnlockReport) {
        this.report = report
    }

    /** The key of a slot is dead or gone: the fingers or the face have changed. */
    fun takeDead(slot: SlotId) {
        dead += slot
    }

    /** The lock was changed: what was found of it may be made good. */
    fun locksChanged() {
        report = report?.copy(pinCountStays = false)
    }

    /** Whether a finger or the face is among the ways to open it, and does not. */
    suspend fun hasBrokenBiometrics(token: Token): Boolean =
        token.slots.list().any { it.kind == SlotKind.Biometric && (it.damage != null || it.id in dead) }

    /** What is worth a line above the codes. */
    suspend fun notices(token: Token): List<Notice> {
        val slots = token.slots.list()
        return listOfNotNull(
            Notice.PENDING.takeIf { session.adding.isPending(token) },
            Notice.PIN_COUNT_STAYS.takeIf { report?.pinCountStays == true },
            Notice.BROKEN_LOCK.takeIf { slots.any { it.damage != null || it.id in dead } },
            Notice.UNREAD.takeIf { (report?.keptUnread ?: 0) > 0 },
            Notice.LOST_BANKS.takeIf { session.markers.lost(hasToken = true).banks.isNotEmpty() },
        )
    }
}
