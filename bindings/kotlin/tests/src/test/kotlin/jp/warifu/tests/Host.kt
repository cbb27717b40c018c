package jp.warifu.tests

import java.io.Closeable
import java.io.IOException
import java.net.InetAddress
import java.net.ServerSocket
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.concurrent.thread

/** A host on loopback that gives everybody one answer, in which `|` ends a line. */
class Host(private val answer: String, private val socket: ServerSocket = ServerSocket(0, BACKLOG, HERE)) : Closeable {
    val port: Int = socket.localPort

    /** The first line of each request. */
    val asked: MutableList<String> = CopyOnWriteArrayList()

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

    private fun answerOne() {
        socket.accept().use { client ->
            val lines = client.inputStream.bufferedReader()
            asked += lines.readLine()
            while (!lines.readLine().isNullOrEmpty()) continue
            client.outputStream.write(answer.replace("|", "\r\n").encodeToByteArray())
        }
    }

    override fun close() {
        socket.close()
    }

    companion object {
        const val BACKLOG = 8
        val HERE: InetAddress = InetAddress.getByName("127.0.0.1")
    }
}
