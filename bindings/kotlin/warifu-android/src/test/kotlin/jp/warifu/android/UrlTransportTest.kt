package jp.warifu.android

import jp.warifu.HttpFailedException
import jp.warifu.HttpFailure
import jp.warifu.HttpMethod
import jp.warifu.HttpRequest
import jp.warifu.HttpResponse
import jp.warifu.SecretBytes
import jp.warifu.UrlTransport
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import java.io.IOException
import java.io.InterruptedIOException
import java.io.OutputStream
import java.net.URL
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/**
 * warifu's `UrlTransport` on Android's own HTTP, which is another than the JDK's, against hosts on loopback. That of API 28
 * asks for methods of a Java that no JDK has, and does not run here.
 */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [30, 34, 35])
class UrlTransportTest {
    @get:Rule
    val urls = AndroidUrls()

    private fun send(
        host: RawHost,
        method: HttpMethod = HttpMethod.POST,
        body: ByteArray = byteArrayOf(1),
        most: Int = 100,
        timeout: Duration = LONG,
    ): HttpResponse = runBlocking {
        UrlTransport().send(HttpRequest(method, host.url, "application/octet-stream", SecretBytes(body), most, timeout))
    }

    private fun asked(answer: String, method: HttpMethod = HttpMethod.POST): HttpResponse =
        RawHost(answer).use { send(it, method) }

    private fun failureOf(timeout: Duration = LONG, answer: (OutputStream) -> Unit): HttpFailure {
        val thrown = RawHost(answer).use { host -> runCatching { send(host, timeout = timeout) }.exceptionOrNull() }
        return when (thrown) {
            is HttpFailedException -> thrown.failure
            is InterruptedIOException -> HttpFailure.TIMED_OUT
            is IOException -> HttpFailure.UNREACHABLE
            else -> throw AssertionError(thrown)
        }
    }

    @Test
    fun `it is Android's`() {
        assertEquals(
            "com.android.okhttp.internal.huc.HttpURLConnectionImpl",
            URL("http://127.0.0.1/").openConnection().javaClass.name,
        )
    }

    @Test
    fun `a whole body comes, and one in chunks`() {
        val whole = asked("HTTP/1.1 200 OK|Content-Length: 3||abc")
        assertEquals(200, whole.status)
        assertArrayEquals("abc".toByteArray(), whole.body.expose())
        assertArrayEquals(
            "abcd".toByteArray(),
            asked("HTTP/1.1 200 OK|Transfer-Encoding: chunked||3|abc|1|d|0||").body.expose(),
        )
    }

    @Test
    fun `whatever status comes is a response, and nobody is asked again`() {
        for (status in listOf(
            "404 Not Found",
            "500 Oops",
            "503 Busy",
            "401 Unauthorized",
            "408 Timeout",
        )) {
            RawHost("HTTP/1.1 $status|WWW-Authenticate: Basic realm=\"x\"|Content-Length: 0||").use { host ->
                assertEquals(status.substringBefore(' ').toInt(), send(host).status)
                assertEquals(status, 1, host.asked.size)
            }
        }
    }

    @Test
    fun `a redirect is followed nowhere`() = RawHost("HTTP/1.1 200 OK|Content-Length: 0||").use { other ->
        for (status in listOf(301, 302, 303, 307, 308)) {
            for (method in HttpMethod.entries) {
                assertEquals(
                    status,
                    asked("HTTP/1.1 $status Gone|Location: ${other.url}|Content-Length: 0||", method).status,
                )
            }
        }
        assertEquals(0, other.asked.size)
    }

    @Test
    fun `a body is as long as was asked for and no longer`() {
        assertEquals(
            HttpFailure.TOO_LARGE,
            failureOf {
                it.write("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n".toByteArray())
            },
        )
        val endless = failureOf { to ->
            to.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".toByteArray())
            while (true) to.write("8\r\n12345678\r\n".toByteArray())
        }
        assertEquals(HttpFailure.TOO_LARGE, endless)
    }

