package jp.warifu.android

import android.security.keystore.KeyProperties
import jp.warifu.BindingLevel
import jp.warifu.KeyGate
import jp.warifu.KeyName
import jp.warifu.KeyRefusal
import jp.warifu.KeyUse
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertSame
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import java.security.ProviderException
import javax.crypto.AEADBadTagException
import javax.crypto.Mac

class KeystoreKeyProtectorTest : OnKeystore() {
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
    fun `what fails while all keys are deleted is told as a refusal`() = runBlocking<Unit> {
        val keys = protector()
        keys.create(key, KeyUse.WRAP, KeyGate.DEVICE)
        FakeAndroidKeyStore.failNext(ProviderException("broken"))
        assertEquals(KeyRefusal.UNAVAILABLE, refusalOf { keys.deleteAll() })
        keys.deleteAll()
        assertEquals(KeyRefusal.MISSING, refusalOf { keys.find(key) })
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
