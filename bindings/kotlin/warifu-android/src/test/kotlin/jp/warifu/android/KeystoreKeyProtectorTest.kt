package jp.warifu.android

import android.content.Context
import android.content.pm.PackageManager.FEATURE_STRONGBOX_KEYSTORE
import android.hardware.biometrics.BiometricPrompt
import android.os.Build
import android.security.keystore.KeyProperties
import jp.warifu.BindingLevel
import jp.warifu.KeyGate
import jp.warifu.KeyName
import jp.warifu.KeyRefusal
import jp.warifu.KeyRefusedException
import jp.warifu.KeyUse
import jp.warifu.SecretBytes
import jp.warifu.VaultId
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertSame
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.security.ProviderException
import java.security.UnrecoverableKeyException
import javax.crypto.AEADBadTagException
import javax.crypto.Mac

@RunWith(RobolectricTestRunner::class)
@Config(shadows = [PromptShadow::class])
class KeystoreKeyProtectorTest {
    private val context: Context = RuntimeEnvironment.getApplication()
    private val key = KeyName("0123.4567.1")
    private val vault = VaultId("00112233445566778899aabbccddeeff")
    private val seed = byteArrayOf(1, 2, 3, 4, 5)

    @Before
    fun aNewPhone() {
        FakeAndroidKeyStore.install()
        Person.comes()
    }

    private fun protector(hasStrongBox: Boolean): KeystoreKeyProtector {
        shadowOf(context.packageManager).setSystemFeature(FEATURE_STRONGBOX_KEYSTORE, hasStrongBox)
        return protector()
    }

    private fun protector(dispatcher: CoroutineDispatcher = Dispatchers.Unconfined) =
        KeystoreKeyProtector(context, BiometricPrompts(context) { PromptText("$it", "no") }, dispatcher)

    private fun secret() = SecretBytes(seed.copyOf())

    private fun made(name: KeyName = key) = FakeAndroidKeyStore.keys.getValue("warifu.${name.alias}")

    private fun refusalOf(work: suspend () -> Unit): KeyRefusal =
        assertThrows(KeyRefusedException::class.java) { runBlocking { work() } }.refusal

    @Test
    fun `what a key wraps it unwraps, and it does not show`() = runBlocking<Unit> {
        val keys = protector()
        keys.create(key, KeyUse.WRAP, KeyGate.DEVICE)
        val (one, other) = keys.wrap(key, secret()) to keys.wrap(key, secret())
        assertArrayEquals(seed, keys.unwrap(key, one).expose())
        assertArrayEquals(seed, keys.unwrap(key, other).expose())
        assertFalse(one.asList().windowed(seed.size).contains(seed.asList()))
        assertFalse("a nonce came twice", one.contentEquals(other))
        assertTrue(Person.saw.isEmpty())
    }

    @Test
    fun `what was changed on the disk is not unwrapped`() = runBlocking<Unit> {
        val keys = protector()
        keys.create(key, KeyUse.WRAP, KeyGate.DEVICE)
        val wrapped = keys.wrap(key, secret()).also { it[it.lastIndex]++ }
        assertThrows(AEADBadTagException::class.java) { runBlocking { keys.unwrap(key, wrapped) } }
    }

    @Test
    fun `a MAC is HMAC-SHA-256`() = runBlocking<Unit> {
        val keys = protector()
        keys.create(key, KeyUse.MAC, KeyGate.DEVICE)
        val expected = Mac.getInstance("HmacSHA256", "SunJCE").apply { init(made().inTheClear) }.doFinal(seed)
        assertArrayEquals(expected, keys.mac(key, secret()).expose())
        assertArrayEquals(expected, keys.mac(key, secret()).expose())
    }

    @Test
    fun `keys have 256 bits, and a purpose`() = runBlocking<Unit> {
        val keys = protector()
        keys.create(key, KeyUse.WRAP, KeyGate.DEVICE)
        made().spec.run {
            assertEquals(256, keySize)
            assertEquals(KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT, purposes)
            assertEquals(listOf(KeyProperties.BLOCK_MODE_GCM), blockModes.asList())
            assertTrue(isRandomizedEncryptionRequired)
            assertFalse(isUserAuthenticationRequired)
        }
        keys.create(key, KeyUse.MAC, KeyGate.DEVICE)
        assertEquals(KeyProperties.PURPOSE_SIGN to 256, made().spec.run { purposes to keySize })
    }

