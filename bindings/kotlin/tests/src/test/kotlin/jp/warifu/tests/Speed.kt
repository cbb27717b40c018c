package jp.warifu.tests

import jp.warifu.Token
import jp.warifu.Unlock
import jp.warifu.ffi.describe
import jp.warifu.testing.FakeClock
import kotlinx.coroutines.runBlocking
import java.io.File
import kotlin.time.measureTime
import jp.warifu.ffi.DeviceTime as FfiDeviceTime
import jp.warifu.ffi.Token as FfiToken
import jp.warifu.ffi.TokenError as FfiTokenError

/**
 * Kotlin's part of `bindings/speed`, which measures a tick in every language in one run. The argument is a
 * folder of vaults, each named `COUNT.warifu`.
 *
 * It first prints what the first call of the process took, which loads the library, then answers each line of
 * its input with one of nanoseconds:
 *
 * - `open COUNT`: unlocks the vault; what the first tick took.
 * - `WAY COUNT CALLS`: so many ticks; their median. A way is `jna`, the generated call over JNA alone, or
 *   `screen`, the layer's `screen()` with its way to another thread and back.
 */
object Speed {
    private const val PASSPHRASE = "correct horse battery"
    private val clock = FakeClock()

    @JvmStatic
    fun main(args: Array<String>) {
        println(measureTime { describe(FfiTokenError.Locked) }.inWholeNanoseconds)
        val folder = File(args.single())
        val opened = mutableMapOf<String, Pair<FfiToken, Token>>()
        generateSequence(::readLine).map { it.split(' ') }.forEach { words ->
            val file = File(folder, "${words[1]}.warifu")
            val took = when (words[0]) {
                "open" -> {
                    val tokens = runBlocking { open(file) }.also { opened[words[1]] = it }
                    val first = runBlocking { measureTime { tokens.second.screen() } }
                    check(runBlocking { tokens.second.screen() }.cards.size == words[1].toInt()) { "in $file" }
                    first.inWholeNanoseconds
                }

                "jna" -> median(words[2].toInt()) {
                    // As the layer does it: the clock is read for each call.
                    val now = clock.now()
                    val wall = now.wall.toEpochMilliseconds()
                    opened.getValue(words[1]).first.screen(FfiDeviceTime(wall, 7_200_000u, "00".repeat(16)))
                }

                "screen" -> runBlocking {
                    val token = opened.getValue(words[1]).second
                    median(words[2].toInt()) { token.screen() }
                }

                else -> error("no such request")
            }
            println(took)
        }
    }

    private suspend fun open(file: File): Pair<FfiToken, Token> {
        val bare = FfiToken.open(file.path).apply { unlock(secret(PASSPHRASE)) }
        val token = Token.open(file, clock).apply { unlock(Unlock.Passphrase(secret(PASSPHRASE))) }
        return Pair(bare, token)
    }

    private inline fun median(calls: Int, tick: () -> Any): Long =
        List(calls) { measureTime { tick() } }.sorted()[calls / 2].inWholeNanoseconds
}
