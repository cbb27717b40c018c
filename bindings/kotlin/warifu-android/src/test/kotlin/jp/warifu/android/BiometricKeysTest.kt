package jp.warifu.android

import android.hardware.biometrics.BiometricPrompt
import android.os.Build
import android.security.keystore.KeyProperties
import jp.warifu.KeyGate
import jp.warifu.KeyRefusal
import jp.warifu.KeyUse
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertSame
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import java.security.UnrecoverableKeyException

/** Keys with a biometric gate, and what a person does before it. */
class BiometricKeysTest : OnKeystore() {
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
}
