package jp.warifu.android

import android.content.Context
import android.content.pm.PackageManager.FEATURE_STRONGBOX_KEYSTORE
import jp.warifu.KeyName
import jp.warifu.KeyRefusal
import jp.warifu.KeyRefusedException
import jp.warifu.SecretBytes
import jp.warifu.VaultId
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertThrows
import org.junit.Before
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** A phone's Keystore with nothing in it, and the key protector on it. */
@RunWith(RobolectricTestRunner::class)
@Config(shadows = [PromptShadow::class])
abstract class OnKeystore {
    protected val context: Context = RuntimeEnvironment.getApplication()
    protected val key = KeyName("0123.4567.1")
    protected val vault = VaultId("00112233445566778899aabbccddeeff")
    protected val seed = byteArrayOf(1, 2, 3, 4, 5)

    @Before
    fun aNewPhone() {
        FakeAndroidKeyStore.install()
        Person.comes()
    }

    protected fun protector(hasStrongBox: Boolean): KeystoreKeyProtector {
        shadowOf(context.packageManager).setSystemFeature(FEATURE_STRONGBOX_KEYSTORE, hasStrongBox)
        return protector()
    }

    protected fun protector(dispatcher: CoroutineDispatcher = Dispatchers.Unconfined) =
        KeystoreKeyProtector(context, BiometricPrompts(context) { PromptText("$it", "no") }, dispatcher)

    protected fun secret() = SecretBytes(seed.copyOf())

    protected fun made(name: KeyName = key) = FakeAndroidKeyStore.keys.getValue("warifu.${name.alias}")

    protected fun refusalOf(work: suspend () -> Unit): KeyRefusal =
        assertThrows(KeyRefusedException::class.java) { runBlocking { work() } }.refusal
}
