package jp.warifu.android

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.KeyProperties
import java.io.InputStream
import java.io.OutputStream
import java.security.InvalidAlgorithmParameterException
import java.security.InvalidKeyException
import java.security.Key
import java.security.KeyStoreSpi
import java.security.Provider
import java.security.SecureRandom
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.security.spec.KeySpec
import java.util.Collections
import java.util.Date
import javax.crypto.Cipher
import javax.crypto.CipherSpi
import javax.crypto.KeyGeneratorSpi
import javax.crypto.Mac
import javax.crypto.MacSpi
import javax.crypto.SecretKey
import javax.crypto.SecretKeyFactorySpi
import javax.crypto.spec.GCMParameterSpec

/** [FakeAndroidKeyStore] as Java's cryptography finds it. */
@Suppress("DEPRECATION")
internal class FakeProvider : Provider(FakeAndroidKeyStore.NAME, 1.0, "for tests") {
    init {
        put("KeyStore.AndroidKeyStore", FakeStore::class.java.name)
        put("KeyGenerator.AES", FakeGenerator.Aes::class.java.name)
        put("KeyGenerator.HmacSHA256", FakeGenerator.Hmac::class.java.name)
        put("SecretKeyFactory.AES", FakeFactory::class.java.name)
        put("SecretKeyFactory.HmacSHA256", FakeFactory::class.java.name)
        for ((name, type) in listOf(
            "Cipher.AES/GCM/NoPadding" to FakeCipher::class,
            "Mac.HmacSHA256" to FakeMac::class,
        )) {
            put(name, type.java.name)
            // No other provider's keys, and no other provider for its own.
            put("$name SupportedKeyClasses", FakeKey::class.java.name)
        }
    }
}

internal abstract class FakeGenerator(private val algorithm: String) : KeyGeneratorSpi() {
    private lateinit var spec: KeyGenParameterSpec

    class Aes : FakeGenerator(KeyProperties.KEY_ALGORITHM_AES)

    class Hmac : FakeGenerator(KeyProperties.KEY_ALGORITHM_HMAC_SHA256)

    override fun engineInit(spec: AlgorithmParameterSpec, random: SecureRandom?) {
        this.spec = spec as KeyGenParameterSpec
        if (this.spec.isUserAuthenticationRequired && !FakeAndroidKeyStore.isEnrolled) {
            throw InvalidAlgorithmParameterException(IllegalStateException("At least one biometric must be enrolled"))
        }
    }

    override fun engineInit(random: SecureRandom?) = throw UnsupportedOperationException()

    override fun engineInit(size: Int, random: SecureRandom?) = throw UnsupportedOperationException()

    override fun engineGenerateKey(): SecretKey = FakeAndroidKeyStore.generate(algorithm, spec)
}

internal class FakeFactory : SecretKeyFactorySpi() {
    override fun engineGetKeySpec(key: SecretKey, type: Class<*>): KeySpec {
        require(type == KeyInfo::class.java)
        return (key as FakeKey).info()
    }

    override fun engineGenerateSecret(spec: KeySpec) = throw UnsupportedOperationException()

    override fun engineTranslateKey(key: SecretKey) = throw UnsupportedOperationException()
}

internal class FakeCipher : CipherSpi() {
    private val real = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE")
    private lateinit var key: FakeKey
    private var isAllowed = false

    override fun engineInit(mode: Int, key: Key, random: SecureRandom?) =
        engineInit(mode, key, null as AlgorithmParameterSpec?, random)

    override fun engineInit(mode: Int, key: Key, parameters: AlgorithmParameterSpec?, random: SecureRandom?) {
        this.key = key as? FakeKey ?: throw InvalidKeyException("not a key of Keystore")
        val isEncrypting = mode == Cipher.ENCRYPT_MODE
        if (isEncrypting && parameters != null) throw InvalidAlgorithmParameterException("the nonce is Keystore's own")
        key.begin(if (isEncrypting) KeyProperties.PURPOSE_ENCRYPT else KeyProperties.PURPOSE_DECRYPT)
        val nonce = ByteArray(NONCE_SIZE).also(SecureRandom()::nextBytes)
        real.init(mode, key.inTheClear, parameters ?: GCMParameterSpec(TAG_BITS, nonce))
    }

