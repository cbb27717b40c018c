package jp.warifu.testing

import jp.warifu.KeyGate
import jp.warifu.KeyName
import jp.warifu.KeyProtector
import jp.warifu.KeyRefusal
import jp.warifu.KeyRefusedException
import jp.warifu.KeyUse
import jp.warifu.SecretBytes
import jp.warifu.SlotId
import jp.warifu.VaultId
import java.security.SecureRandom

/**
 * A key store in memory, whose failures are scripted. It outlives tokens: give the same one to a token
 * that opens the same file again.
 *
 * It does no cryptography. What it wraps it remembers, and hands out a random name for it; so it is for
 * tests alone.
 *
 * ```
 * val keys = FakeKeyProtector()
 * keys.person = FakeKeyProtector.Person.CANCELS
 * assertFailsWith<WarifuException.KeyStoreRefused> { token.unlock(Unlock.Biometric) }
 * ```
 */
public class FakeKeyProtector : KeyProtector {
    /** What comes of prompts. */
    public enum class Person {
        /** Shows the right finger or face. */
        ACCEPTS,

        /** Cancels the prompt. */
        CANCELS,

        /** Shows wrong fingers or faces until the store locks them out. */
        IS_LOCKED_OUT,
    }

    /** An operation of the key store. */
    public enum class Errand {
        /** [KeyProtector.create] */
        CREATE,

        /** [KeyProtector.find] */
        FIND,

        /** [KeyProtector.wrap] */
        WRAP,

        /** [KeyProtector.unwrap] */
        UNWRAP,

        /** [KeyProtector.mac] */
        MAC,

        /** [KeyProtector.delete] */
        DELETE,

        /** [KeyProtector.readAnchor] */
        READ_ANCHOR,

        /** [KeyProtector.raiseAnchor] */
        RAISE_ANCHOR,
    }

    private class Key(val usage: KeyUse, val gate: KeyGate) {
        var isDead = false
        val wrapped = HashMap<List<Byte>, ByteArray>()
        val macs = HashMap<List<Byte>, ByteArray>()
    }

    private sealed interface Next {
        class Refusal(val refusal: KeyRefusal) : Next

        class Thrown(val thrown: Throwable) : Next

        data object Empty : Next
    }

    private val random = SecureRandom()
    private val keys = HashMap<KeyName, Key>()
    private val anchors = HashMap<VaultId, Long>()
    private var next: Next? = null

    /** What the person in front of the device does from now on. */
    @Volatile
    public var person: Person = Person.ACCEPTS

    /** Called before each errand, and may suspend: to hold one, to count them, to fail in its own way. */
    @Volatile
    public var onErrand: suspend (Errand) -> Unit = {}

    /** How many keys there are. */
    @get:Synchronized
    public val keyCount: Int
        get() = keys.size

    /** How many prompts there were. */
    @get:Synchronized
    public var promptCount: Int = 0
        private set

    /** The next errand is refused so, and not done. */
    @Synchronized
    public fun refuseNext(refusal: KeyRefusal) {
        next = Next.Refusal(refusal)
    }

    /** The next errand throws what no key store is meant to throw, and is not done. */
    @Synchronized
    public fun throwNext(thrown: Throwable) {
        next = Next.Thrown(thrown)
    }

    /** The next errand is done; but if it answers with bytes, there are none of them. */
    @Synchronized
    public fun emptyNext() {
        next = Next.Empty
    }

    /** The enrolled fingers or face change: every key with a biometric gate is dead. */
    @Synchronized
    public fun changeBiometrics() {
        keys.values.filter { it.gate == KeyGate.BIOMETRIC }.forEach { it.isDead = true }
    }

    /** Every key of a slot is lost. */
    @Synchronized
    public fun loseKeys(slot: SlotId) {
        keys.keys.removeAll { it.alias.split('.')[1] == slot.hex }
    }

    /** Every key and every anchor is lost, as on another device. */
    @Synchronized
    public fun loseEverything() {
        keys.clear()
        anchors.clear()
    }

