package jp.warifu

import kotlin.time.Duration
import kotlin.time.Instant

/**
 * What a person reads about a credential.
 *
 * @property issuer The bank, or whoever issued it.
 * @property account Whose it is, as the issuer or the customer names it.
 * @property credentialId The issuer's ID for it (クレデンシャルID), which the customer registers with the bank.
 */
public data class Names(val issuer: String?, val account: String?, val credentialId: String?)

/** How a credential makes its codes. */
public sealed interface Generator {
    /** The hash function under the HMAC. */
    public val algorithm: Algorithm

    /** How many digits a code has: 6 to 10. */
    public val digits: Int

    /**
     * From the time (RFC 6238).
     *
     * @property period How long a code lives: 1 second to 1 day.
     * @property start When the first code's time begins (T0), usually 1970.
     */
    public data class Totp(
        override val algorithm: Algorithm,
        override val digits: Int,
        val period: Duration,
        val start: Instant,
    ) : Generator

    /**
     * From a counter (RFC 4226).
     *
     * @property counter The next one, which has made no code yet.
     */
    public data class Hotp(override val algorithm: Algorithm, override val digits: Int, val counter: ULong) : Generator
}

/** The hash function under the HMAC (RFC 6238, section 1.2). */
public enum class Algorithm {
    /** HMAC-SHA-1. */
    SHA1,

    /** HMAC-SHA-256. */
    SHA256,

    /** HMAC-SHA-512. */
    SHA512,
}

/** Something that a bank should know about a credential before it relies on it. */
public sealed interface Weakness {
    /**
     * The seed has fewer than the 128 bits that RFC 4226 (R6) demands.
     *
     * @property bits How many it has.
     */
    public data class ShortSeed(val bits: Int) : Weakness
}

/**
 * What a link would add, without its seed: enough to ask the customer.
 *
 * @property names What a person reads.
 * @property generator How its codes would be made.
 * @property weakness What is weak about it, if anything.
 */
public data class Preview(val names: Names, val generator: Generator, val weakness: Weakness?)

/**
 * An entry as a settings page lists it. It holds no code.
 *
 * @property id warifu's name for it.
 * @property names What a person reads.
 * @property generator How its codes are made.
 * @property weakness What is weak about it, if anything.
 */
public data class Entry(val id: EntryId, val names: Names, val generator: Generator, val weakness: Weakness?)

/**
 * What came of adding a credential.
 *
 * @property id warifu's name for it.
 * @property weakness What is weak about it, if anything: tell the customer, or remove it.
 * @property sameName Entries with the same issuer and account and another key, as after an exchange (交換).
 */
public data class Added(val id: EntryId, val weakness: Weakness?, val sameName: List<EntryId>)

/**
 * What a backup may hold of a token: which banks, and the last four of each credential ID. It holds no
 * secret, so that a restored phone can say what happened and which bank to call.
 *
 * @property banks One per credential, in the order of the list.
 */
public data class Marker(val banks: List<Bank>) {
    /**
     * One credential.
     *
     * @property issuer Who issued it.
     * @property lastFour The last four characters of its ID.
     */
    public data class Bank(val issuer: String?, val lastFour: String?)
}
