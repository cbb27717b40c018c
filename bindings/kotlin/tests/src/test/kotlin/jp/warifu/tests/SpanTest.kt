package jp.warifu.tests

import jp.warifu.Span
import jp.warifu.deadline
import jp.warifu.testing.FakeClock
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.nanoseconds
import kotlin.time.Duration.Companion.seconds

/** What spares an app its arithmetic on time. */
class SpanTest {
    @Test
    fun `a span is said in its two largest units`() {
        assertEquals(Span.Seconds(59), Span.of(59.seconds))
        assertEquals(Span.Minutes(1, 0), Span.of(1.minutes))
        assertEquals(Span.Minutes(59, 59), Span.of(1.hours - 1.seconds))
        assertEquals(Span.Hours(23, 59), Span.of(1.days - 1.seconds))
        assertEquals(Span.Days(2, 3), Span.of(2.days + 3.hours + 59.minutes))
    }

    @Test
    fun `a part of a second counts as one, and less than nothing as nothing`() {
        assertEquals(Span.Seconds(1), Span.of(1.nanoseconds))
        assertEquals(Span.Minutes(1, 0), Span.of(59.seconds + 1.milliseconds))
        assertEquals(Span.Seconds(0), Span.of(Duration.ZERO))
        assertEquals(Span.Seconds(0), Span.of((-5).seconds))
    }

    @Test
    fun `a span without an end is the longest there is`() {
        assertEquals(Int.MAX_VALUE, (Span.of(Duration.INFINITE) as Span.Days).days)
    }

    @Test
    fun `a deadline passes at its moment, whatever the wall clock is set to`() = runTest {
        val clock = FakeClock()
        val deadline = clock.deadline(after = 2.minutes)
        val waiting = launch { deadline.await() }
        clock.set(wall = clock.now().wall + 1.days)
        clock.advance(2.minutes - 1.milliseconds)
        testScheduler.advanceUntilIdle()
        assertFalse(deadline.hasPassed())
        assertFalse(waiting.isCompleted)
        clock.advance(1.milliseconds)
        testScheduler.advanceUntilIdle()
        assertTrue(deadline.hasPassed())
        assertTrue(waiting.isCompleted)
    }
}
