package jp.warifu

/**
 * The platform's key store, as warifu asks it: Android's Keystore, a keyring on a PC, a fake in a test.
 *
 * Each function does one thing and returns once the store has confirmed it, or throws a
 * [KeyRefusedException] that says why not. Anything else that it throws counts as
 * [KeyRefusal.UNAVAILABLE] and becomes the cause of the call's exception. The functions may suspend, for
 * a prompt, and are cancelled when nobody waits for the answer any more: when the caller is cancelled,
 * the token is locked, or a newer call of the same kind has taken over. They run in the caller's
 * context, so that a prompt can be shown; what blocks belongs on a dispatcher of your own.
 *
 * A token asks for one operation at a time, whatever it is doing. So when a call is cancelled, end its
 * prompt and return soon: the next operation begins when it has returned.
 */
public interface KeyProtector {
    /**
     * Creates the key, in the place of any of the same name. It must never leave the device. No prompt.
     *
     * @param usage What it is for.
     * @param gate What must happen before it is used.
     */
    public suspend fun create(key: KeyName, usage: KeyUse, gate: KeyGate)

    /**
     * Returns if the key is there and alive; refuses with [KeyRefusal.MISSING] or
     * [KeyRefusal.INVALIDATED]. No prompt: a store that cannot tell a dead key without one answers for
     * what it can tell.
     */
    public suspend fun find(key: KeyName)

    /**
     * Encrypts and authenticates [plaintext] under a key that is for [KeyUse.WRAP]. With a biometric gate
     * this prompts.
     *
     * @param plaintext It is wiped when this returns: keep nothing of it.
     * @return What [unwrap] takes; under 1 KiB.
     */
    public suspend fun wrap(key: KeyName, plaintext: SecretBytes): ByteArray

    /**
     * Undoes a wrap. With a biometric gate this prompts.
     *
     * @param wrapped What [wrap] returned.
     * @return The plaintext. It is wiped once it has been used.
     */
    public suspend fun unwrap(key: KeyName, wrapped: ByteArray): SecretBytes

    /**
     * HMAC-SHA-256 by a key that is for [KeyUse.MAC]. With a biometric gate this prompts.
     *
     * @param message It is wiped when this returns: keep nothing of it.
     * @return The 32 bytes. They are wiped once they have been used.
     */
    public suspend fun mac(key: KeyName, message: SecretBytes): SecretBytes

    /** Deletes the key. That there is none is fine. No prompt. */
    public suspend fun delete(key: KeyName)

    /** The number that is kept for this vault, or null if there is none, or the platform keeps none. */
    public suspend fun readAnchor(vault: VaultId): Long?

    /**
     * Keeps this number for the vault, so that an older file is noticed. It never falls: a smaller
     * number changes nothing. A platform that can keep none does nothing.
     */
    public suspend fun raiseAnchor(vault: VaultId, generation: Long)
}

/** What a key is for. */
public enum class KeyUse {
    /** To wrap and unwrap: AES-256-GCM in Android's Keystore. */
    WRAP,

    /** To make HMAC-SHA-256. */
    MAC,
}

/** What must happen before a key may be used. */
public enum class KeyGate {
    /** Nothing: the device is enough. */
    DEVICE,

    /** The enrolled fingers or face, each time. The key dies when those change. */
    BIOMETRIC,
}

/** Why a key store did not do what it was asked. */
public enum class KeyRefusal {
    /** It has no key of this name. */
    MISSING,

    /** The key is dead: the enrolled fingers or face, or the screen lock, changed. */
    INVALIDATED,

    /** The person, or the app, put an end to the prompt. */
    CANCELLED,

    /** Too many tries with the wrong finger or face. */
    LOCKED_OUT,

    /** No finger or face, or no screen lock, is enrolled. */
    NOT_ENROLLED,

    /** The store failed. */
    UNAVAILABLE,
}

/**
 * Thrown by a [KeyProtector] that does not do what it was asked.
 *
 * @property refusal Why.
 */
public class KeyRefusedException(public val refusal: KeyRefusal, cause: Throwable? = null) :
    Exception("the key store refused: $refusal", cause)

/** For a token that only a passphrase opens: a key store that has nothing and refuses all. */
public object NoKeyProtector : KeyProtector {
    override suspend fun create(key: KeyName, usage: KeyUse, gate: KeyGate): Unit = refuse()

    override suspend fun find(key: KeyName): Unit = throw KeyRefusedException(KeyRefusal.MISSING)

    override suspend fun wrap(key: KeyName, plaintext: SecretBytes): ByteArray = refuse()

    override suspend fun unwrap(key: KeyName, wrapped: ByteArray): SecretBytes = refuse()

    override suspend fun mac(key: KeyName, message: SecretBytes): SecretBytes = refuse()

    override suspend fun delete(key: KeyName) {}

    override suspend fun readAnchor(vault: VaultId): Long? = null

    override suspend fun raiseAnchor(vault: VaultId, generation: Long) {}

    private fun refuse(): Nothing = throw KeyRefusedException(KeyRefusal.UNAVAILABLE)
}
