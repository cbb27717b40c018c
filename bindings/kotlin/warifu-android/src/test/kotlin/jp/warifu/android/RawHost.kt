package jp.warifu.android

import java.io.Closeable
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream
import java.net.InetAddress
import java.net.ServerSocket
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import kotlin.concurrent.thread

/** A host on loopback that answers whatever a test has it write. */
class RawHost(private val answer: (OutputStream) -> Unit) : Closeable {
    /** Gives everybody one text, in which `|` ends a line. */
    constructor(answer: String) : this({ to: OutputStream -> to.write(answer.replace("|", "\r\n").toByteArray()) })

    private val socket = ServerSocket(0, 8, InetAddress.getByName("127.0.0.1"))

    val url = "http://127.0.0.1:${socket.localPort}/"

    /** Each request as it came: its lines, and its body as the last of them. */
    val asked = CopyOnWriteArrayList<List<String>>()

    /** It stands open when the first request has come. */
    val wasAsked = CountDownLatch(1)

    init {
        thread(isDaemon = true) {
            while (!socket.isClosed) {
                try {
                    answerOne()
                } catch (_: IOException) {
                    // The client went away, or this is closed.
                }
            }
        }
    }

    private fun answerOne() = socket.accept().use { client ->
        asked += read(client.getInputStream())
        wasAsked.countDown()
        answer(client.getOutputStream())
        client.getOutputStream().flush()
    }

    private fun read(from: InputStream): List<String> {
        val lines = generateSequence { line(from) }.takeWhile { it.isNotEmpty() }.toList()
        val length =
            lines.firstOrNull { it.startsWith("Content-Length: ", ignoreCase = true) }?.substringAfter(": ")?.toInt()
                ?: 0
        return lines + String(from.readNBytes(length), Charsets.ISO_8859_1)
    }

    private fun line(from: InputStream): String? {
        val line = StringBuilder()
        while (true) {
            when (val byte = from.read()) {
                -1 -> return null
                '\n'.code -> return "$line".trimEnd('\r')
                else -> line.append(byte.toChar())
            }
        }
    }

    override fun close() = socket.close()
}
