package jp.warifu.tests

import jp.warifu.BootId
import jp.warifu.DeviceClock
import jp.warifu.DeviceTime
import jp.warifu.HttpTransport
import jp.warifu.Token
import jp.warifu.testing.FakeClock
import jp.warifu.testing.FakeHttpTransport
import jp.warifu.testing.FakeKeyProtector
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Runnable
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.test.StandardTestDispatcher
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runTest
import java.io.File
import kotlin.coroutines.CoroutineContext
import kotlin.time.Duration
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds

/** Both clocks go with virtual time; [ahead] is how far the process was frozen, which no delay counted. */
class VirtualClock(private val test: TestScope) : DeviceClock {
    var ahead: Duration = Duration.ZERO

    /** How far a person set the wall clock from what it said. */
    var set: Duration = Duration.ZERO
    var reads = 0
    var onRead: () -> Unit = {}
    var onMade: () -> Unit = {}

    override val wallClockChanges = MutableSharedFlow<Unit>()

    override fun now(): DeviceTime {
        reads++
        onRead()
        return peek()
    }

    /** For the test itself: nothing is frozen here. */
    fun peek(): DeviceTime {
        val passed = test.currentTime.milliseconds + ahead
        return DeviceTime(FakeClock.START + passed + set, 2.hours + passed, BootId.ofCount(1))
    }
}

/** A token on a device whose clocks are the test's scheduler's. */
fun virtually(test: suspend TestScope.(Token, VirtualClock) -> Unit) = withFolder { folder ->
    virtually(File(folder, "token.warifu"), FakeHttpTransport(), emptyList(), test)
}

fun virtually(
    file: File,
    http: HttpTransport,
    timeHosts: List<String>,
    test: suspend TestScope.(Token, VirtualClock) -> Unit,
) = runTest {
    val clock = VirtualClock(this)
    val dispatcher = Threads(StandardTestDispatcher(testScheduler)) { clock.onMade() }
    Token.createOnDevice(file, clock, FakeKeyProtector(), http, timeHosts, dispatcher).use { test(it, clock) }
}

/** The threads on which screens are made: [after] comes when one is made and has not come back yet. */
private class Threads(private val inner: CoroutineDispatcher, private val after: () -> Unit) : CoroutineDispatcher() {
    override fun dispatch(context: CoroutineContext, block: Runnable) {
        inner.dispatch(context) {
            block.run()
            after()
        }
    }
}
