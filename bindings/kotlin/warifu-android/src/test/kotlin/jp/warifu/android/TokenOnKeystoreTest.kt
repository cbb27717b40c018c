package jp.warifu.android

import android.content.Context
import jp.warifu.BindingLevel
import jp.warifu.Face
import jp.warifu.KdfCost
import jp.warifu.KeyRefusal
import jp.warifu.NewSlot
import jp.warifu.PinHardware
import jp.warifu.SecretBytes
import jp.warifu.SlotKind
import jp.warifu.Token
import jp.warifu.Unlock
import jp.warifu.WarifuException
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import java.io.File

/** The real core on Android's key store and clocks. */
@RunWith(RobolectricTestRunner::class)
@Config(shadows = [PromptShadow::class])
class TokenOnKeystoreTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val context: Context = RuntimeEnvironment.getApplication()
    private val keys by lazy { KeystoreKeyProtector(context, BiometricPrompts(context) { PromptText("$it", "no") }) }
    private val clock by lazy { AndroidDeviceClock(context) }
    private val file by lazy { File(folder.root, "token.warifu") }

    @Before
    fun aNewPhone() {
        FakeAndroidKeyStore.install()
        Person.comes()
    }

    private fun link() =
        SecretBytes("otpauth://totp/Example%20Bank:0001?secret=$SECRET&issuer=Example%20Bank".toByteArray())

    private fun pin(digits: String) = SecretBytes(digits.toByteArray())

    private fun newPin(digits: String = "274951", limit: Int = 6) =
        NewSlot.Pin(pin(digits), PinHardware.MAC, limit, KdfCost(memoryKib = 64, passes = 1, lanes = 1))

    private suspend fun codes(token: Token) = token.screen().cards.map { (it.face as Face.Totp).code.digits().length }

    private suspend fun withoutDevice(token: Token) =
        token.slots.remove(token.slots.list().single { it.kind == SlotKind.Device }.id)

    private inline fun <reified T : Throwable> thrown(crossinline work: suspend () -> Unit): T =
        assertThrows(T::class.java) { runBlocking { work() } }

    @Test
    fun `a token is opened by the device that made it, and has its codes`() = runBlocking<Unit> {
        Token.createOnDevice(file, clock, keys).use { it.entries.add(link()) }
        assertEquals(BindingLevel.HARDWARE, keys.bindingLevel())
        Token.open(file, clock, keys).use { token ->
            assertFalse(token.isUnlocked)
            token.unlock(Unlock.Device)
            assertEquals(listOf(6), codes(token))
        }
    }

    @Test
    fun `a PIN opens, is counted, and waits for nobody's file`() = runBlocking<Unit> {
        Token.createOnDevice(file, clock, keys).use { token ->
            token.entries.add(link())
            token.slots.set(newPin(limit = 3))
            withoutDevice(token)
        }
        val before = file.readBytes()
        Token.open(file, clock, keys).use { token ->
            val wrong = thrown<WarifuException.WrongPin> { token.unlock(Unlock.Pin(pin("111222"))) }
            assertEquals(2, wrong.triesLeft)
            token.unlock(Unlock.Pin(pin("274951")))
            assertEquals(listOf(6), codes(token))
        }
        // Whoever puts the file back from before the tries has no more of them: the key of that count is gone.
        file.writeBytes(before)
        Token.open(file, clock, keys).use { token ->
            thrown<WarifuException> { token.unlock(Unlock.Pin(pin("274951"))) }
            assertFalse(token.isUnlocked)
        }
    }

    @Test
    fun `after the last try the PIN's keys are gone`() = runBlocking<Unit> {
        Token.createOnDevice(file, clock, keys).use { it.slots.set(newPin(limit = 2)) }
        Token.open(file, clock, keys).use { token ->
            val before = FakeAndroidKeyStore.keys.size
            thrown<WarifuException.WrongPin> { token.unlock(Unlock.Pin(pin("111222"))) }
            thrown<WarifuException> { token.unlock(Unlock.Pin(pin("111222"))) }
            thrown<WarifuException.PinDestroyed> { token.unlock(Unlock.Pin(pin("274951"))) }
            assertTrue(FakeAndroidKeyStore.keys.size < before)
            token.unlock(Unlock.Device)
        }
    }

    @Test
    fun `a vault that is given up leaves no key behind, and the app's own stay`() = runBlocking<Unit> {
        Token.createOnDevice(file, clock, keys).use { token ->
            token.slots.set(newPin())
            token.slots.set(NewSlot.Biometric)
            token.anchor()
        }
        val first = FakeAndroidKeyStore.keys.keys.toSet()
        assertTrue(first.any { "anchor" in it } && first.size > 3)
        FakeAndroidKeyStore.keys["not.warifu.1"] = FakeAndroidKeyStore.keys.values.first()
        keys.deleteAll()
        file.delete()
        assertEquals(setOf("not.warifu.1"), FakeAndroidKeyStore.keys.keys.toSet())
        Token.createOnDevice(file, clock, keys).use { it.entries.add(link()) }
        assertTrue("another vault has other names", FakeAndroidKeyStore.keys.keys.none { it in first })
        Token.open(file, clock, keys).use { token ->
            token.unlock(Unlock.Device)
            assertEquals(listOf(6), codes(token))
        }
    }

    @Test
    fun `a finger opens, and adding it asked for it`() = runBlocking<Unit> {
        Token.createOnDevice(file, clock, keys).use { token ->
            token.entries.add(link())
            token.slots.set(NewSlot.Biometric)
        }
        Token.open(file, clock, keys).use { token ->
            token.unlock(Unlock.Biometric)
            assertEquals(listOf(6), codes(token))
        }
        assertEquals(listOf("ADD", "UNLOCK"), Person.saw.map { it.title() })
    }

    @Test
    fun `who does not show the finger adds none, and opens nothing`() = runBlocking<Unit> {
        Token.createOnDevice(file, clock, keys).use { token ->
            Person.does = Prompt::pressButton
            val refused = thrown<WarifuException.KeyStoreRefused> { token.slots.set(NewSlot.Biometric) }
            assertEquals(KeyRefusal.CANCELLED, refused.why)
            assertEquals(listOf(SlotKind.Device), token.slots.list().map { it.kind })
            Person.does = Prompt::showFinger
            token.slots.set(NewSlot.Biometric)
            token.lock()
            Person.does = { it.end(android.hardware.biometrics.BiometricPrompt.BIOMETRIC_ERROR_LOCKOUT) }
            val locked = thrown<WarifuException.KeyStoreRefused> { token.unlock(Unlock.Biometric) }
            assertEquals(KeyRefusal.LOCKED_OUT, locked.why)
            assertFalse(token.isUnlocked)
        }
    }

    @Test
    fun `a new finger opens nothing, the PIN still does, and the finger is then added anew`() = runBlocking<Unit> {
        Token.createOnDevice(file, clock, keys).use { token ->
            token.slots.set(newPin())
            token.slots.set(NewSlot.Biometric)
            withoutDevice(token)
        }
        FakeAndroidKeyStore.changeBiometrics()
        Token.open(file, clock, keys).use { token ->
            thrown<WarifuException.KeyInvalidated> { token.unlock(Unlock.Biometric) }
            token.unlock(Unlock.Pin(pin("274951")))
            token.slots.set(NewSlot.Biometric)
            token.lock()
            token.unlock(Unlock.Biometric)
        }
    }

    @Test
    fun `a file on another phone says that it was restored there`() = runBlocking<Unit> {
        Token.createOnDevice(file, clock, keys).close()
        FakeAndroidKeyStore.loseEverything()
        Token.open(file, clock, keys).use { token ->
            thrown<WarifuException.RestoredOnAnotherDevice> { token.unlock(Unlock.Device) }
        }
    }

    @Test
    fun `an older file is noticed`() = runBlocking<Unit> {
        Token.createOnDevice(file, clock, keys).use { token ->
            val before = file.readBytes()
            token.entries.add(link())
            token.anchor()
            token.lock()
            file.writeBytes(before)
        }
        Token.open(file, clock, keys).use { token ->
            thrown<WarifuException.RolledBack> { token.unlock(Unlock.Device) }
        }
    }

    private companion object {
        const val SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    }
}
