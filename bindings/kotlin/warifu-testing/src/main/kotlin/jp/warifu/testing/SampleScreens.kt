package jp.warifu.testing

import jp.warifu.Card
import jp.warifu.Certainty
import jp.warifu.ClockNotice
import jp.warifu.ClockView
import jp.warifu.Code
import jp.warifu.CopyPolicy
import jp.warifu.EntryId
import jp.warifu.Face
import jp.warifu.LockStatus
import jp.warifu.Names
import jp.warifu.Neighbour
import jp.warifu.NeighbourCode
import jp.warifu.Screen
import jp.warifu.Span
import jp.warifu.Weakness
import kotlin.time.Duration
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/** One screen of each state, for previews and for tests of what an app draws. The codes are made up. */
public object SampleScreens {
    /** The vault is locked: there is nothing to show. */
    public val locked: Screen = Screen(LockStatus.LOCKED, clock(Certainty.UNSYNCED), emptyList(), refreshAt = null)

    /** Unlocked, with no credential yet. */
    public val empty: Screen = unlocked()

    /** One credential, early in its period. */
    public val oneCode: Screen = unlocked(totp(1, "割符銀行", "普通 0001", "755 224", "287 082", remaining = 24.seconds))

    /** One credential in the last second of its code. */
    public val lastSecond: Screen = unlocked(totp(1, "割符銀行", "普通 0001", "755 224", "287 082", remaining = 1.seconds))

    /** Two credentials with periods of different lengths, side by side. */
    public val twoPeriods: Screen = unlocked(
        totp(1, "割符銀行", "普通 0001", "755 224", "287 082", remaining = 24.seconds),
        totp(2, "割符信用金庫", "当座 0002", "3591 5249", "9694 2971", remaining = 54.seconds, period = 60.seconds),
    )

    /** A code that comes on request. */
    public val onRequest: Screen = unlocked(
        card(3, Names("割符銀行", "法人 0003", credentialId = "WRFU12345678"), Face.Hotp(counter = 7u)),
    )

    /** A credential whose time has not begun. */
    public val notYet: Screen = unlocked(
        card(4, Names("割符銀行", "普通 0004", credentialId = null), Face.NotYet(FakeClock.START + 1.days)),
        refreshAt = UPTIME + 1.days,
    )

    /** A seed that is shorter than it should be. */
    public val weakSeed: Screen = unlocked(
        totp(5, "割符銀行", "普通 0005", "520 489", "399 871", remaining = 12.seconds)
            .copy(weakness = Weakness.ShortSeed(bits = 80)),
    )

    /** Names as long as they may be, and a code of ten digits. */
    public val longNames: Screen = unlocked(
        totp(6, "割".repeat(128), "符".repeat(128), "000 254 6760", "118 222 1234", remaining = 18.seconds),
    )

    /** Fifty credentials. */
    public val many: Screen = unlocked(
        *Array(50) { totp(100 + it, "銀行 $it", "0001", "162 583", "399 871", remaining = 7.seconds) },
    )

    /** A code that the bank takes, wherever its clock stands: it was heard, and agrees with the device's. */
    public val sure: Screen = timed(clock(Certainty.SURE))

    /** Near the boundary of a step: if the bank refuses the code, the one before it is to be tried. */
    public val nearBoundary: Screen = timed(
        clock(Certainty.NEAR_BOUNDARY, uncertainty = 22.seconds),
        NeighbourCode(Neighbour.PREVIOUS, Code("081 804")),
    )

    /** It is long since the bank's clock was heard. */
    public val stale: Screen = timed(clock(Certainty.STALE, ClockNotice.Stale, uncertainty = 40.seconds))

    /** The bank's clock was not heard yet since the device started, and could be. */
    public val notSynced: Screen = timed(clock(Certainty.UNSYNCED, ClockNotice.NotSynced))

    /** The bank cannot be reached because the device's date is so wrong that no certificate is valid. */
    public val setDate: Screen = timed(clock(Certainty.UNSYNCED, ClockNotice.SetDate))

