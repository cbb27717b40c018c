package jp.warifu.tests

import jp.warifu.NewSlot
import jp.warifu.PinHardware
import jp.warifu.Token
import jp.warifu.testing.FakeClock
import jp.warifu.testing.FakeKeyProtector
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import java.io.File
import kotlin.time.Duration.Companion.seconds

/** What a test has of a device: clocks, a key store, and a folder of its own. */
abstract class Device {
    protected val clock = FakeClock()
    protected val keys = FakeKeyProtector()

    protected fun onDevice(test: suspend CoroutineScope.(Token) -> Unit) = inFolder { file ->
        Token.createOnDevice(file, clock, keys).use { test(it) }
    }

    protected fun inFolder(test: suspend CoroutineScope.(File) -> Unit) = withFolder { folder ->
        runBlocking(Dispatchers.Default) { withTimeout(120.seconds) { test(File(folder, "token.warifu")) } }
    }

    protected fun pin(limit: Int = 6) = NewSlot.Pin(secret("2580"), PinHardware.MAC, limit, QUICK)
}