    @Test
    fun `a new key takes the place of the one of its name`() = runBlocking<Unit> {
        val keys = protector()
        keys.create(key, KeyUse.MAC, KeyGate.DEVICE)
        val before = keys.mac(key, secret())
        keys.create(key, KeyUse.MAC, KeyGate.DEVICE)
        assertNotEquals(before, keys.mac(key, secret()))
        assertEquals(1, FakeAndroidKeyStore.keys.size)
    }

    @Test
    fun `a key is found until it is deleted`() = runBlocking<Unit> {
        val keys = protector()
        keys.create(key, KeyUse.WRAP, KeyGate.DEVICE)
        keys.find(key)
        keys.delete(key)
        assertTrue(FakeAndroidKeyStore.keys.isEmpty())
        keys.delete(key)
        assertEquals(KeyRefusal.MISSING, refusalOf { keys.find(key) })
        assertEquals(KeyRefusal.MISSING, refusalOf { keys.wrap(key, secret()) })
        assertEquals(KeyRefusal.MISSING, refusalOf { keys.unwrap(key, ByteArray(40)) })
        assertEquals(KeyRefusal.MISSING, refusalOf { keys.mac(key, secret()) })
    }

    @Test
    fun `keys lie in the StrongBox where there is one`() = runBlocking<Unit> {
        FakeAndroidKeyStore.strongBox = FakeAndroidKeyStore.StrongBox.MAKES
        for (usage in KeyUse.entries) {
            for (gate in KeyGate.entries) {
                protector(hasStrongBox = true).create(key, usage, gate)
                assertTrue(made().spec.isStrongBoxBacked)
                protector(hasStrongBox = false).create(key, usage, gate)
                assertFalse(made().spec.isStrongBoxBacked)
            }
        }
    }

    @Test
    fun `where the StrongBox cannot, they lie beside it`() = runBlocking<Unit> {
        val keys = protector(hasStrongBox = true)
        for (how in listOf(FakeAndroidKeyStore.StrongBox.LACKS, FakeAndroidKeyStore.StrongBox.FAILS)) {
            FakeAndroidKeyStore.strongBox = how
            keys.create(key, KeyUse.WRAP, KeyGate.BIOMETRIC)
            assertFalse(made().spec.isStrongBoxBacked)
            assertTrue("its gate is gone", made().isGated)
        }
    }

    @Test
    fun `what Keystore fails with comes through`() = runBlocking<Unit> {
        val keys = protector()
        keys.create(key, KeyUse.WRAP, KeyGate.DEVICE)
        val broken = ProviderException("broken")
        val calls = listOf<suspend () -> Unit>(
            { keys.create(key, KeyUse.WRAP, KeyGate.DEVICE) },
            { keys.find(key) },
            { keys.wrap(key, secret()) },
            { keys.delete(key) },
        )
        for (call in calls) {
            FakeAndroidKeyStore.failNext(broken)
            assertSame(broken, assertThrows(ProviderException::class.java) { runBlocking { call() } })
        }
    }

