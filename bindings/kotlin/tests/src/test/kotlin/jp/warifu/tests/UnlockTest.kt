package jp.warifu.tests

import jp.warifu.KeyName
import jp.warifu.KeyProtector
import jp.warifu.KeyRefusal
import jp.warifu.KeyRefusedException
import jp.warifu.NewSlot
import jp.warifu.SecretBytes
import jp.warifu.Token
import jp.warifu.Unlock
import jp.warifu.WarifuException
import jp.warifu.testing.FakeKeyProtector.Errand
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineExceptionHandler
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancel
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** Of unlocks that are cancelled, or overtaken, at any moment: who is told what, and what stays open. */
class UnlockTest : Device() {
    private val passphrase = "correct horse battery"

    /** The next errand of the kind is held until it is cancelled. */
    private fun hold(errand: Errand): CompletableDeferred<Unit> {
        val asked = CompletableDeferred<Unit>()
        keys.onErrand = {
            if (it == errand) {
                keys.onErrand = {}
                asked.complete(Unit)
                awaitCancellation()
            }
        }
        return asked
    }

    /** A key that the store did not delete: an unlock tries that again, with the vault open already. */
    private suspend fun Token.keepAKey() {
        slots.set(pin())
        keys.onErrand = { if (it == Errand.DELETE) throw KeyRefusedException(KeyRefusal.UNAVAILABLE) }
        slots.set(pin())
        assertTrue(slots.keptKeys() > 0)
        lock()
    }

    // ---- The vault is open before the last errand. ----

    @Test
    fun `an unlock that is cancelled at its last errand leaves the token locked`() = onDevice { token ->
        token.keepAKey()
        val asked = hold(Errand.DELETE)
        val unlock = launch { token.unlock(Unlock.Device) }
        asked.await()
        assertTrue(token.isUnlocked)
        unlock.cancelAndJoin()
        assertFalse(token.isUnlocked)
    }

    @Test
    fun `a newer unlock that fails leaves nothing open of one that it overtook`() = onDevice { token ->
        token.keepAKey()
        val asked = hold(Errand.DELETE)
        val older = async { runCatching { token.unlock(Unlock.Device) } }
        asked.await()
        assertFailsWith<WarifuException.WrongPin> { token.unlock(Unlock.Pin(secret("1470"))) }
        assertIs<WarifuException.Superseded>(older.await().exceptionOrNull())
        assertFalse(token.isUnlocked)
    }

    // ---- A key store that says in its own words that its prompt was cancelled. ----

    /** What a store's `catch (e: Exception) { throw … }` makes of a cancellation. */
    private fun holdAndWrap(): CompletableDeferred<Unit> {
        val asked = CompletableDeferred<Unit>()
        keys.onErrand = {
            keys.onErrand = {}
            asked.complete(Unit)
            try {
                awaitCancellation()
            } catch (cancelled: CancellationException) {
                throw IllegalStateException("the prompt failed", cancelled)
            }
        }
        return asked
    }

    @Test
    fun `a wrapped cancellation of a lock or a newer unlock is a typed error`() = onDevice { token ->
        val ends = mapOf<suspend () -> Unit, String>(
            suspend { token.lock() } to "W-101",
            suspend { token.unlock(Unlock.Device).let {} } to "W-121",
        )
        for ((end, code) in ends) {
            token.lock()
            val asked = holdAndWrap()
            val older = async { runCatching { token.unlock(Unlock.Device) } }
            asked.await()
            end()
            assertEquals(code, assertIs<WarifuException>(older.await().exceptionOrNull()).supportCode)
        }
    }

