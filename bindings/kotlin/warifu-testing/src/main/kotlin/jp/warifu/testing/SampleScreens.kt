package jp.warifu.testing

import jp.warifu.Card
import jp.warifu.ClockStatus
import jp.warifu.Code
import jp.warifu.CopyPolicy
import jp.warifu.EntryId
import jp.warifu.Face
import jp.warifu.LockStatus
import jp.warifu.Names
import jp.warifu.Screen
import jp.warifu.Weakness
import kotlin.time.Duration
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/** One screen of each state, for previews and for tests of what an app draws. The codes are made up. */
public object SampleScreens {
    /** The vault is locked: there is nothing to show. */
    public val locked: Screen = Screen(LockStatus.LOCKED, ClockStatus.UNSYNCED, emptyList(), refreshAt = null)

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
    )

    private val UPTIME: Duration
        get() = 2.hours

    private fun unlocked(vararg cards: Card, refreshAt: Duration? = nextSecond(cards)): Screen =
        Screen(LockStatus.UNLOCKED, ClockStatus.UNSYNCED, cards.toList(), refreshAt)

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
        )
        return card(number, Names(issuer, account, credentialId = null), face)
    }

    private fun card(number: Int, names: Names, face: Face): Card =
        Card(EntryId(number.toHexString().padStart(32, '0')), names, face, weakness = null, CopyPolicy(1.minutes))
}
