package jp.warifu.testing

import jp.warifu.BootId
import jp.warifu.DeviceClock
import jp.warifu.DeviceTime
import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.asSharedFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.update
import kotlin.time.Duration
import kotlin.time.Duration.Companion.hours
import kotlin.time.Instant

/**
 * A clock that stands still until it is told otherwise. Whatever waits by it goes on when it has been
 * moved far enough.
 *
 * ```
 * val clock = FakeClock(Instant.parse("2033-05-18T03:33:30Z"))
 * val token = Token.createOnDevice(file, clock, FakeKeyProtector())
 * clock.advance(30.seconds)
 * ```
 *
 * @param wall What the wall clock says at first.
 * @param uptime What the clock that counts sleep says at first.
 * @param boot Which boot it is at first.
 */
public class FakeClock(wall: Instant = START, uptime: Duration = 2.hours, boot: BootId = BootId.ofCount(1)) :
    DeviceClock {
    private val time = MutableStateFlow(DeviceTime(wall, uptime, boot))
    private val sets = MutableSharedFlow<Unit>(extraBufferCapacity = 1, onBufferOverflow = BufferOverflow.DROP_OLDEST)

    /** Emits when [set] has set the wall clock. */
    override val wallClockChanges: Flow<Unit> = sets.asSharedFlow()

    /** What it was set to. */
    override fun now(): DeviceTime = time.value

    /** Until [advance] or [set] has brought the uptime this far. */
    override suspend fun sleepUntil(uptime: Duration) {
        time.first { it.uptime >= uptime }
    }

    /** Moves both clocks on. */
    public fun advance(by: Duration) {
        time.update { it.copy(wall = it.wall + by, uptime = it.uptime + by) }
    }

    /** Sets what is given: the wall clock as a user does, the uptime and the boot as a reboot does. */
    public fun set(wall: Instant? = null, uptime: Duration? = null, boot: BootId? = null) {
        time.update { DeviceTime(wall ?: it.wall, uptime ?: it.uptime, boot ?: it.boot) }
        if (wall != null) sets.tryEmit(Unit)
    }

    /** Where it begins. */
    public companion object {
        /** 2033-05-18T03:33:30Z: a period of thirty seconds begins here. */
        public val START: Instant = Instant.fromEpochSeconds(2_000_000_010)
    }
}