    override fun engineUpdateAAD(from: ByteArray, offset: Int, size: Int) {
        isAllowed = from.copyOfRange(offset, offset + size).contentEquals(FakeAndroidKeyStore.ALLOWED)
    }

    override fun engineDoFinal(from: ByteArray?, offset: Int, size: Int): ByteArray {
        key.finish(isAllowed)
        return real.doFinal(from, offset, size).also(FakeAndroidKeyStore.onOutput)
    }

    override fun engineGetIV(): ByteArray = real.iv

    override fun engineGetParameters() = FakeAndroidKeyStore.parameters(real.iv)

    override fun engineSetMode(mode: String) {}

    override fun engineSetPadding(padding: String) {}

    override fun engineGetBlockSize() = real.blockSize

    override fun engineGetOutputSize(size: Int) = real.getOutputSize(size)

    override fun engineInit(
        mode: Int,
        key: Key,
        parameters: java.security.AlgorithmParameters?,
        random: SecureRandom?,
    ) = throw UnsupportedOperationException()

    override fun engineUpdate(from: ByteArray, offset: Int, size: Int) = throw UnsupportedOperationException()

    override fun engineUpdate(from: ByteArray, offset: Int, size: Int, to: ByteArray, at: Int) =
        throw UnsupportedOperationException()

    override fun engineDoFinal(from: ByteArray?, offset: Int, size: Int, to: ByteArray, at: Int) =
        throw UnsupportedOperationException()

    private companion object {
        const val NONCE_SIZE = 12
        const val TAG_BITS = 128
    }
}

internal class FakeMac : MacSpi() {
    private val real = Mac.getInstance("HmacSHA256", "SunJCE")
    private lateinit var key: FakeKey
    private var isAllowed = false

    override fun engineInit(key: Key, parameters: AlgorithmParameterSpec?) {
        this.key = key as? FakeKey ?: throw InvalidKeyException("not a key of Keystore")
        key.begin(KeyProperties.PURPOSE_SIGN)
        real.init(key.inTheClear)
    }

    override fun engineUpdate(from: ByteArray, offset: Int, size: Int) {
        val bytes = from.copyOfRange(offset, offset + size)
        if (bytes.contentEquals(FakeAndroidKeyStore.ALLOWED)) isAllowed = true else real.update(bytes)
    }

    override fun engineDoFinal(): ByteArray {
        key.finish(isAllowed)
        return real.doFinal()
    }

    override fun engineUpdate(byte: Byte) = real.update(byte)

    override fun engineGetMacLength() = real.macLength

    override fun engineReset() = real.reset()
}

internal class FakeStore : KeyStoreSpi() {
    override fun engineGetKey(alias: String, password: CharArray?): Key? = FakeAndroidKeyStore.get(alias)

    override fun engineDeleteEntry(alias: String) {
        FakeAndroidKeyStore.fail()
        FakeAndroidKeyStore.keys.remove(alias)
    }

    override fun engineAliases() = Collections.enumeration(FakeAndroidKeyStore.keys.keys.toList())

    override fun engineContainsAlias(alias: String) = alias in FakeAndroidKeyStore.keys

    override fun engineIsKeyEntry(alias: String) = alias in FakeAndroidKeyStore.keys

    override fun engineSize() = FakeAndroidKeyStore.keys.size

    override fun engineGetCreationDate(alias: String) = Date()

    override fun engineLoad(stream: InputStream?, password: CharArray?) {}

    override fun engineStore(stream: OutputStream?, password: CharArray?) {}

    override fun engineGetCertificate(alias: String): Certificate? = null

    override fun engineGetCertificateChain(alias: String): Array<Certificate>? = null

    override fun engineGetCertificateAlias(certificate: Certificate): String? = null

    override fun engineIsCertificateEntry(alias: String) = false

    override fun engineSetKeyEntry(alias: String, key: Key, password: CharArray?, chain: Array<out Certificate>?) =
        throw UnsupportedOperationException()

    override fun engineSetKeyEntry(alias: String, key: ByteArray, chain: Array<out Certificate>?) =
        throw UnsupportedOperationException()

    override fun engineSetCertificateEntry(alias: String, certificate: Certificate) =
        throw UnsupportedOperationException()
}
