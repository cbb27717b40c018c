package jp.warifu.android

import android.app.Activity
import jp.warifu.BootId
import jp.warifu.DeviceClock
import jp.warifu.DeviceTime
import jp.warifu.Face
import jp.warifu.LockStatus
import jp.warifu.Screen
import jp.warifu.SecretBytes
import jp.warifu.Token
import jp.warifu.WarifuException
import jp.warifu.testing.FakeKeyProtector
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.android.controller.ActivityController
import org.robolectric.util.ReflectionHelpers
import java.io.File
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.Instant

@RunWith(RobolectricTestRunner::class)
class VisibilityTest {
    @get:Rule
    val folder = TemporaryFolder()

    /** It stands until it is moved, and counts how often it is read. */
    private class Standing : DeviceClock {
        val boot = BootId.ofCount(1)
        val uptime = MutableStateFlow<Duration>(1_000.seconds)
        val reads = AtomicInteger()

        override fun now(): DeviceTime {
            reads.incrementAndGet()
            return DeviceTime(Instant.fromEpochSeconds(1_800_000_000) + uptime.value, uptime.value, boot)
        }

        override suspend fun sleepUntil(uptime: Duration) {
            this.uptime.first { it >= uptime }
        }
    }

    private val clock = Standing()

    private suspend fun token(): Token =
        Token.createOnDevice(File(folder.root, "token.warifu"), clock, FakeKeyProtector()).apply {
            entries.add(
                SecretBytes("otpauth://totp/A:1?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=A".toByteArray()),
            )
        }

    private fun secondsLeft(screen: Screen) = (screen.cards.single().face as Face.Totp).secondsLeft

    private fun activity(): ActivityController<Activity> = Robolectric.buildActivity(Activity::class.java).create()

    @Test
    fun `an activity is visible from its start to its stop`() {
        val activity = activity()
        val visibility = Visibility(activity.get())
        assertFalse(visibility.isVisible)
        activity.start()
        assertTrue(visibility.isVisible)
        activity.resume().pause()
        assertTrue("behind a dialog it is still seen", visibility.isVisible)
        activity.stop()
        assertFalse(visibility.isVisible)
        activity.restart().start()
        assertTrue(visibility.isVisible)
    }

    @Test
    fun `another activity is no concern of it`() {
        val (mine, other) = activity() to activity()
        val visibility = Visibility(mine.get())
        other.start()
        assertFalse(visibility.isVisible)
    }

    @Test
    fun `an activity that is gone is kept by nobody`() {
        val kept = ReflectionHelpers.getField<List<*>>(
            RuntimeEnvironment.getApplication(),
            "mActivityLifecycleCallbacks",
        )
        val before = kept.size
        val activity = activity()
        Visibility(activity.get())
        assertEquals(before + 1, kept.size)
        activity.start().stop().destroy()
        assertEquals(before, kept.size)
    }

    @Test
    fun `an app is visible while one of its activities is`() {
        val visibility = Visibility(RuntimeEnvironment.getApplication())
        val (first, second) = activity() to activity()
        first.start()
        second.start()
        first.stop()
        assertTrue("between the two", visibility.isVisible)
        second.stop()
        assertFalse(visibility.isVisible)
    }

    @Test
    fun `no screen is made while nothing is seen, and the first one after that is of its own moment`() =
        runBlocking<Unit> {
            val token = token()
            val activity = activity()
            val visibility = Visibility(activity.get())
            val seen = Channel<Screen>(Channel.UNLIMITED)
            val drawing =
                launch(Dispatchers.Default) {
                    token.screensWhile(visibility, syncsTime = false).collect { seen.send(it) }
                }
            assertNull("before it is seen", withTimeoutOrNull(A_WHILE) { seen.receive() })

            activity.start()
            val before = withTimeout(LONG) { seen.receive() }
            clock.uptime.value += 1.seconds
            assertEquals(secondsLeft(before) - 1, secondsLeft(withTimeout(LONG) { seen.receive() }))

            activity.stop()
            delay(A_WHILE)
            val reads = clock.reads.get()
            clock.uptime.value += 1.seconds
            assertNull("while it is not seen", withTimeoutOrNull(A_WHILE) { seen.receive() })
            assertEquals("nothing is computed meanwhile", reads, clock.reads.get())

            clock.uptime.value += 5.seconds
            activity.restart().start()
            assertEquals(secondsLeft(before) - 7, secondsLeft(withTimeout(LONG) { seen.receive() }))
            drawing.cancelAndJoin()
            token.close()
        }

    @Test
    fun `a stop and a start that nobody had time to see begin anew all the same`() = runBlocking<Unit> {
        val token = token()
        val activity = activity()
        val visibility = Visibility(activity.get())
        val seen = Channel<Screen>(Channel.UNLIMITED)
        activity.start()
        // Its only thread is this one, as a frozen process has it.
        val drawing = launch { token.screensWhile(visibility, syncsTime = false).collect { seen.send(it) } }
        withTimeout(LONG) { seen.receive() }
        activity.stop()
        activity.restart().start()
        withTimeout(LONG) { seen.receive() }
        drawing.cancelAndJoin()
        token.close()
    }

    @Test
    fun `who is drawing is let finish`() = runBlocking<Unit> {
        val token = token()
        val activity = activity()
        val visibility = Visibility(activity.get())
        activity.start()
        val (begun, mayEnd) = CompletableDeferred<Unit>() to CompletableDeferred<Unit>()
        val drawn = AtomicInteger()
        val drawing = launch(Dispatchers.Default) {
            token.screensWhile(visibility, syncsTime = false).collect {
                begun.complete(Unit)
                mayEnd.await()
                drawn.incrementAndGet()
            }
        }
        begun.await()
        activity.stop()
        delay(A_WHILE)
        mayEnd.complete(Unit)
        withTimeout(LONG) { while (drawn.get() == 0) delay(1) }
        delay(A_WHILE)
        assertEquals(1, drawn.get())
        assertTrue("the collection goes on", drawing.isActive)
        drawing.cancelAndJoin()
        token.close()
    }

    @Test
    fun `it ends with the token, and throws what the screens throw`() = runBlocking<Unit> {
        val token = token()
        val activity = activity()
        val visibility = Visibility(activity.get())
        activity.start()
        var last: Screen? = null
        val drawing = launch(Dispatchers.Default, CoroutineStart.DEFAULT) {
            token.screensWhile(visibility, syncsTime = false).collect { last = it }
        }
        while (last == null) delay(1)
        token.close()
        withTimeout(LONG) { drawing.join() }
        assertEquals(LockStatus.LOCKED, last.lock)
        assertTrue(runCatching { token.screensWhile(visibility).first() }.exceptionOrNull() is WarifuException.Closed)
    }

    private companion object {
        val A_WHILE = 200.milliseconds
        val LONG = 10.seconds
    }
}
