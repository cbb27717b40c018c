package jp.warifu.tests

import jp.warifu.BootId
import jp.warifu.DeviceClock
import jp.warifu.DeviceTime
import jp.warifu.Token
import jp.warifu.testing.FakeKeyProtector
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.parallel.Execution
import org.junit.jupiter.api.parallel.ExecutionMode
import java.io.File
import java.io.RandomAccessFile
import java.nio.ByteOrder
import java.nio.LongBuffer
import java.nio.channels.FileChannel
import kotlin.random.Random
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlin.time.Clock
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.nanoseconds

/** A process that draws what `screens()` emits is stopped by the system, and goes on. */
@Execution(ExecutionMode.CONCURRENT)
class FreezeTest {
    @Test
    fun `a process that was frozen for 90 seconds shows nothing old when it goes on`() = drawing { child, _ ->
        val before = List(5) { child.next() }
        child.signal("STOP")
        Thread.sleep(90_000)
        val resumed = System.currentTimeMillis()
        child.signal("CONT")
        val after = ArrayList<Frame>()
        // What a pipe held from before was drawn before.
        while (after.size < 5) child.next().let { if (it.drawn >= resumed) after += it }
        (before + after).forEach { it.check() }
        assertTrue(after.first().code != before.last().code)
        assertTrue(after.first().drawn - resumed < 2_000, "${after.first().drawn - resumed} ms until the first screen")
    }

    /** The clock that the process reads jumps by 90 s while it is stopped: a hundred freezes in half a minute. */
    @Test
    fun `a process that is frozen again and again at any moment shows nothing old`() = drawing { child, ahead ->
        val random = Random(1)
        var frames = 0
        repeat(100) { round ->
            Thread.sleep(random.nextLong(300))
            child.signal("STOP")
            ahead.put(0, ahead.get(0) + 90_000)
            child.signal("CONT")
            if (round % 10 == 0) {
                child.next().check()
                frames++
            }
        }
        child.tell("enough")
        generateSequence { child.output.readLine() }.map(::Frame).forEach {
            it.check()
            frames++
        }
        assertEquals(0, child.end())
        assertTrue(frames > 10, "$frames frames")
        println("freeze: $frames frames over 100 freezes, none of them old")
    }

    private fun drawing(test: (Child, LongBuffer) -> Unit) = withFolder { folder ->
        Child(Drawing::class).use { child ->
            val offset = File(folder, "ahead")
            val ahead = mapped(offset)
            child.tell("$folder")
            test(child, ahead)
        }
    }

    private fun Child.next() = Frame(checkNotNull(output.readLine()) { process.errorReader().readText() })

    /** One drawn screen: when, by the clock that the process has, and its code with its life. */
    private class Frame(line: String) {
        private val fields = line.split(' ')
        val drawn = fields[0].toLong()
        val code = fields[3]

        fun check() {
            val (from, until) = fields[1].toLong() to fields[2].toLong()
            assertTrue(drawn in from until until, "drawn at $drawn, a code that lives from $from to $until")
        }
    }

    /** The process: it draws each screen as a line, until it is told something. */
    object Drawing {
        @JvmStatic
        fun main(args: Array<String>) {
            val folder = File(readln())
            val ahead = mapped(File(folder, "ahead"))
            val begin = System.nanoTime()
            val clock = DeviceClock {
                val passed = ahead.get(0).milliseconds
                val uptime = (System.nanoTime() - begin).nanoseconds + passed
                DeviceTime(Clock.System.now() + passed, uptime, BootId.ofCount(1))
            }
            runBlocking {
                val token = Token.createOnDevice(File(folder, "token.warifu"), clock, FakeKeyProtector())
                token.entries.add(totp(period = 20))
                Thread {
                    readlnOrNull()
                    token.close()
                }.apply { isDaemon = true }.start()
                token.screens().collect { screen ->
                    for (face in screen.totps) {
                        val now = clock.now().wall.toEpochMilliseconds()
                        val (from, until) = listOf(face.validFrom, face.validUntil).map { it.toEpochMilliseconds() }
                        println("$now $from $until ${face.code.digits()}")
                    }
                }
            }
        }
    }

    private companion object {
        /** One number that two processes see. */
        fun mapped(file: File): LongBuffer = RandomAccessFile(file, "rw").use {
            it.setLength(Long.SIZE_BYTES.toLong())
            it.channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.SIZE_BYTES.toLong())
                .order(ByteOrder.nativeOrder()).asLongBuffer()
        }
    }
}
