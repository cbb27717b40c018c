package jp.warifu.tests

import jp.warifu.DeviceTime
import jp.warifu.LockStatus
import jp.warifu.RequestId
import jp.warifu.Screen
import jp.warifu.Token
import jp.warifu.Unlock
import jp.warifu.WarifuException
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runCurrent
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** `screens()` in virtual time: the clocks are the test's scheduler's. */
class ScreensTest {
    /** What was emitted, and when. */
    private class Seen(val at: DeviceTime, val screen: Screen) {
        val isAlive
            get() = screen.totps.all { at.wall >= it.validFrom && at.wall < it.validUntil }
    }

    @Test
    fun `a screen comes at each second's edge and at no other time`() = virtually { token, clock ->
        token.entries.add(totp())
        advanceTimeBy(300.milliseconds)
        val seen = ArrayList<Seen>()
        val times = ArrayList<Long>()
        val collector = backgroundScope.launch {
            token.screens().collect {
                seen += Seen(clock.peek(), it)
                times += currentTime
            }
        }
        advanceTimeBy(61.seconds)
        collector.cancel()
        assertEquals(listOf(300L) + (1..61L).map { it * 1000 }, times)
        assertTrue(seen.all { it.isAlive })
        val counted = seen.map { it.screen.totps.single().secondsLeft }
        assertEquals((30 downTo 1) + (30 downTo 1) + listOf(30, 29), counted)
        val left = seen.map { it.screen.totps.single().left }
        assertEquals(listOf(0.99f, 29 / 30f, 28 / 30f), left.take(3))
        assertEquals(listOf(1 / 30f, 1f), left.drop(29).take(2))
        assertEquals(3, seen.map { it.screen.codes.single() }.distinct().size)
    }

    @Test
    fun `a collector that comes back late is given the code of that moment`() = virtually { token, clock ->
        token.entries.add(totp())
        token.entries.add(totp("0003", seedOf(3), period = 7))
        val seen = ArrayList<Seen>()
        backgroundScope.launch {
            token.screens().collect {
                seen += Seen(clock.peek(), it)
                delay(40_500.milliseconds)
            }
        }
        advanceTimeBy(40_500.milliseconds * 10)
        assertEquals(10, seen.size)
        assertTrue(seen.all { it.isAlive })
    }

    @Test
    fun `a process that is frozen anywhere is given nothing old when it goes on`() = virtually { token, clock ->
        token.entries.add(totp())
        val seen = ArrayList<Seen>()
        val collector = backgroundScope.launch { token.screens().collect { seen += Seen(clock.peek(), it) } }
        // Frozen for 90 s before each read of the clock in turn: between asking and emitting too.
        repeat(30) { place ->
            val from = clock.reads
            clock.onRead = {
                if (clock.reads == from + 1 + place % 5) clock.ahead += 90.seconds
            }
            advanceTimeBy(3.seconds)
        }
        collector.cancel()
        assertTrue(seen.size > 60)
        assertTrue(seen.all { it.isAlive }, "a dead code was emitted")
    }

    @Test
    fun `a screen that a freeze outlived on its way is not shown`() = virtually { token, clock ->
        token.entries.add(totp())
        token.entries.add(totp("0003", seedOf(3), period = 7))
        val seen = ArrayList<Seen>()
        backgroundScope.launch { token.screens().collect { seen += Seen(clock.peek(), it) } }
        var made = 0
        clock.onMade = { if (++made % 3 == 0) clock.ahead += 91.seconds }
        advanceTimeBy(60.seconds)
        assertTrue(made > 60)
        assertTrue(seen.size > 40)
        assertTrue(seen.all { it.isAlive }, "a dead code was emitted")
    }

    @Test
    fun `a single screen is of its moment too whatever came on its way`() = virtually { token, clock ->
        token.entries.add(totp())
        val onTheWay = listOf<() -> Unit>(
            { clock.ahead += 91.seconds },
            { clock.set += 45.seconds },
            { clock.set -= 45.seconds },
        )
        for (happens in onTheWay) {
            clock.onMade = {
                clock.onMade = {}
                happens()
            }
            val screen = token.screen()
            assertTrue(Seen(clock.peek(), screen).isAlive)
        }
    }

