package jp.warifu.tests

import jp.warifu.HttpFailedException
import jp.warifu.HttpFailure
import jp.warifu.HttpRequest
import jp.warifu.HttpResponse
import jp.warifu.HttpTransport
import jp.warifu.LockStatus
import jp.warifu.Screen
import jp.warifu.SyncFault
import jp.warifu.Token
import jp.warifu.Unlock
import jp.warifu.WarifuException
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runCurrent
import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/** The time is asked for by itself while `screens()` is collected; in virtual time, as they are. */
class UnaskedSyncTest {
    /** A host that does as it is told, and when it was asked. */
    private class TimeHost : HttpTransport {
        lateinit var test: TestScope
        val asked = ArrayList<Duration>()
        var cancelled = 0
        var answer: suspend () -> HttpResponse = { HttpResponse(200, date = DATE) }

        override suspend fun send(request: HttpRequest): HttpResponse {
            asked += test.currentTime.milliseconds
            return answer()
        }

        fun isGone() {
            answer = { throw HttpFailedException(HttpFailure.UNREACHABLE) }
        }

        fun isSilent() {
            answer = {
                try {
                    awaitCancellation()
                } finally {
                    cancelled++
                }
            }
        }
    }

    private val host = TimeHost()

    private fun asking(test: suspend TestScope.(Token, VirtualClock) -> Unit) = withFolder { folder ->
        asking(File(folder, "token.warifu"), test)
    }

    private fun asking(file: File, test: suspend TestScope.(Token, VirtualClock) -> Unit) =
        virtually(file, host, listOf("https://bank.example")) { token, clock ->
            host.test = this
            token.entries.add(totp())
            test(token, clock)
        }

    private fun TestScope.collecting(token: Token, into: MutableList<Screen> = ArrayList()): Job =
        backgroundScope.launch { token.screens().collect { into += it } }

    @Test
    fun `what is due is asked for once and the screen after it knows the time`() = asking { token, _ ->
        val seen = ArrayList<Screen>()
        collecting(token, seen)
        runCurrent()
        assertNotNull(seen.first().clock.syncAt)
        assertNull(seen.first().clock.uncertainty)
        assertNotNull(seen.last().clock.uncertainty)
        assertNull(seen.last().clock.syncAt)
        advanceTimeBy(10.minutes)
        assertEquals(listOf(Duration.ZERO), host.asked)
    }

    @Test
    fun `after a failure the screens go on and it is asked again when the core says`() = asking { token, _ ->
        host.isGone()
        val seen = ArrayList<Screen>()
        val collector = collecting(token, seen)
        advanceTimeBy(29_999.milliseconds)
        assertEquals(listOf(Duration.ZERO), host.asked)
        advanceTimeBy(200.seconds)
        assertEquals(listOf(0, 30, 90, 210).map { it.seconds }, host.asked)
        assertTrue(collector.isActive)
        assertTrue(seen.size > 200)
    }

    @Test
    fun `no screen waits for an answer`() = asking { token, _ ->
        host.isSilent()
        val times = ArrayList<Long>()
        backgroundScope.launch { token.screens().collect { times += currentTime } }
        advanceTimeBy(10_500.milliseconds)
        assertEquals((0..10L).map { it * 1000 }, times)
        assertEquals(1, host.asked.size)
    }

    @Test
    fun `a locked token asks nobody and a lock ends what it asked`() = asking { token, _ ->
        host.isSilent()
        val seen = ArrayList<Screen>()
        collecting(token, seen)
        runCurrent()
        token.lock()
        advanceTimeBy(2.days)
        assertEquals(1 to 1, host.asked.size to host.cancelled)
        assertEquals(LockStatus.LOCKED, seen.last().lock)
        token.unlock(Unlock.Device)
        runCurrent()
        assertEquals(2, host.asked.size)
    }