    @Test
    fun `a biometric key is for each use, and dies with a new finger`() = runBlocking<Unit> {
        protector().create(key, KeyUse.WRAP, KeyGate.BIOMETRIC)
        made().spec.run {
            assertTrue(isUserAuthenticationRequired)
            assertTrue(isInvalidatedByBiometricEnrollment)
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
                assertEquals(0, userAuthenticationValidityDurationSeconds)
                assertEquals(KeyProperties.AUTH_BIOMETRIC_STRONG, userAuthenticationType)
            } else {
                assertEquals(-1, userAuthenticationValidityDurationSeconds)
            }
        }
    }

    @Test
    fun `a biometric key asks each time, to be added and to unlock`() = runBlocking<Unit> {
        val keys = protector()
        keys.create(key, KeyUse.WRAP, KeyGate.BIOMETRIC)
        keys.find(key)
        assertTrue("nobody needs to be asked for that", Person.saw.isEmpty())
        val wrapped = keys.wrap(key, secret())
        repeat(2) { assertArrayEquals(seed, keys.unwrap(key, wrapped).expose()) }
        keys.create(key, KeyUse.MAC, KeyGate.BIOMETRIC)
        keys.mac(key, secret())
        assertEquals(listOf("ADD", "UNLOCK", "UNLOCK", "UNLOCK"), Person.saw.map { it.title() })
    }

    @Test
    fun `a wrong finger is no end`() = runBlocking<Unit> {
        val keys = protector()
        keys.create(key, KeyUse.WRAP, KeyGate.BIOMETRIC)
        Person.does = {
            it.showWrongFinger()
            it.showWrongFinger()
            it.showFinger()
        }
        keys.wrap(key, secret())
        assertEquals(1, Person.saw.size)
    }

    @Test
    fun `each end of a prompt is told as what it is`() = runBlocking<Unit> {
        val keys = protector()
        keys.create(key, KeyUse.WRAP, KeyGate.BIOMETRIC)
        val ends = mapOf(
            BiometricPrompt.BIOMETRIC_ERROR_USER_CANCELED to KeyRefusal.CANCELLED,
            BiometricPrompt.BIOMETRIC_ERROR_CANCELED to KeyRefusal.CANCELLED,
            BiometricPrompt.BIOMETRIC_ERROR_TIMEOUT to KeyRefusal.CANCELLED,
            BiometricPrompt.BIOMETRIC_ERROR_LOCKOUT to KeyRefusal.LOCKED_OUT,
            BiometricPrompt.BIOMETRIC_ERROR_LOCKOUT_PERMANENT to KeyRefusal.LOCKED_OUT,
            BiometricPrompt.BIOMETRIC_ERROR_NO_BIOMETRICS to KeyRefusal.NOT_ENROLLED,
            BiometricPrompt.BIOMETRIC_ERROR_NO_DEVICE_CREDENTIAL to KeyRefusal.NOT_ENROLLED,
            BiometricPrompt.BIOMETRIC_ERROR_HW_UNAVAILABLE to KeyRefusal.UNAVAILABLE,
            BiometricPrompt.BIOMETRIC_ERROR_HW_NOT_PRESENT to KeyRefusal.UNAVAILABLE,
            BiometricPrompt.BIOMETRIC_ERROR_VENDOR to KeyRefusal.UNAVAILABLE,
        )
        for ((error, refusal) in ends) {
            Person.does = { it.end(error) }
            assertEquals("error $error", refusal, refusalOf { keys.wrap(key, secret()) })
        }
        Person.does = { it.pressButton() }
        assertEquals(KeyRefusal.CANCELLED, refusalOf { keys.wrap(key, secret()) })
    }

    @Test
    fun `without a finger or face there is no biometric key`() {
        FakeAndroidKeyStore.isEnrolled = false
        val keys = protector()
        assertEquals(KeyRefusal.NOT_ENROLLED, refusalOf { keys.create(key, KeyUse.WRAP, KeyGate.BIOMETRIC) })
        runBlocking { keys.create(key, KeyUse.WRAP, KeyGate.DEVICE) }
    }

    @Test
    fun `a dead key is told as dead, and nobody is asked`() {
        val keys = protector()
        runBlocking { keys.create(key, KeyUse.WRAP, KeyGate.BIOMETRIC) }
        FakeAndroidKeyStore.changeBiometrics()
        for (isHidden in listOf(false, true)) {
            FakeAndroidKeyStore.hidesDeadKeys = isHidden
            assertEquals(KeyRefusal.INVALIDATED, refusalOf { keys.find(key) })
            assertEquals(KeyRefusal.INVALIDATED, refusalOf { keys.wrap(key, secret()) })
            assertEquals(KeyRefusal.INVALIDATED, refusalOf { keys.unwrap(key, ByteArray(40)) })
        }
        assertTrue(Person.saw.isEmpty())
    }

    @Test
    fun `a key that Android cannot read now is not taken for dead`() {
        val keys = protector()
        val busy = UnrecoverableKeyException("busy").initCause(IllegalStateException()) as UnrecoverableKeyException
        FakeAndroidKeyStore.failNext(busy)
        assertSame(busy, assertThrows(UnrecoverableKeyException::class.java) { runBlocking { keys.find(key) } })
    }

    @Test
    fun `who is cancelled takes the prompt away, and comes back when it is gone`() = runBlocking<Unit> {
        val keys = protector()
        keys.create(key, KeyUse.WRAP, KeyGate.BIOMETRIC)
        Person.does = {}
        var thrown: Throwable? = null
        val unlocking = launch(start = CoroutineStart.UNDISPATCHED) {
            thrown = runCatching { keys.wrap(key, secret()) }.exceptionOrNull()
        }
        val prompt = Person.saw.single()
        var isGone = false
        prompt.signal.setOnCancelListener {
            // The system takes its time.
            launch {
                isGone = true
                prompt.end(BiometricPrompt.BIOMETRIC_ERROR_CANCELED)
            }
        }
        unlocking.cancelAndJoin()
        assertTrue(prompt.signal.isCanceled)
        assertTrue("it came back with its prompt still there", isGone)
        assertTrue("$thrown", thrown is CancellationException)
    }

    @Test
    fun `what was unwrapped for somebody who is gone is wiped`() = runBlocking<Unit> {
        val keys = protector(Dispatchers.IO)
        keys.create(key, KeyUse.WRAP, KeyGate.DEVICE)
        val wrapped = keys.wrap(key, secret())
        lateinit var unwrapped: ByteArray
        lateinit var was: ByteArray
        val unlocking = launch(start = CoroutineStart.LAZY) { keys.unwrap(key, wrapped) }
        FakeAndroidKeyStore.onOutput = {
            unwrapped = it
            was = it.copyOf()
            unlocking.cancel()
        }
        unlocking.join()
        assertArrayEquals(seed, was)
        assertArrayEquals(ByteArray(seed.size), unwrapped)
    }

    @Test
    fun `an anchor never falls`() = runBlocking<Unit> {
        val keys = protector()
        assertNull(keys.readAnchor(vault))
        for ((raised, kept) in listOf(3L to 3L, 2L to 3L, 3L to 3L, 10L to 10L, 9L to 10L)) {
            keys.raiseAnchor(vault, raised)
            assertEquals(kept, keys.readAnchor(vault))
            assertEquals("old ones are left", 1, FakeAndroidKeyStore.keys.size)
        }
    }

    @Test
    fun `an anchor that was cut short is the greater, and is mended`() = runBlocking<Unit> {
        val keys = protector()
        keys.raiseAnchor(vault, 3)
        FakeAndroidKeyStore.keys["warifu.${vault.hex}.anchor.4"] = FakeAndroidKeyStore.keys.values.single()
        assertEquals(4L, keys.readAnchor(vault))
        keys.raiseAnchor(vault, 4)
        assertEquals(listOf("warifu.${vault.hex}.anchor.4"), FakeAndroidKeyStore.keys.keys.toList())
    }

    @Test
    fun `each vault has its own anchor`() = runBlocking<Unit> {
        val keys = protector()
        val other = VaultId(vault.hex.reversed())
        keys.raiseAnchor(vault, 7)
        assertNull(keys.readAnchor(other))
        keys.raiseAnchor(other, 2)
        assertEquals(7L to 2L, keys.readAnchor(vault) to keys.readAnchor(other))
    }

    @Test
    fun `the binding is that of the weakest key`() = runBlocking<Unit> {
        val keys = protector()
        assertEquals(BindingLevel.NONE, keys.bindingLevel())
        keys.raiseAnchor(vault, 1)
        assertEquals("an anchor holds nothing", BindingLevel.NONE, keys.bindingLevel())
        keys.create(key, KeyUse.WRAP, KeyGate.DEVICE)
        assertEquals(BindingLevel.HARDWARE, keys.bindingLevel())
        FakeAndroidKeyStore.strongBox = FakeAndroidKeyStore.StrongBox.MAKES
        protector(hasStrongBox = true).create(KeyName("0123.4567.2"), KeyUse.MAC, KeyGate.DEVICE)
        assertEquals(BindingLevel.HARDWARE, keys.bindingLevel())
        FakeAndroidKeyStore.level = KeyProperties.SECURITY_LEVEL_SOFTWARE
        keys.create(KeyName("0123.4567.3"), KeyUse.WRAP, KeyGate.BIOMETRIC)
        assertEquals(BindingLevel.OPERATING_SYSTEM, keys.bindingLevel())
        FakeAndroidKeyStore.changeBiometrics()
        FakeAndroidKeyStore.hidesDeadKeys = true
        assertEquals("a dead key holds nothing", BindingLevel.HARDWARE, keys.bindingLevel())
    }
}
