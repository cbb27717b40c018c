package jp.warifu.android

import jp.warifu.BindingLevel
import jp.warifu.KeyGate
import jp.warifu.KeyName
import jp.warifu.KeyUse
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import java.security.ProviderException
import java.security.UnrecoverableKeyException
import java.security.spec.InvalidKeySpecException

/** What the bank is told of a key store that fails as it is asked. */
@RunWith(RobolectricTestRunner::class)
class BindingLevelTest {
    private val context = RuntimeEnvironment.getApplication()

    @Before
    fun aNewPhone() = FakeAndroidKeyStore.install()

    @Test
    fun `a key that the phone does not speak of is said to be kept by the system and no more`() = runBlocking {
        val prompts = BiometricPrompts(context) { PromptText("$it", "no") }
        val keys = KeystoreKeyProtector(context, prompts, Dispatchers.Unconfined)
        keys.create(KeyName("0123.4567.1"), KeyUse.WRAP, KeyGate.DEVICE)
        val failures = listOf(
            ProviderException("the system's process is gone"),
            UnrecoverableKeyException("not now").apply { initCause(IllegalStateException()) },
            InvalidKeySpecException("no such key"),
        )
        for (failure in failures) {
            FakeAndroidKeyStore.failNext(failure)
            assertEquals("$failure", BindingLevel.OPERATING_SYSTEM, keys.bindingLevel())
        }
        assertEquals(BindingLevel.HARDWARE, keys.bindingLevel())
    }
}