    /** The device's clock, the bank's and others' do not agree. */
    public val contradicted: Screen = timed(clock(Certainty.CONTRADICTED, ClockNotice.Contradicted))

    /** The device's clock is 2 minutes and 10 seconds ahead. Codes are right. */
    public val wallAhead: Screen =
        timed(clock(Certainty.SURE, ClockNotice.Ahead(Span.Minutes(2, 10)), wallAhead = 130.seconds))

    /** The device's clock is a day and an hour behind. Codes are right. */
    public val wallBehind: Screen =
        timed(clock(Certainty.SURE, ClockNotice.Behind(Span.Days(1, 1)), wallAhead = -(1.days + 1.hours)))

    /** The issuer demands that its clock is heard first. */
    public val needsSync: Screen = Screen(
        LockStatus.UNLOCKED,
        clock(Certainty.UNSYNCED, ClockNotice.NotSynced),
        listOf(card(7, Names("割符銀行", "普通 0007", credentialId = "WRFU12345678"), Face.NeedsSync)),
        refreshAt = null,
    )

    /** All of them, by the names that they have here. */
    public val all: Map<String, Screen> = linkedMapOf(
        "locked" to locked,
        "empty" to empty,
        "oneCode" to oneCode,
        "lastSecond" to lastSecond,
        "twoPeriods" to twoPeriods,
        "onRequest" to onRequest,
        "notYet" to notYet,
        "weakSeed" to weakSeed,
        "longNames" to longNames,
        "many" to many,
        "sure" to sure,
        "nearBoundary" to nearBoundary,
        "stale" to stale,
        "notSynced" to notSynced,
        "setDate" to setDate,
        "contradicted" to contradicted,
        "wallAhead" to wallAhead,
        "wallBehind" to wallBehind,
        "needsSync" to needsSync,
    )

    private val UPTIME: Duration
        get() = 2.hours

    private fun unlocked(vararg cards: Card, refreshAt: Duration? = nextSecond(cards)): Screen =
        Screen(LockStatus.UNLOCKED, clock(Certainty.UNSYNCED), cards.toList(), refreshAt)

    /** One code, of which the clock says the same as of the whole screen. */
    private fun timed(clock: ClockView, neighbour: NeighbourCode? = null): Screen {
        val card = totp(1, "割符銀行", "普通 0001", "755 224", "287 082", remaining = 24.seconds)
        val face = (card.face as Face.Totp).copy(certainty = clock.certainty, neighbour = neighbour)
        return unlocked(card.copy(face = face)).copy(clock = clock)
    }

    /** Unsynced and without a notice, nobody can be asked. */
    private fun clock(
        certainty: Certainty,
        notice: ClockNotice? = null,
        uncertainty: Duration = 80.milliseconds,
        wallAhead: Duration? = null,
    ): ClockView = ClockView(
        certainty,
        uncertainty = uncertainty.takeIf { certainty != Certainty.UNSYNCED },
        wallAhead,
        notice,
        syncAt = when {
            certainty == Certainty.SURE -> UPTIME + 27.hours
            notice == null && certainty == Certainty.UNSYNCED -> null
            else -> UPTIME
        },
    )

    private fun nextSecond(cards: Array<out Card>): Duration? =
        if (cards.any { it.face is Face.Totp }) UPTIME + 1.seconds else null

    private fun totp(
        number: Int,
        issuer: String,
        account: String,
        code: String,
        next: String,
        remaining: Duration,
        period: Duration = 30.seconds,
    ): Card {
        val face = Face.Totp(
            code = Code(code),
            next = Code(next),
            validFrom = FakeClock.START,
            validUntil = FakeClock.START + period,
            remaining = remaining,
            period = period,
            secondsLeft = remaining.inWholeSeconds.toInt(),
            certainty = Certainty.UNSYNCED,
            neighbour = null,
        )
        return card(number, Names(issuer, account, credentialId = null), face)
    }

    private fun card(number: Int, names: Names, face: Face): Card =
        Card(EntryId(number.toHexString().padStart(32, '0')), names, face, weakness = null, CopyPolicy(1.minutes))
}
