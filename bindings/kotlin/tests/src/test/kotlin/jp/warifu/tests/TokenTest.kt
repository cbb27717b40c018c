package jp.warifu.tests

import jp.warifu.KeyName
import jp.warifu.KeyProtector
import jp.warifu.KeyRefusal
import jp.warifu.LockStatus
import jp.warifu.NewSlot
import jp.warifu.PinHardware
import jp.warifu.RequestId
import jp.warifu.SecretBytes
import jp.warifu.SlotKind
import jp.warifu.Token
import jp.warifu.Unlock
import jp.warifu.WarifuException
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import java.io.File
import java.util.Collections
import java.util.concurrent.Executors
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotEquals
import kotlin.test.assertNull
import kotlin.test.assertSame
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds

/** What the layer adds to the core: its threads, its loop, closing. */
class TokenTest : Device() {
    // ---- A key store that does what none should. ----

    @Test
    fun `whatever a key store throws is unavailable and becomes the cause`() = onDevice { token ->
        for (thrown in listOf(IllegalStateException("no"), AssertionError("no"), StackOverflowError())) {
            token.lock()
            keys.throwNext(thrown)
            val refused = assertFailsWith<WarifuException.KeyStoreRefused> { token.unlock(Unlock.Device) }
            assertEquals(KeyRefusal.UNAVAILABLE, refused.why)
            assertEquals("W-136", refused.supportCode)
            assertSame(thrown, refused.cause)
            assertFalse(token.isUnlocked)
        }
        token.unlock(Unlock.Device)
    }

    @Test
    fun `a key store's own time limit is its failure and no cancellation`() = onDevice { token ->
        token.lock()
        keys.onErrand = { withTimeout(1.milliseconds) { awaitCancellation() } }
        val refused = assertFailsWith<WarifuException.KeyStoreRefused> { token.unlock(Unlock.Device) }
        assertIs<CancellationException>(refused.cause)
    }

    @Test
    fun `a refusal has no cause`() = onDevice { token ->
        token.lock()
        keys.refuseNext(KeyRefusal.LOCKED_OUT)
        val refused = assertFailsWith<WarifuException.KeyStoreRefused> { token.unlock(Unlock.Device) }
        assertEquals(KeyRefusal.LOCKED_OUT, refused.why)
        assertNull(refused.cause)
    }

    // ---- Many at once. ----

    @Test
    fun `a hundred coroutines add at once and none is lost`() = onDevice { token ->
        withContext(Dispatchers.Default) {
            List(100) { async { token.entries.add(totp("$it", seedOf(it))) } }.awaitAll()
        }
        assertEquals(List(100) { "$it" }.toSet(), token.entries.list().map { it.names.account }.toSet())
        assertEquals(100, token.screen().cards.size)
    }

    @Test
    fun `of a hundred unlocks at once the newest opens and the others are told`() = onDevice { token ->
        token.lock()
        val outcomes = withContext(Dispatchers.Default) {
            List(100) { async { runCatching { token.unlock(Unlock.Device) } } }.awaitAll()
        }
        assertTrue(token.isUnlocked)
        assertTrue(outcomes.any { it.isSuccess })
        outcomes.mapNotNull { it.exceptionOrNull() }.forEach { assertIs<WarifuException.Superseded>(it) }
    }

    @Test
    fun `a hundred presses of a button give a hundred codes and a press twice the same`() = onDevice { token ->
        val id = token.entries.add(hotp()).id
        val requests = List(50) { RequestId.random() }
        val codes = withContext(Dispatchers.Default) {
            (requests + requests).map { async { it to token.entries.advance(id, it) } }.awaitAll()
        }
        // A press that another overtook gets a new code when it comes again; no code is shown for two presses.
        codes.groupBy { it.second }.values.forEach { shown -> assertEquals(1, shown.map { it.first }.distinct().size) }
    }

    @Test
    fun `a press that is repeated gives its code again until a newer one`() = onDevice { token ->
        val id = token.entries.add(hotp()).id
        val (first, second) = RequestId.random() to RequestId.random()
        val code = token.entries.advance(id, first)
        assertEquals(code, token.entries.advance(id, first))
        val next = token.entries.advance(id, second)
        assertNotEquals(code, next)
        assertEquals(next, token.entries.advance(id, second))
    }

    @Test
    fun `all kinds of calls at once end each in a result or a typed error`() = onDevice { token ->
        token.slots.set(pin())
        val calls: List<suspend () -> Any> = listOf(
            { token.screen() },
            { token.unlock(Unlock.Device) },
            { token.unlock(Unlock.Pin(secret("2580"))) },
            { token.lock() },
            { token.entries.list() },
            { token.slots.set(NewSlot.Biometric) },
            { token.refresh() },
            { token.anchor() },
            { token.lockedSlots() },
        )
        val ended = withContext(Dispatchers.Default) {
            List(99) { async { runCatching { calls[it % calls.size]() } } }.awaitAll()
        }
        val allowed =
            setOf(WarifuException.Locked::class, WarifuException.Superseded::class, WarifuException.Changed::class)
        ended.mapNotNull { it.exceptionOrNull() }.forEach { assertTrue(it::class in allowed, "$it") }
        token.unlock(Unlock.Pin(secret("2580")))
        assertTrue(token.isUnlocked)
    }

    // ---- The main thread. ----

    @Test
    fun `the calling thread is free while argon2 runs`() = withFolder { folder ->
        Executors.newSingleThreadExecutor().asCoroutineDispatcher().use { main ->
            runBlocking(main) {
                val making = launch(start = CoroutineStart.UNDISPATCHED) {
                    val passphrase = secret("correct horse battery")
                    Token.create(File(folder, "token.warifu"), passphrase, clock).close()
                }
                // This thread has come back from the call, and goes on to be there for others.
                repeat(10) { withContext(Dispatchers.Default) {} }
                assertTrue(making.isActive)
                making.join()
            }
        }
    }

