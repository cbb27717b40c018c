package jp.warifu.android

import android.app.Application
import android.content.Intent
import android.os.Looper
import android.provider.Settings
import jp.warifu.BootId
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowSystemClock
import java.time.Duration
import kotlin.time.Clock
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.minutes

@RunWith(RobolectricTestRunner::class)
class AndroidDeviceClockTest {
    private val application: Application = RuntimeEnvironment.getApplication()

    private fun start(count: Int) =
        Settings.Global.putInt(application.contentResolver, Settings.Global.BOOT_COUNT, count)

    private fun receivers() = shadowOf(application).registeredReceivers.count {
        it.intentFilter.hasAction(Intent.ACTION_TIME_CHANGED)
    }

    private fun hear(action: String) {
        application.sendBroadcast(Intent(action))
        shadowOf(Looper.getMainLooper()).idle()
    }

    @Test
    fun `it tells the time since the start, sleep included, and the wall clock's`() {
        val clock = AndroidDeviceClock(application)
        val before = clock.now()
        ShadowSystemClock.advanceBy(Duration.ofHours(3))
        val after = clock.now()
        assertEquals(3.hours, after.uptime - before.uptime)
        assertTrue((after.wall - Clock.System.now()).absoluteValue < 1.minutes)
    }

    @Test
    fun `each start of the device is another`() {
        start(41)
        val before = AndroidDeviceClock(application).now().boot
        assertEquals(BootId.ofCount(41), before)
        assertEquals(before, AndroidDeviceClock(application).now().boot)
        start(42)
        assertNotEquals(before, AndroidDeviceClock(application).now().boot)
    }

    @Test
    fun `where starts are not counted, none is like another's`() {
        val boot = AndroidDeviceClock(application).now().boot
        assertEquals("of one process", boot, AndroidDeviceClock(application).now().boot)
        assertNotEquals(BootId.ofCount(0), boot)
    }

    @Test
    fun `it says when the wall clock was set, for as long as somebody listens`() = runBlocking<Unit> {
        val clock = AndroidDeviceClock(application)
        assertEquals(0, receivers())
        var heard = 0
        val listening =
            launch(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED) { clock.wallClockChanges.collect { heard++ } }
        assertEquals(1, receivers())
        hear(Intent.ACTION_TIME_CHANGED)
        hear(Intent.ACTION_TIME_CHANGED)
        assertEquals(2, heard)
        hear(Intent.ACTION_TIMEZONE_CHANGED)
        assertEquals("another zone is no other time", 2, heard)
        listening.cancelAndJoin()
        assertEquals(0, receivers())
    }
}
