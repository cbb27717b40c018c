package jp.warifu.android

import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.KeyProperties
import jp.warifu.BindingLevel
import jp.warifu.KeyGate
import jp.warifu.KeyRefusal
import jp.warifu.KeyRefusedException
import jp.warifu.KeyUse
import java.security.GeneralSecurityException
import java.security.InvalidAlgorithmParameterException
import java.security.KeyStore
import java.security.ProviderException
import java.security.UnrecoverableKeyException
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.SecretKeyFactory

/** The keys of warifu in Android's Keystore, which an app may have keys of its own in. It blocks. */
internal class Keystore(private val hasStrongBox: Boolean) {
    private val store: KeyStore by lazy { KeyStore.getInstance(PROVIDER).apply { load(null) } }

    /** Makes a key, in the place of any of that name. */
    fun create(name: String, usage: KeyUse, gate: KeyGate) {
        try {
            generate(usage, specOf(name, usage, gate))
        } catch (refused: InvalidAlgorithmParameterException) {
            // So Keystore says that there is no finger, face or screen lock to bind a key to.
            if (gate != KeyGate.BIOMETRIC || refused.cause !is IllegalStateException) throw refused
            throw KeyRefusedException(KeyRefusal.NOT_ENROLLED, refused)
        }
    }

    /** Makes a key that nothing is done with. It lies wherever is quickest. */
    fun createMark(name: String) {
        generate(KeyUse.MAC, specOf(name, KeyUse.MAC, KeyGate.DEVICE).build())
    }

    fun key(name: String): SecretKey = try {
        store.getKey(PREFIX + name, null) as SecretKey? ?: throw KeyRefusedException(KeyRefusal.MISSING)
    } catch (unreadable: UnrecoverableKeyException) {
        // Some Androids tell a dead key from here on, and leave the cause out; a failure has one.
        if (unreadable.cause != null) throw unreadable
        throw KeyRefusedException(KeyRefusal.INVALIDATED, unreadable)
    }

    /** Whether the key wants a finger or a face for each use. */
    fun isGated(key: SecretKey): Boolean = infoOf(key).isUserAuthenticationRequired

    fun delete(name: String) {
        store.deleteEntry(PREFIX + name)
    }

    /** The names that begin so. */
    fun names(beginning: String): List<String> =
        store.aliases().toList().filter { it.startsWith(PREFIX + beginning) }.map { it.removePrefix(PREFIX) }

    /**
     * Where the weakest key lies. One that is told to be dead, or has just been deleted, holds nothing; of one that the
     * phone does not speak of, no more is said than that the system keeps it.
     */
    fun weakest(): BindingLevel = names("").filterNot(Anchors::isAnchor).mapNotNull { name ->
        try {
            levelOf(infoOf(key(name)))
        } catch (_: KeyRefusedException) {
            null
        } catch (_: GeneralSecurityException) {
            BindingLevel.OPERATING_SYSTEM
        } catch (_: ProviderException) {
            BindingLevel.OPERATING_SYSTEM
        }
    }.minOrNull() ?: BindingLevel.NONE

    private fun specOf(name: String, usage: KeyUse, gate: KeyGate): KeyGenParameterSpec.Builder = when (usage) {
        // The nonce is Keystore's own choice.
        KeyUse.WRAP ->
            KeyGenParameterSpec.Builder(PREFIX + name, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
                .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
                .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)

        KeyUse.MAC -> KeyGenParameterSpec.Builder(PREFIX + name, KeyProperties.PURPOSE_SIGN)
    }.setKeySize(KEY_BITS).apply { if (gate == KeyGate.BIOMETRIC) bindToBiometrics() }

    private fun KeyGenParameterSpec.Builder.bindToBiometrics() {
        setUserAuthenticationRequired(true)
        setInvalidatedByBiometricEnrollment(true)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
            setUserAuthenticationParameters(EACH_USE, KeyProperties.AUTH_BIOMETRIC_STRONG)
        }
        // Before that, a key without a span of time is for each use, and for biometrics alone.
    }

    private fun generate(usage: KeyUse, spec: KeyGenParameterSpec.Builder) {
        if (hasStrongBox) {
            try {
                generate(usage, spec.setIsStrongBoxBacked(true).build())
                return
            } catch (_: ProviderException) {
                // It cannot, or not now; not every device says so by StrongBoxUnavailableException.
                spec.setIsStrongBoxBacked(false)
            }
        }
        generate(usage, spec.build())
    }

    private fun generate(usage: KeyUse, spec: KeyGenParameterSpec) {
        KeyGenerator.getInstance(if (usage == KeyUse.WRAP) KeyProperties.KEY_ALGORITHM_AES else MAC, PROVIDER)
            .apply { init(spec) }
            .generateKey()
    }

    private fun infoOf(key: SecretKey): KeyInfo =
        SecretKeyFactory.getInstance(key.algorithm, PROVIDER).getKeySpec(key, KeyInfo::class.java) as KeyInfo

    private fun levelOf(info: KeyInfo): BindingLevel {
        val isInHardware = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) {
            info.securityLevel in HARDWARE
        } else {
            @Suppress("DEPRECATION")
            info.isInsideSecureHardware
        }
        return if (isInHardware) BindingLevel.HARDWARE else BindingLevel.OPERATING_SYSTEM
    }

    companion object {
        const val MAC = KeyProperties.KEY_ALGORITHM_HMAC_SHA256

        private const val PROVIDER = "AndroidKeyStore"
        private const val PREFIX = "warifu."
        private const val KEY_BITS = 256
        private const val EACH_USE = 0
        private val HARDWARE = setOf(
            KeyProperties.SECURITY_LEVEL_TRUSTED_ENVIRONMENT,
            KeyProperties.SECURITY_LEVEL_STRONGBOX,
            KeyProperties.SECURITY_LEVEL_UNKNOWN_SECURE,
        )
    }
}
