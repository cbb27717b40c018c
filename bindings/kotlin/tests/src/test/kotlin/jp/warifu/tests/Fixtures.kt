package jp.warifu.tests

import jp.warifu.Code
import jp.warifu.Face
import jp.warifu.KdfCost
import jp.warifu.Screen
import jp.warifu.SecretBytes
import java.io.File
import java.nio.file.Files

/** RFC 6238's key, in base32: its codes are in the standard. */
const val SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

/** What Argon2id costs where no test is about its cost. */
val QUICK = KdfCost(memoryKib = 8, passes = 1, lanes = 1)

fun secret(text: String): SecretBytes = SecretBytes(text.encodeToByteArray())

fun totp(account: String = "0001", seed: String = SEED, period: Int = 30): SecretBytes =
    secret("otpauth://totp/Bank:$account?secret=$seed&issuer=Bank&period=$period")

fun hotp(account: String = "0002"): SecretBytes =
    secret("otpauth://hotp/Bank:$account?secret=$SEED&issuer=Bank&counter=0")

/** A seed of its own for each number. */
fun seedOf(number: Int): String =
    number.toString().padStart(4, '0').map { 'A' + (it - '0') }.joinToString("") + SEED.drop(4)

inline fun <T> withFolder(work: (File) -> T): T {
    val folder = Files.createTempDirectory("warifu").toFile()
    try {
        return work(folder)
    } finally {
        folder.deleteRecursively()
    }
}

val Screen.totps: List<Face.Totp>
    get() = cards.mapNotNull { it.face as? Face.Totp }

val Screen.codes: List<Code>
    get() = totps.map { it.code }
