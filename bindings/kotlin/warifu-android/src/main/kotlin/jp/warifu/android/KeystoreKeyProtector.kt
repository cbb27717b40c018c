package jp.warifu.android

import android.content.Context
import android.content.pm.PackageManager.FEATURE_STRONGBOX_KEYSTORE
import android.hardware.biometrics.BiometricPrompt.CryptoObject
import android.security.keystore.KeyPermanentlyInvalidatedException
import jp.warifu.BindingLevel
import jp.warifu.KeyGate
import jp.warifu.KeyName
import jp.warifu.KeyProtector
import jp.warifu.KeyRefusal
import jp.warifu.KeyRefusedException
import jp.warifu.KeyUse
import jp.warifu.SecretBytes
import jp.warifu.VaultId
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.security.GeneralSecurityException
import java.security.ProviderException
import javax.crypto.Cipher
import javax.crypto.Mac
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/**
 * Android's Keystore as warifu's key store: AES-256-GCM and HMAC-SHA-256 by keys that the device makes and does not give
 * out, in its StrongBox where it has one.
 *
 * A key with a biometric gate is used once for each prompt, by biometrics of Android's class 3 (strong), never by the screen
 * lock in their place; it dies when a finger or face is enrolled. Adding biometrics to the ways to unlock prompts too.
 *
 * What Keystore throws and none of [KeyRefusal] says comes through as it is: it is the `cause` of the call's exception.
 *
 * ```
 * val prompts = BiometricPrompts(context) { PromptText(getText(R.string.unlock), getText(R.string.use_pin)) }
 * val keys = KeystoreKeyProtector(context, prompts)
 * val token = Token.createOnDevice(File(context.noBackupFilesDir, "token.warifu"), AndroidDeviceClock(context), keys)
 * ```
 *
 * @param context Any of the app's.
 * @param prompts Asks for the finger or the face.
 * @param dispatcher Where threads may be blocked: Keystore is another process, and a StrongBox takes its time.
 */
public class KeystoreKeyProtector(
    context: Context,
    private val prompts: BiometricPrompts,
    private val dispatcher: CoroutineDispatcher = Dispatchers.IO,
) : KeyProtector {
    private val keystore = Keystore(context.packageManager.hasSystemFeature(FEATURE_STRONGBOX_KEYSTORE))
    private val anchors = Anchors(keystore)

    /**
     * Where the weakest of the keys of this app's vaults lies; what [jp.warifu.Enrolment.begin] tells the bank. It is the
     * device's own word. [BindingLevel.NONE] if there is no key yet: make the token first.
     */
    public suspend fun bindingLevel(): BindingLevel = atKeystore { keystore.weakest() }

    /** Makes the key, in the StrongBox if it can; refuses a biometric gate as [KeyRefusal.NOT_ENROLLED] where nobody is enrolled. */
    override suspend fun create(key: KeyName, usage: KeyUse, gate: KeyGate): Unit = atKeystore {
        keystore.create(key.alias, usage, gate)
    }

    /** Refuses if the key is lost or dead. It never prompts. */
    override suspend fun find(key: KeyName): Unit = atKeystore {
        val found = keystore.key(key.alias)
        // A dead one is told from a living one as soon as something is begun with it.
        if (keystore.isGated(found)) {
            if (found.algorithm == Keystore.MAC) found.mac() else found.cipher(Cipher.ENCRYPT_MODE)
        }
    }

    /** The nonce, which is Keystore's choice, and then what AES-256-GCM makes of the plaintext. */
    override suspend fun wrap(key: KeyName, plaintext: SecretBytes): ByteArray {
        val cipher = begin(key, PromptPurpose.ADD, ::CryptoObject) { it.cipher(Cipher.ENCRYPT_MODE) }
        return atKeystore { cipher.iv + cipher.doFinal(plaintext.expose()) }
    }

    /** Undoes a wrap; what was changed since then throws as Java's cryptography does. */
    override suspend fun unwrap(key: KeyName, wrapped: ByteArray): SecretBytes {
        val cipher = begin(key, PromptPurpose.UNLOCK, ::CryptoObject) {
            it.cipher(Cipher.DECRYPT_MODE, GCMParameterSpec(TAG_BITS, wrapped, 0, NONCE_SIZE))
        }
        return secret { cipher.doFinal(wrapped, NONCE_SIZE, wrapped.size - NONCE_SIZE) }
    }

    /** HMAC-SHA-256 by a key that does not leave the device. */
    override suspend fun mac(key: KeyName, message: SecretBytes): SecretBytes {
        val mac = begin(key, PromptPurpose.UNLOCK, ::CryptoObject) { it.mac() }
        return secret { mac.doFinal(message.expose()) }
    }

    /** Deletes the key. */
    override suspend fun delete(key: KeyName): Unit = atKeystore { keystore.delete(key.alias) }

    /**
     * Deletes every key of warifu's in this app's Keystore, whichever vault it is for, and the anchors with them: for an
     * app that gives its vault up. No vault that is still there opens afterwards, other than by a passphrase. The app's own
     * keys stay.
     *
     * @throws KeyRefusedException as [KeyRefusal.UNAVAILABLE] where Keystore fails; some keys may be left then.
     */
    public suspend fun deleteAll(): Unit = atKeystore {
        try {
            keystore.names("").forEach(keystore::delete)
        } catch (failed: GeneralSecurityException) {
            throw KeyRefusedException(KeyRefusal.UNAVAILABLE, failed)
        } catch (failed: ProviderException) {
            throw KeyRefusedException(KeyRefusal.UNAVAILABLE, failed)
        }
    }

    /** The number in the name of a key. */
    override suspend fun readAnchor(vault: VaultId): Long? = atKeystore { anchors.read(vault) }

    /** Makes a key with the number in its name, and deletes those before it. */
    override suspend fun raiseAnchor(vault: VaultId, generation: Long): Unit = atKeystore {
        anchors.raise(vault, generation)
    }

    /** Begins an operation with a key; with a biometric gate, it comes back when the person has allowed it. */
    private suspend fun <T> begin(
        name: KeyName,
        purpose: PromptPurpose,
        wrapped: (T) -> CryptoObject,
        begin: (SecretKey) -> T,
    ): T {
        val (operation, isGated) = atKeystore {
            val key = keystore.key(name.alias)
            begin(key) to keystore.isGated(key)
        }
        if (isGated) prompts.authenticate(wrapped(operation), purpose)
        return operation
    }

    private fun SecretKey.cipher(mode: Int, nonce: GCMParameterSpec? = null): Cipher =
        Cipher.getInstance("AES/GCM/NoPadding").apply { init(mode, this@cipher, nonce) }

    private fun SecretKey.mac(): Mac = Mac.getInstance(Keystore.MAC).apply { init(this@mac) }

    /** What comes of it is wiped if nobody waits for it any more. */
    private suspend fun secret(work: () -> ByteArray): SecretBytes {
        // Here and not as the block's result, which a cancellation would drop with the secret in it.
        var made: SecretBytes? = null
        try {
            atKeystore { made = SecretBytes(work()) }
        } catch (failed: Throwable) {
            made?.wipe()
            throw failed
        }
        return checkNotNull(made)
    }

    private suspend fun <T> atKeystore(work: () -> T): T = withContext(dispatcher) {
        try {
            work()
        } catch (dead: KeyPermanentlyInvalidatedException) {
            throw KeyRefusedException(KeyRefusal.INVALIDATED, dead)
        }
    }

    private companion object {
        private const val NONCE_SIZE = 12
        private const val TAG_BITS = 128
    }
}