    @Test
    fun `after a freeze the first screen comes at once`() = virtually { token, clock ->
        token.entries.add(totp())
        val seen = ArrayList<Seen>()
        backgroundScope.launch { token.screens().collect { seen += Seen(clock.peek(), it) } }
        runCurrent()
        clock.ahead += 90.seconds
        // The delay ends late by what it had left; nothing more.
        advanceTimeBy(1001.milliseconds)
        assertEquals(2, seen.size)
        assertTrue(seen.all { it.isAlive })
        assertTrue(seen[0].screen.codes != seen[1].screen.codes)
    }

    @Test
    fun `what the token does shows at once`() = virtually { token, _ ->
        val seen = ArrayList<Screen>()
        backgroundScope.launch { token.screens().collect { seen += it } }
        fun last(): Screen {
            runCurrent()
            return seen.last()
        }
        assertEquals(0, last().cards.size)
        val id = token.entries.add(totp()).id
        assertEquals(1, last().cards.size)
        token.entries.rename(id, "Another Bank", null)
        assertEquals("Another Bank", last().cards.single().names.issuer)
        token.lock()
        assertEquals(LockStatus.LOCKED, last().lock)
        assertEquals(emptyList(), last().cards)
        token.unlock(Unlock.Device)
        assertEquals(LockStatus.UNLOCKED, last().lock)
        token.entries.remove(id)
        assertEquals(0, last().cards.size)
        assertEquals(0, currentTime)
    }

    @Test
    fun `where nothing changes by itself nothing is asked for`() = virtually { token, clock ->
        token.entries.add(hotp())
        val seen = ArrayList<Screen>()
        backgroundScope.launch { token.screens().collect { seen += it } }
        runCurrent()
        val reads = clock.reads
        advanceTimeBy(48.hours)
        assertEquals(1, seen.size)
        assertEquals(reads, clock.reads)
        token.entries.advance(seen.single().cards.single().id, RequestId.random())
        runCurrent()
        assertEquals(2, seen.size)
    }

    @Test
    fun `collectors do not disturb each other`() = virtually { token, _ ->
        token.entries.add(totp())
        val (quick, slow) = ArrayList<Long>() to ArrayList<Long>()
        backgroundScope.launch { token.screens().collect { quick += currentTime } }
        advanceTimeBy(500.milliseconds)
        backgroundScope.launch {
            token.screens().collect {
                slow += currentTime
                delay(10.seconds)
            }
        }
        advanceTimeBy(20.seconds)
        assertEquals((0..20L).map { it * 1000 }, quick)
        assertEquals(listOf(500L, 10_500, 20_500).take(slow.size), slow)
    }

    @Test
    fun `a close ends it with a locked screen`() = virtually { token, _ ->
        token.entries.add(totp())
        val seen = ArrayList<Screen>()
        val collector = launch { token.screens().toList(seen) }
        advanceTimeBy(2.seconds)
        token.close()
        collector.join()
        assertEquals(LockStatus.UNLOCKED, seen[seen.size - 2].lock)
        assertEquals(LockStatus.LOCKED, seen.last().lock)
        assertEquals(emptyList(), seen.last().cards)
        assertFailsWith<WarifuException.Closed> { token.screens().first() }
    }

    @Test
    fun `a clock that cannot be right ends it with an error that says so`() = virtually { token, clock ->
        token.entries.add(totp())
        clock.ahead = -(30 * 365 * 24).hours
        val refused = assertFailsWith<WarifuException.ClockImplausible> { token.screens().first() }
        assertEquals("W-301", refused.supportCode)
        assertEquals(clock.peek().wall, refused.wall)
    }

    @Test
    fun `who stops collecting leaves nothing behind`() = virtually { token, clock ->
        token.entries.add(totp())
        assertEquals(3, token.screens().take(3).toList().size)
        val reads = clock.reads
        advanceTimeBy(1.hours)
        assertEquals(reads, clock.reads)
        assertFalse(token.screen().cards.isEmpty())
    }
}
