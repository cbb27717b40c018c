package jp.warifu.android

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import android.security.keystore.UserNotAuthenticatedException
import java.security.AlgorithmParameters
import java.security.Key
import java.security.ProviderException
import java.security.Security
import java.security.UnrecoverableKeyException
import javax.crypto.Cipher
import javax.crypto.IllegalBlockSizeException
import javax.crypto.Mac
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec
import javax.crypto.spec.SecretKeySpec

/**
 * Android's Keystore in memory, for tests: Robolectric has none. Its keys work through it alone, as the real ones do, so
 * that what it demands of an operation cannot be got round. How it fails is scripted.
 */
object FakeAndroidKeyStore {
    /** What the chip does with a key that is to lie in it. */
    enum class StrongBox { MAKES, LACKS, FAILS }

    val keys = LinkedHashMap<String, FakeKey>()

    var strongBox = StrongBox.LACKS

    /** Where keys lie that are not in the StrongBox. */
    var level = KeyProperties.SECURITY_LEVEL_TRUSTED_ENVIRONMENT

    /** Whether a finger or face is enrolled. */
    var isEnrolled = true

    /** Whether a dead key cannot even be had, as on some Androids; on the others nothing can be begun with it. */
    var hidesDeadKeys = false

    /** Has the very bytes that a cipher gives out, before anybody else. */
    var onOutput: (ByteArray) -> Unit = {}

    /** Thrown by the next that is asked of it. */
    private var next: Exception? = null

    /** An empty one in the place of any before it. */
    fun install() {
        Security.removeProvider(NAME)
        keys.clear()
        strongBox = StrongBox.LACKS
        level = KeyProperties.SECURITY_LEVEL_TRUSTED_ENVIRONMENT
        isEnrolled = true
        hidesDeadKeys = false
        onOutput = {}
        next = null
        // The first: of several that cannot take a key, Java tells what the first said.
        Security.insertProviderAt(FakeProvider(), 1)
    }

    fun failNext(thrown: Exception) {
        next = thrown
    }

    /** Keys that are bound to the enrolled fingers and faces die. */
    fun changeBiometrics() {
        keys.values.filter { it.isGated }.forEach { it.isDead = true }
    }

    /** As on another device. */
    fun loseEverything() = keys.clear()

    fun fail() {
        next?.let {
            next = null
            throw it
        }
    }

    /** What the system does when its sensor has seen the right finger, and nothing else can. */
    fun allow(cipher: Cipher) = cipher.updateAAD(ALLOWED)

    fun allow(mac: Mac) = mac.update(ALLOWED)

    fun generate(algorithm: String, spec: KeyGenParameterSpec): SecretKey {
        fail()
        if (spec.isStrongBoxBacked) {
            when (strongBox) {
                StrongBox.MAKES -> {}
                StrongBox.LACKS -> throw StrongBoxUnavailableException("no StrongBox")
                StrongBox.FAILS -> throw ProviderException("the StrongBox is busy")
            }
        }
        return FakeKey(algorithm, spec, level).also { keys[spec.keystoreAlias] = it }
    }

    fun get(alias: String): Key? {
        fail()
        if (hidesDeadKeys &&
            keys[alias]?.isDead == true
        ) {
            throw UnrecoverableKeyException("without a cause, as Android has it")
        }
        return keys[alias]
    }

    fun parameters(nonce: ByteArray): AlgorithmParameters =
        AlgorithmParameters.getInstance("GCM").apply { init(GCMParameterSpec(128, nonce)) }

    const val NAME = "AndroidKeyStore"
    val ALLOWED = "allowed by the system".toByteArray()
}

/** A key that gives nothing out. */
class FakeKey(private val algorithm: String, val spec: KeyGenParameterSpec, softwareOrTee: Int) : SecretKey {
    private val material = ByteArray(spec.keySize / 8).also(java.security.SecureRandom()::nextBytes)

    val level = if (spec.isStrongBoxBacked) KeyProperties.SECURITY_LEVEL_STRONGBOX else softwareOrTee
    val isGated = spec.isUserAuthenticationRequired
    var isDead = false

    /** The material, for whoever computes the same by other means. */
    val inTheClear get() = SecretKeySpec(material, algorithm)

    override fun getAlgorithm() = algorithm

    override fun getFormat(): String? = null

    override fun getEncoded(): ByteArray? = null

    /** Something is begun with it. */
    fun begin(purpose: Int) {
        FakeAndroidKeyStore.fail()
        if (isDead) throw KeyPermanentlyInvalidatedException()
        if (spec.purposes and purpose == 0) throw java.security.InvalidKeyException("not for that")
        if (FakeAndroidKeyStore.keys[spec.keystoreAlias] !== this) throw java.security.InvalidKeyException("it is gone")
    }

    /** It comes to an end. */
    fun finish(isAllowed: Boolean) {
        FakeAndroidKeyStore.fail()
        if (isGated && !isAllowed) {
            throw IllegalBlockSizeException().initCause(UserNotAuthenticatedException()) as IllegalBlockSizeException
        }
    }

    /** What Android tells of it. Its one constructor differs from version to version. */
    fun info(): KeyInfo {
        val constructor = KeyInfo::class.java.declaredConstructors.maxBy { it.parameterCount }
        constructor.isAccessible = true
        val none = constructor.parameterTypes.map<Class<*>, Any?> { type ->
            when (type) {
                Boolean::class.java -> false
                Int::class.java -> 0
                Long::class.java -> 0L
                else -> null
            }
        }
        val info = constructor.newInstance(*none.toTypedArray()) as KeyInfo
        val isInHardware = level != KeyProperties.SECURITY_LEVEL_SOFTWARE
        val told = mapOf(
            "mUserAuthenticationRequired" to isGated,
            "mInsideSecureHardware" to isInHardware,
            "mSecurityLevel" to level,
        )
        for (field in KeyInfo::class.java.declaredFields.filter { it.name in told }) {
            field.isAccessible = true
            field.set(info, told[field.name])
        }
        return info
    }
}
