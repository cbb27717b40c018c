package jp.warifu.tests

import jp.warifu.NewSlot
import jp.warifu.Token
import jp.warifu.Unlock
import jp.warifu.WarifuException
import jp.warifu.testing.FakeKeyProtector.Errand
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import java.util.concurrent.atomic.AtomicInteger
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds

/** What ends while it waits: for a prompt, for Argon2, for its turn. */
class CancellationTest : Device() {
    @Test
    fun `a cancelled unlock cancels its prompt and leaves the token locked`() = onDevice { token ->
        token.lock()
        val (asked, ended) = CompletableDeferred<Errand>() to CompletableDeferred<Unit>()
        keys.onErrand = {
            asked.complete(it)
            try {
                awaitCancellation()
            } finally {
                ended.complete(Unit)
            }
        }
        val unlock = launch { token.unlock(Unlock.Device) }
        assertEquals(Errand.UNWRAP, asked.await())
        unlock.cancelAndJoin()
        ended.await()
        assertFalse(token.isUnlocked)
        keys.onErrand = {}
        token.unlock(Unlock.Device)
    }

    @Test
    fun `an unlock that is cancelled while argon2 runs leaves the token locked`() = inFolder { file ->
        Token.create(file, secret("correct horse battery"), clock, keys).use { token ->
            token.lock()
            for (pause in 0..4) {
                val unlock = launch(start = CoroutineStart.UNDISPATCHED) {
                    token.unlock(Unlock.Passphrase(secret("correct horse battery")))
                    assertTrue(false, "it was not cancelled")
                }
                delay((10 * pause).milliseconds)
                unlock.cancelAndJoin()
                assertFalse(token.isUnlocked)
            }
            token.unlock(Unlock.Passphrase(secret("correct horse battery")))
            assertTrue(token.isUnlocked)
        }
    }

    @Test
    fun `a cancelled unlock of an unlocked token leaves it unlocked`() = inFolder { file ->
        Token.create(file, secret("correct horse battery"), clock, keys).use { token ->
            val unlock = launch(start = CoroutineStart.UNDISPATCHED) {
                token.unlock(Unlock.Passphrase(secret("correct horse battery")))
            }
            delay(10.milliseconds)
            unlock.cancelAndJoin()
            assertTrue(token.isUnlocked)
        }
    }

    @Test
    fun `a newer unlock takes the older's prompt off the screen`() = onDevice { token ->
        token.slots.set(NewSlot.Biometric)
        token.slots.set(pin())
        token.lock()
        val (asked, ended) = CompletableDeferred<Unit>() to CompletableDeferred<Unit>()
        keys.onErrand = {
            keys.onErrand = {}
            asked.complete(Unit)
            try {
                awaitCancellation()
            } finally {
                ended.complete(Unit)
            }
        }
        val older = async { runCatching { token.unlock(Unlock.Biometric) } }
        asked.await()
        token.unlock(Unlock.Pin(secret("2580")))
        ended.await()
        val superseded = assertIs<WarifuException.Superseded>(older.await().exceptionOrNull())
        assertEquals("W-121", superseded.supportCode)
        assertTrue(token.isUnlocked)
    }

    @Test
    fun `a lock and a close take a prompt off the screen`() {
        val ways = mapOf<String, (Token) -> Unit>("lock" to { it.lock() }, "close" to { it.close() })
        for ((name, way) in ways) {
            onDevice { token ->
                token.lock()
                val asked = CompletableDeferred<Unit>()
                keys.onErrand = {
                    asked.complete(Unit)
                    awaitCancellation()
                }
                val unlock = async { runCatching { token.unlock(Unlock.Device) } }
                asked.await()
                way(token)
                assertIs<WarifuException>(unlock.await().exceptionOrNull(), name)
                keys.onErrand = {}
            }
        }
    }

    @Test
    fun `a key store is never entered twice at once even if it ignores a cancellation`() = inFolder { file ->
        val (inside, most) = AtomicInteger() to AtomicInteger()
        keys.onErrand = {
            most.accumulateAndGet(inside.incrementAndGet(), ::maxOf)
            withContext(NonCancellable) { delay(5.milliseconds) }
            inside.decrementAndGet()
        }
        Token.createOnDevice(file, clock, keys).use { token ->
            token.slots.set(pin())
            val calls = List(30) { number ->
                launch {
                    runCatching {
                        when (number % 3) {
                            0 -> token.unlock(Unlock.Device)
                            1 -> token.slots.set(pin())
                            else -> token.anchor()
                        }
                    }
                }
            }
            calls.forEachIndexed { number, call ->
                delay(2.milliseconds)
                if (number % 4 == 0) call.cancel()
            }
            calls.joinAll()
            token.unlock(Unlock.Device)
        }
        assertEquals(1, most.get())
        assertEquals(0, inside.get())
    }
}
