package jp.warifu

import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emptyFlow
import kotlin.time.Duration
import kotlin.time.Instant

/**
 * The device's clocks. warifu reads no clock by itself: what time it is comes in here.
 *
 * Read the uptime first and the wall clock after it. If the process is frozen between the two, its codes
 * then count as older than they are and are made anew; the other way round a dead one would pass.
 *
 * On Android, and there `warifu-android` has it:
 * ```
 * val clock = DeviceClock {
 *     DeviceTime(
 *         uptime = SystemClock.elapsedRealtime().milliseconds,
 *         wall = Clock.System.now(),
 *         boot = BootId.ofCount(Settings.Global.getInt(resolver, Settings.Global.BOOT_COUNT)),
 *     )
 * }
 * ```
 */
public fun interface DeviceClock {
    /** What the clocks say now. It is called from any thread and must be quick. */
    public fun now(): DeviceTime

    /**
     * Comes back once the uptime has reached [uptime]; a little late is fine, early is not. Cancellable.
     *
     * The default is a `delay`. A platform whose delays stand still while the device sleeps may do
     * better, though nothing rests on it: whatever wakes late asks for the time anew.
     */
    public suspend fun sleepUntil(uptime: Duration) {
        while (true) {
            val left = uptime - now().uptime
            if (!left.isPositive()) return
            delay(left)
        }
    }

    /**
     * Emits whenever the wall clock was set, by a person or by the network, for as long as it is collected. Then
     * [Token.screens] makes a screen anew, which says at once that the clock is wrong, or right again; nothing else
     * rests on it. Without one, as by default, it is seen with the next screen. On Android the broadcast
     * `ACTION_TIME_CHANGED` says it.
     */
    public val wallClockChanges: Flow<Unit>
        get() = emptyFlow()
}

/**
 * A moment of the uptime that is still to come, or has passed: however long the process is frozen, it is not missed.
 *
 * ```
 * val deadline = clock.deadline(after = 2.minutes)
 * // Later, and perhaps after the device has slept:
 * if (deadline.hasPassed()) token.lock()
 * ```
 */
public class Deadline internal constructor(private val clock: DeviceClock, private val uptime: Duration) {
    /** Whether it has come. */
    public fun hasPassed(): Boolean = clock.now().uptime >= uptime

    /** How long it is until then; nothing once it has come. */
    public fun left(): Duration = (uptime - clock.now().uptime).coerceAtLeast(Duration.ZERO)

    /** Comes back once it has come; see [DeviceClock.sleepUntil]. Cancellable. */
    public suspend fun await(): Unit = clock.sleepUntil(uptime)
}

/** The moment that is [after] from now, by the uptime, which nobody can set. */
public fun DeviceClock.deadline(after: Duration): Deadline = Deadline(this, now().uptime + after)

/**
 * What the device's clocks say at one moment.
 *
 * @property wall The wall clock, as the user may have set it.
 * @property uptime The time since the device's boot, sleep included. Milliseconds count. Nobody may be able to set it.
 *   On Linux it follows the corrections of `ntpd` or `chronyd`, so a PC whose time service is led astray may drift faster
 *   than the 100 ppm that a proven time rests on (docs/clock.md, A1).
 * @property boot Which boot [uptime] counts from.
 */
public data class DeviceTime(val wall: Instant, val uptime: Duration, val boot: BootId)

/**
 * Tells one boot of the device from another. Linux: the 16 bytes of `/proc/sys/kernel/random/boot_id`.
 * Android: [ofCount] of `Settings.Global.BOOT_COUNT`.
 */
@JvmInline
public value class BootId private constructor(internal val hex: String) {
    /** Exactly 16 bytes. */
    public constructor(bytes: ByteArray) : this(bytes.toHexString()) {
        require(bytes.size == SIZE) { "a boot ID has $SIZE bytes" }
    }

    /** Enough to tell two apart in a log: the identifier is the device's. */
    override fun toString(): String = "BootId(…${hex.takeLast(SHOWN)})"

    /** Makes one of what a platform has. */
    public companion object {
        private const val SIZE = 16
        private const val SHOWN = 4

        /** The boot of that number. */
        public fun ofCount(count: Int): BootId = BootId(count.toHexString().padStart(2 * SIZE, '0'))
    }
}