    @Test
    fun `what was asked ends with the collection and another that goes on asks in its place`() = asking { token, _ ->
        host.isSilent()
        val collectors = List(2) { collecting(token) }
        runCurrent()
        assertEquals(1 to 0, host.asked.size to host.cancelled)
        collectors[0].cancel()
        runCurrent()
        assertEquals(2 to 1, host.asked.size to host.cancelled)
        collectors[1].cancel()
        advanceTimeBy(10.minutes)
        assertEquals(2 to 2, host.asked.size to host.cancelled)
    }

    @Test
    fun `whoever takes one screen asks nobody and nor does who does not want to`() = asking { token, _ ->
        token.screens().first()
        token.screen()
        backgroundScope.launch { token.screens(syncsTime = false).collect {} }
        advanceTimeBy(10.minutes)
        assertEquals(emptyList(), host.asked)
    }

    @Test
    fun `a call of the app takes over and nothing is asked beside it`() = asking { token, _ ->
        host.isSilent()
        val collector = collecting(token)
        runCurrent()
        host.answer = {
            delay(100.milliseconds)
            HttpResponse(200, date = DATE)
        }
        val call = async { token.time.sync() }
        runCurrent()
        // What changes meanwhile makes a screen by which it is due.
        token.entries.rename(token.entries.list().single().id, "Another Bank", null)
        runCurrent()
        assertEquals(2 to 1, host.asked.size to host.cancelled)
        call.await()
        advanceTimeBy(10.minutes)
        assertTrue(collector.isActive)
        assertEquals(listOf(0, 0).map { it.seconds }, host.asked)
    }

    @Test
    fun `of two calls of the app the newer takes over`() = asking { token, _ ->
        host.isSilent()
        val older = async { runCatching { token.time.sync() } }
        runCurrent()
        host.isGone()
        assertEquals(SyncFault.NO_RESPONSE, assertFailsWith<WarifuException.SyncFailed> { token.time.sync() }.why)
        assertIs<WarifuException.Superseded>(older.await().exceptionOrNull())
    }

    @Test
    fun `what the core does not count is tried again when something changes and not before`() = withFolder { folder ->
        val (file, away) = File(folder, "token.warifu") to File(folder, "away")
        asking(file) { token, clock ->
            // The core does not come as far as asking anybody.
            check(file.renameTo(away))
            collecting(token)
            runCurrent()
            val reads = clock.reads
            advanceTimeBy(60.seconds)
            assertTrue(clock.reads - reads < 60 * 10, "${clock.reads - reads} readings of the clock in a minute")
            check(away.renameTo(file))
            advanceTimeBy(60.seconds)
            assertEquals(emptyList(), host.asked)
            token.entries.rename(token.entries.list().single().id, "Another Bank", null)
            runCurrent()
            assertEquals(listOf(120.seconds), host.asked)
        }
    }

    @Test
    fun `whoever begins to look has it tried anew`() = withFolder { folder ->
        val (file, away) = File(folder, "token.warifu") to File(folder, "away")
        asking(file) { token, _ ->
            check(file.renameTo(away))
            val collector = collecting(token)
            runCurrent()
            collector.cancel()
            check(away.renameTo(file))
            collecting(token)
            runCurrent()
            assertEquals(listOf(Duration.ZERO), host.asked)
        }
    }

    @Test
    fun `a wall clock that is set makes a screen at once and asks nobody`() = asking { token, clock ->
        val seen = ArrayList<Screen>()
        collecting(token, seen)
        advanceTimeBy(300.milliseconds)
        val before = seen.size
        clock.set += 30.minutes
        clock.wallClockChanges.emit(Unit)
        runCurrent()
        assertEquals(before + 1, seen.size)
        // A host's word is no fact to tell; but codes follow it, and not the wall clock.
        assertNull(seen.last().clock.wallAhead)
        assertEquals(seen[before - 1].codes.map { it.digits() }, seen.last().codes.map { it.digits() })
        assertEquals(1, host.asked.size)
    }

    private companion object {
        const val DATE = "Wed, 18 May 2033 03:33:30 GMT"
    }
}
