package jp.warifu.android

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.os.Build
import android.os.SystemClock
import android.provider.Settings
import jp.warifu.BootId
import jp.warifu.DeviceClock
import jp.warifu.DeviceTime
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate
import java.security.SecureRandom
import kotlin.time.Clock
import kotlin.time.Duration.Companion.milliseconds

/**
 * Android's clocks: the time since the device's start, sleep included, which nobody can set; the wall clock; and the
 * count of starts.
 *
 * @param context Any of the app's.
 */
public class AndroidDeviceClock(context: Context) : DeviceClock {
    private val context = context.applicationContext

    // No process outlives a start of its device.
    private val boot = bootOf(this.context)

    override fun now(): DeviceTime {
        val uptime = SystemClock.elapsedRealtime().milliseconds
        return DeviceTime(Clock.System.now(), uptime, boot)
    }

    /**
     * The broadcasts that the wall clock was set, by a person or by the network. A journey to another zone sends none:
     * the wall clock counts from 1970 in UTC, and the zone changes only how people write it down.
     */
    override val wallClockChanges: Flow<Unit> = callbackFlow {
        val receiver = object : BroadcastReceiver() {
            override fun onReceive(context: Context, intent: Intent) {
                trySend(Unit)
            }
        }
        this@AndroidDeviceClock.context.listen(receiver, IntentFilter(Intent.ACTION_TIME_CHANGED))
        awaitClose { this@AndroidDeviceClock.context.unregisterReceiver(receiver) }
    }.conflate()

    private companion object {
        private const val BOOT_ID_SIZE = 16

        /** For a device that does not count: as if it had started with this process, which claims less than is so. */
        private val ofThisProcess by lazy { BootId(ByteArray(BOOT_ID_SIZE).also(SecureRandom()::nextBytes)) }

        private fun bootOf(context: Context): BootId = try {
            BootId.ofCount(Settings.Global.getInt(context.contentResolver, Settings.Global.BOOT_COUNT))
        } catch (_: Settings.SettingNotFoundException) {
            ofThisProcess
        }

        /** The system alone may send the broadcast; newer systems want it said that no app's is waited for. */
        private fun Context.listen(receiver: BroadcastReceiver, filter: IntentFilter) {
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
                registerReceiver(receiver, filter, Context.RECEIVER_NOT_EXPORTED)
            } else {
                registerReceiver(receiver, filter)
            }
        }
    }
}