    @Test
    fun `a body that was packed is not unpacked`() {
        val response = asked("HTTP/1.1 200 OK|Content-Encoding: gzip|Content-Length: 3||abc")
        assertArrayEquals("abc".toByteArray(), response.body.expose())
    }

    @Test
    fun `a host that closes, babbles or breaks off cannot be reached`() {
        assertEquals(HttpFailure.UNREACHABLE, failureOf {})
        assertEquals(HttpFailure.UNREACHABLE, failureOf { it.write("good day\r\n\r\n".toByteArray()) })
        assertEquals(
            HttpFailure.UNREACHABLE,
            failureOf {
                it.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc".toByteArray())
            },
        )
    }

    @Test
    fun `a post is made once, whatever becomes of it`() {
        for (answer in listOf("", "good day||", "HTTP/1.1 200 OK|Content-Length: 9||abc")) {
            RawHost(answer).use { host ->
                runCatching { send(host) }
                assertEquals(answer, 1, host.asked.size)
            }
        }
    }

    @Test
    fun `a host that is silent, or drips, takes no longer than it may`() {
        assertEquals(HttpFailure.TIMED_OUT, failureOf(SHORT) { Thread.sleep(A_WHILE) })
        val dripping = failureOf(SHORT) { to ->
            to.write("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n".toByteArray())
            repeat(90) {
                to.write('x'.code)
                to.flush()
                Thread.sleep(100)
            }
        }
        assertEquals(HttpFailure.TIMED_OUT, dripping)
    }

    @Test
    fun `a request carries what was asked for and nothing of its own`() =
        RawHost("HTTP/1.1 200 OK|Set-Cookie: a=b|Content-Length: 0||").use { host ->
            repeat(2) { send(host, body = "body".toByteArray()) }
            for (lines in host.asked) {
                assertEquals("POST / HTTP/1.1" to "body", lines.first() to lines.last())
                val headers = lines.drop(1).dropLast(1).associate {
                    it.substringBefore(": ").lowercase() to
                        it.substringAfter(": ")
                }
                assertEquals(
                    setOf(
                        "accept",
                        "accept-encoding",
                        "connection",
                        "content-length",
                        "content-type",
                        "host",
                        "user-agent",
                    ),
                    headers.keys,
                )
                assertEquals("identity", headers["accept-encoding"])
                assertEquals("warifu", headers["user-agent"])
                assertEquals("application/octet-stream", headers["content-type"])
            }
        }

    @Test
    fun `a date is one that stands there once, and an age is seen, with HEAD too`() {
        val cases = mapOf(
            "200 OK|Date: X" to ("X" to false),
            "200 OK|date: X|AGE: 0" to ("X" to true),
            "404 Not Found|Date: X" to ("X" to false),
            "302 Found|Date: X|Location: /" to ("X" to false),
            "200 OK|Server: X" to (null to false),
            "200 OK|Date: X|Date: Y" to (null to false),
            "200 OK|Date: X|date: X" to (null to false),
        )
        for ((head, expected) in cases) {
            for (method in listOf(HttpMethod.HEAD, HttpMethod.GET)) {
                val length = if (method == HttpMethod.HEAD) 5000 else 0
                val response = asked("HTTP/1.1 $head|Content-Length: $length||", method)
                assertEquals("$method $head", expected, response.date to response.hasAge)
                assertEquals(0, response.body.size)
            }
        }
    }

    @Test
    fun `a call that is cancelled ends at once`() = runBlocking<Unit> {
        RawHost { Thread.sleep(A_WHILE) }.use { host ->
            val request = HttpRequest(HttpMethod.GET, host.url, "*/*", SecretBytes(ByteArray(0)), 0, LONG)
            val sending = async(Dispatchers.IO) { UrlTransport().send(request) }
            host.wasAsked.await()
            withTimeout(A_WHILE / 2) { sending.cancelAndJoin() }
            assertTrue(sending.isCancelled)
        }
    }

    private companion object {
        val SHORT = 500.milliseconds
        val LONG = 30.seconds
        const val A_WHILE = 4_000L
    }
}
