package jp.warifu.tests

import jp.warifu.DeviceClock
import jp.warifu.Screen
import jp.warifu.Token
import jp.warifu.Unlock
import jp.warifu.testing.FakeClock
import kotlinx.coroutines.runBlocking
import java.io.File
import java.nio.file.Files
import java.util.Locale
import kotlin.time.Duration
import kotlin.time.Duration.Companion.microseconds
import kotlin.time.measureTime
import kotlin.time.measureTimedValue
import jp.warifu.ffi.DeviceTime as FfiDeviceTime
import jp.warifu.ffi.Token as FfiToken

/**
 * What a tick costs, by how many credentials there are: the generated call over JNA alone, and `screen()` with
 * its way to another thread and back. `tests/run kotlin` runs it and prints the table; `docs/performance.md`
 * has one of its runs.
 *
 * Arguments: vaults, each with a number of credentials, as `number=file`.
 */
object SpeedTable {
    private const val PASSPHRASE = "correct horse battery"
    private val clock: DeviceClock = FakeClock()
    private val now = FfiDeviceTime(clock.now().wall.toEpochMilliseconds(), 7_200_000u, "00".repeat(16))

    @JvmStatic
    fun main(args: Array<String>) {
        val folder = Files.createTempDirectory("warifu").toFile()
        try {
            val loading = measureTime { Token.preview(totp()) }
            println("first call in the process, which loads the library: ${show(loading)}")
            println()
            println(
                "| credentials | first tick after an unlock | ticks | generated call over JNA, median | screen(), median |",
            )
            println("|---|---|---|---|---|")
            for ((number, file) in args.map { it.split('=', limit = 2) }) {
                val copy = File(file).copyTo(File(folder, "$number.warifu"))
                row(number.toInt(), copy)
            }
        } finally {
            folder.deleteRecursively()
        }
    }

    private fun row(number: Int, file: File) {
        val (first, counted) = measureFirst(file)
        check(counted == number) { "$counted credentials in $file" }
        val rounds = if (number > 1000) 60 else 2000
        val bare = FfiToken.open(file.path).use { token ->
            token.unlock(secret(PASSPHRASE))
            median(rounds) { token.screen(now) }
        }
        val whole = runBlocking {
            Token.open(file, clock).use { token ->
                token.unlock(Unlock.Passphrase(secret(PASSPHRASE)))
                median(rounds) { token.screen() }
            }
        }
        println("| $number | ${show(first)} | $rounds | ${show(bare)} | ${show(whole)} |")
    }

    /** For the first row this is the first tick of the process. */
    private fun measureFirst(file: File): Pair<Duration, Int> = runBlocking {
        Token.open(file, clock).use { token ->
            token.unlock(Unlock.Passphrase(secret(PASSPHRASE)))
            val (screen: Screen, took) = measureTimedValue { token.screen() }
            took to screen.cards.size
        }
    }

    private inline fun median(rounds: Int, tick: () -> Any): Duration {
        repeat(rounds) { tick() }
        val times = List(rounds) { measureTime { tick() } }
        return times.sorted()[rounds / 2]
    }

    private fun show(took: Duration): String {
        val micros = took / 1.microseconds
        if (micros >= 1000) return "%.1f ms".format(Locale.ROOT, micros / 1000)
        return "%.0f µs".format(Locale.ROOT, micros)
    }
}