    @Test
    fun `a screen does not wait for unlocks`() = inFolder { file ->
        Token.create(file, secret("correct horse battery"), clock, keys).use { token ->
            token.lock()
            val unlocks = List(8) { async { token.unlock(Unlock.Passphrase(secret("correct horse battery"))) } }
            assertEquals(LockStatus.LOCKED, token.screen().lock)
            assertTrue(unlocks.any { it.isActive })
            unlocks.awaitAll()
        }
    }

    // ---- Closing. ----

    @Test
    fun `after a close every use is a typed error`() = onDevice { token ->
        val id = token.entries.add(totp()).id
        val slot = token.slots.list().single().id
        token.close()
        token.close()
        val uses: List<suspend () -> Any> = listOf(
            { token.isUnlocked },
            { token.lock() },
            { token.screen() },
            { token.screens().collect {} },
            { token.unlock(Unlock.Device) },
            { token.unlock(Unlock.Passphrase(secret("correct horse battery"))) },
            { token.refresh() },
            { token.anchor() },
            { token.marker() },
            { token.lockedSlots() },
            { token.entries.list() },
            { token.entries.add(totp("0003", seedOf(3))) },
            { token.entries.rename(id, "Bank", null) },
            { token.entries.remove(id) },
            { token.entries.advance(id, RequestId.random()) },
            { token.slots.list() },
            { token.slots.keptKeys() },
            { token.slots.set(NewSlot.Device) },
            { token.slots.remake(slot) },
            { token.slots.remove(slot) },
            { token.slots.changePassphrase(secret("a"), secret("b")) },
        )
        for ((number, use) in uses.withIndex()) {
            val closed = assertFailsWith<WarifuException.Closed>("use $number") { use() }
            assertNull(closed.supportCode)
        }
    }

    @Test
    fun `calls that are under way when a token closes end in a typed error or as they would`() = inFolder { file ->
        Token.createOnDevice(file, clock, keys).close()
        repeat(20) { round ->
            val token = Token.open(file, clock, keys)
            val calls = List(20) {
                async {
                    runCatching { if (it % 2 == 0) token.unlock(Unlock.Device) else token.screen() }
                }
            }
            delay((round / 4).milliseconds)
            token.close()
            calls.awaitAll().mapNotNull { it.exceptionOrNull() }.forEach { assertIs<WarifuException>(it) }
        }
    }

    // ---- Other processes. ----

    @Test
    fun `while another process holds the file a change is busy and the screen goes on`() = inFolder { file ->
        Token.createOnDevice(file, clock, keys).use { token ->
            val other = ProcessBuilder("flock", "--exclusive", "$file.lock", "sh", "-c", "echo held; cat").start()
            assertEquals("held", other.inputReader().readLine())
            val add = async { runCatching { token.entries.add(totp()) } }
            assertEquals(LockStatus.UNLOCKED, token.screen().lock)
            val busy = assertIs<WarifuException.Busy>(add.await().exceptionOrNull())
            assertEquals("W-114", busy.supportCode)
            assertTrue(token.entries.list().isEmpty())
            other.outputStream.close()
            assertEquals(0, other.waitFor())
            token.entries.add(totp())
        }
    }

    // ---- Secrets. ----

    @Test
    fun `a call wipes what it was given whatever becomes of it`() = onDevice { token ->
        val given = Collections.synchronizedList(ArrayList<SecretBytes>())
        fun given(text: String) = secret(text).also(given::add)
        token.entries.add(totp().also(given::add))
        runCatching { token.entries.add(given("otpauth://totp/x?secret=AAAA")) }
        token.slots.set(NewSlot.Pin(given("2580"), PinHardware.MAC, 6, QUICK))
        runCatching { token.slots.set(NewSlot.Pin(given("1111"), PinHardware.MAC, 6, QUICK)) }
        token.slots.set(NewSlot.Passphrase(given("correct horse battery"), QUICK))
        token.slots.changePassphrase(given("correct horse battery"), given("another horse"), QUICK)
        token.lock()
        runCatching { token.unlock(Unlock.Pin(given("1470"))) }
        token.unlock(Unlock.Pin(given("2580")))
        token.unlock(Unlock.Passphrase(given("another horse")))
        runCatching { Token.preview(given("otpauth://totp/x?secret=AAAA")) }
        token.close()
        runCatching { token.unlock(Unlock.Pin(given("2580"))) }
        runCatching { token.entries.add(given("otpauth://totp/x?secret=AAAA")) }
        assertEquals(13, given.size)
        assertTrue(given.all { it.size == 0 }, "$given")
    }

    @Test
    fun `what the key store was shown is wiped once it has answered`() = inFolder { file ->
        val shown = ArrayList<SecretBytes>()
        val recording = object : KeyProtector by keys {
            override suspend fun wrap(key: KeyName, plaintext: SecretBytes) = keys.wrap(key, plaintext.also(shown::add))

            override suspend fun unwrap(key: KeyName, wrapped: ByteArray) = keys.unwrap(key, wrapped).also(shown::add)

            override suspend fun mac(key: KeyName, message: SecretBytes) =
                keys.mac(key, message.also(shown::add)).also(shown::add)
        }
        Token.createOnDevice(file, clock, recording).use { token ->
            token.slots.set(pin())
            token.lock()
            token.unlock(Unlock.Pin(secret("2580")))
            assertTrue(token.lockedSlots().any { it.kind == SlotKind.Pin })
        }
        assertTrue(shown.size > 5)
        assertTrue(shown.all { it.size == 0 }, "$shown")
    }
}