    /** Makes the key. */
    override suspend fun create(key: KeyName, usage: KeyUse, gate: KeyGate): Unit = errand(Errand.CREATE) {
        keys[key] = Key(usage, gate)
    }

    /** Refuses if the key is lost or dead. */
    override suspend fun find(key: KeyName): Unit = errand(Errand.FIND) {
        living(key)
    }

    /** Remembers the plaintext under a random name. */
    override suspend fun wrap(key: KeyName, plaintext: SecretBytes): ByteArray = errand(Errand.WRAP, ByteArray(0)) {
        val kept = usable(key, KeyUse.WRAP)
        random(plaintext.size + OVERHEAD).also { kept.wrapped[it.asList()] = plaintext.expose().copyOf() }.copyOf()
    }

    /** What was remembered under the name; refuses any other as unavailable. */
    override suspend fun unwrap(key: KeyName, wrapped: ByteArray): SecretBytes = SecretBytes(
        errand(Errand.UNWRAP, ByteArray(0)) {
            val plaintext = usable(key, KeyUse.WRAP).wrapped[wrapped.asList()]
            plaintext?.copyOf() ?: throw KeyRefusedException(KeyRefusal.UNAVAILABLE)
        },
    )

    /** Random bytes, the same for the same message and key. */
    override suspend fun mac(key: KeyName, message: SecretBytes): SecretBytes = SecretBytes(
        errand(Errand.MAC, ByteArray(0)) {
            val macs = usable(key, KeyUse.MAC).macs
            macs.getOrPut(message.expose().copyOf().asList()) { random(MAC_SIZE) }.copyOf()
        },
    )

    /** Forgets the key and what it remembered. */
    override suspend fun delete(key: KeyName): Unit = errand(Errand.DELETE) {
        keys.remove(key)
    }

    /** The number, if one was raised. */
    override suspend fun readAnchor(vault: VaultId): Long? = errand(Errand.READ_ANCHOR, null) { anchors[vault] }

    /** Keeps the greater of the two. */
    override suspend fun raiseAnchor(vault: VaultId, generation: Long): Unit = errand(Errand.RAISE_ANCHOR) {
        anchors[vault] = maxOf(anchors[vault] ?: 0, generation)
    }

    private suspend fun errand(kind: Errand, work: () -> Unit): Unit = errand(kind, Unit) { work() }

    private suspend fun <T> errand(kind: Errand, empty: T, work: () -> T): T {
        onErrand(kind)
        return synchronized(this) {
            val scripted = next
            next = null
            when (scripted) {
                is Next.Refusal -> throw KeyRefusedException(scripted.refusal)
                is Next.Thrown -> throw scripted.thrown
                Next.Empty -> if (empty is ByteArray) work().let { empty } else work()
                null -> work()
            }
        }
    }

    private fun usable(name: KeyName, usage: KeyUse): Key {
        val key = living(name)
        if (key.gate == KeyGate.BIOMETRIC) {
            promptCount++
            when (person) {
                Person.ACCEPTS -> {}
                Person.CANCELS -> throw KeyRefusedException(KeyRefusal.CANCELLED)
                Person.IS_LOCKED_OUT -> throw KeyRefusedException(KeyRefusal.LOCKED_OUT)
            }
        }
        if (key.usage != usage) throw KeyRefusedException(KeyRefusal.UNAVAILABLE)
        return key
    }

    private fun living(name: KeyName): Key {
        val key = keys[name] ?: throw KeyRefusedException(KeyRefusal.MISSING)
        if (key.isDead) throw KeyRefusedException(KeyRefusal.INVALIDATED)
        return key
    }

    private fun random(size: Int): ByteArray = ByteArray(size).also(random::nextBytes)

    private companion object {
        /** What AES-GCM adds: a nonce and a tag. */
        const val OVERHEAD = 28

        const val MAC_SIZE = 32
    }
}