    @Test
    fun `a wrapped cancellation of the caller is a cancellation`() = onDevice { token ->
        token.lock()
        val asked = holdAndWrap()
        val uncaught = CopyOnWriteArrayList<Throwable>()
        val handler = CoroutineExceptionHandler { _, thrown -> uncaught += thrown }
        val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default + handler)
        val thrown = CompletableDeferred<Throwable?>()
        val unlock = scope.launch {
            try {
                token.unlock(Unlock.Device)
                thrown.complete(null)
            } catch (ended: Throwable) {
                thrown.complete(ended)
                throw ended
            }
        }
        asked.await()
        unlock.cancelAndJoin()
        assertIs<CancellationException>(thrown.await())
        assertTrue(uncaught.isEmpty(), "$uncaught")
        scope.cancel()
    }

    // ---- Waits. ----

    @Test
    fun `a wait for a PIN's next try ends with a lock or a newer unlock and the PIN is wiped`() = onDevice { token ->
        token.slots.set(pin(limit = 20))
        val ends = mapOf<suspend () -> Unit, String>(
            suspend { token.lock() } to "W-101",
            suspend { token.unlock(Unlock.Device).let {} } to "W-121",
        )
        for ((end, code) in ends) {
            token.lock()
            do {
                val wrong = assertFailsWith<WarifuException.WrongPin> { token.unlock(Unlock.Pin(secret("1470"))) }
            } while (!wrong.wait.isPositive())
            val typed = secret("2580")
            val waiting = async { runCatching { token.unlock(Unlock.Pin(typed)) } }
            while (typed.size > 0) delay(1.milliseconds)
            delay(50.milliseconds)
            assertTrue(waiting.isActive)
            end()
            val ended = withTimeout(10.seconds) { waiting.await() }
            assertEquals(code, assertIs<WarifuException>(ended.exceptionOrNull()).supportCode)
            // The clock stands still: what it waited for is over for the next round.
            clock.advance(3600.seconds)
        }
    }

    @Test
    fun `a wait is told instead where nobody wants to wait and costs no try`() = onDevice { token ->
        token.slots.set(pin(limit = 6))
        token.lock()
        var wrong = wrongPin(token)
        while (!wrong.wait.isPositive()) wrong = wrongPin(token)
        val typed = secret("2580")
        val told = assertFailsWith<WarifuException.PinMustWait> { token.unlock(Unlock.Pin(typed, waits = false)) }
        assertEquals(wrong.wait, told.wait)
        assertEquals(0, typed.size)
        clock.advance(10.seconds)
        repeat(3) {
            val again = assertFailsWith<WarifuException.PinMustWait> { token.unlock(Unlock.Pin(secret("1470"), false)) }
            assertEquals(wrong.wait - 10.seconds, again.wait)
        }
        clock.advance(wrong.wait - 10.seconds)
        assertEquals(wrong.triesLeft - 1, wrongPin(token).triesLeft)
        assertFalse(token.isUnlocked)
        clock.advance(3600.seconds)
        token.unlock(Unlock.Pin(secret("2580"), waits = false))
        assertTrue(token.isUnlocked)
    }

    private suspend fun wrongPin(token: Token) =
        assertFailsWith<WarifuException.WrongPin> { token.unlock(Unlock.Pin(secret("1470"), waits = false)) }

    // ---- Of several at once. ----

    @Test
    fun `a cancelled unlock does not lock what a newer one opened`() = onDevice { token ->
        token.slots.set(NewSlot.Passphrase(secret(passphrase)))
        token.lock()
        val older = launch { token.unlock(Unlock.Passphrase(secret(passphrase))) }
        delay(10.milliseconds)
        older.cancel()
        token.unlock(Unlock.Device)
        older.join()
        assertTrue(token.isUnlocked)
    }

    @Test
    fun `a cancelled unlock that opens after a newer one has failed leaves the token locked`() = onDevice { token ->
        token.slots.set(NewSlot.Passphrase(secret(passphrase)))
        token.lock()
        val older = launch { token.unlock(Unlock.Passphrase(secret(passphrase))) }
        delay(10.milliseconds)
        older.cancel()
        keys.refuseNext(KeyRefusal.CANCELLED)
        assertFailsWith<WarifuException.KeyStoreRefused> { token.unlock(Unlock.Device) }
        older.join()
        assertFalse(token.isUnlocked)
    }

    @Test
    fun `a passphrase takes an older unlock's prompt off the screen`() = onDevice { token ->
        token.slots.set(NewSlot.Passphrase(secret(passphrase), QUICK))
        token.lock()
        val asked = hold(Errand.UNWRAP)
        val older = async { runCatching { token.unlock(Unlock.Device) } }
        asked.await()
        token.unlock(Unlock.Passphrase(secret(passphrase)))
        val ended = withTimeout(10.seconds) { older.await() }
        assertIs<WarifuException.Superseded>(ended.exceptionOrNull())
        assertTrue(token.isUnlocked)
    }

    // ---- Secrets of what was cancelled. ----

    @Test
    fun `what a key store answers to a cancelled call is wiped`() = inFolder { file ->
        val answered = CopyOnWriteArrayList<SecretBytes>()
        val (asked, go) = CompletableDeferred<Unit>() to CompletableDeferred<Unit>()
        val stubborn = object : KeyProtector by keys {
            override suspend fun unwrap(key: KeyName, wrapped: ByteArray): SecretBytes = withContext(NonCancellable) {
                asked.complete(Unit)
                go.await()
                keys.unwrap(key, wrapped).also(answered::add)
            }
        }
        Token.createOnDevice(file, clock, stubborn).use { token ->
            token.lock()
            val unlock = async { runCatching { token.unlock(Unlock.Device) } }
            asked.await()
            token.lock()
            go.complete(Unit)
            assertIs<WarifuException.Locked>(unlock.await().exceptionOrNull())
            assertEquals(listOf(0), answered.map { it.size })
        }
    }

    @Test
    fun `a call that was cancelled before it began wipes what it was given`() = inFolder { file ->
        val given = secret(passphrase)
        launch {
            cancel()
            Token.create(file, given, clock)
        }.join()
        assertEquals(0, given.size)
        assertFalse(file.exists())
    }
}
