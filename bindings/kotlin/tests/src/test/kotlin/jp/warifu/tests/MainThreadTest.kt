package jp.warifu.tests

import jp.warifu.KeyName
import jp.warifu.KeyProtector
import jp.warifu.NewSlot
import jp.warifu.PinHardware
import jp.warifu.RequestId
import jp.warifu.SecretBytes
import jp.warifu.Token
import jp.warifu.Unlock
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.Executors
import kotlin.test.Test
import kotlin.test.assertNotEquals
import kotlin.test.assertTrue

/** What a thread reads and writes, as Linux counts it for each: the calling thread none of the vault. */
class MainThreadTest : Device() {
    @Test
    fun `the calling thread reads and writes no file`() = withFolder { folder ->
        Executors.newSingleThreadExecutor().asCoroutineDispatcher().use { main ->
            runBlocking(main) {
                // The thread loads a class from its file where it first needs one; once all are there, it reads nothing.
                val rounds = (1..ROUNDS).map { round ->
                    val before = ofThisThread()
                    live(File(folder, "$round.warifu"))
                    before == ofThisThread()
                }
                assertTrue(rounds.any { it }, "$rounds")
            }
        }
    }

    /** Or the test above would see nothing. */
    @Test
    fun `a file that is read or written is counted`() = withFolder { folder ->
        Executors.newSingleThreadExecutor().asCoroutineDispatcher().use { main ->
            runBlocking(main) {
                val file = File(folder, "file")
                val before = ofThisThread()
                file.writeText("a")
                val written = ofThisThread()
                assertNotEquals(before, written)
                file.readText()
                assertNotEquals(written, ofThisThread())
            }
        }
    }

    private suspend fun live(file: File) {
        Token.create(file, secret(PASSPHRASE), clock, Elsewhere(keys), cost = QUICK).use { token ->
            val id = token.entries.add(totp()).id
            val counted = token.entries.add(hotp()).id
            token.entries.rename(id, "Another Bank", null)
            token.entries.advance(counted, RequestId("0123456789abcdef".repeat(2)))
            token.entries.remove(id)
            token.slots.set(NewSlot.Pin(secret("2580"), PinHardware.MAC, TRIES, QUICK))
            token.slots.changePassphrase(secret(PASSPHRASE), secret(PASSPHRASE), QUICK)
            token.anchor()
            token.screen()
            token.lock()
            token.lockedSlots()
            token.unlock(Unlock.Pin(secret("2580")))
            token.lock()
            token.unlock(Unlock.Passphrase(secret(PASSPHRASE)))
            token.refresh()
            token.enrolment.discard()
        }
        Token.open(file, clock, Elsewhere(keys)).close()
    }

    /** The count is read by another thread, since reading it counts. */
    private suspend fun ofThisThread(): List<String> {
        val thread = Files.readSymbolicLink(Path.of("/proc/thread-self"))
        return withContext(Dispatchers.IO) { Files.readAllLines(Path.of("/proc").resolve(thread).resolve("io")) }
            .filter { it.startsWith("rchar") || it.startsWith("wchar") }
    }

    /** This key store reads the system's randomness, which is no matter here. */
    private class Elsewhere(private val keys: KeyProtector) : KeyProtector by keys {
        override suspend fun wrap(key: KeyName, plaintext: SecretBytes) =
            withContext(Dispatchers.IO) { keys.wrap(key, plaintext) }

        override suspend fun mac(key: KeyName, message: SecretBytes) =
            withContext(Dispatchers.IO) { keys.mac(key, message) }
    }

    private companion object {
        const val PASSPHRASE = "correct horse battery"
        const val TRIES = 5
        const val ROUNDS = 6
    }
}
