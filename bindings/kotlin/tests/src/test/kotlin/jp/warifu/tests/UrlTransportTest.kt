package jp.warifu.tests

import jp.warifu.HttpFailedException
import jp.warifu.HttpFailure
import jp.warifu.HttpMethod
import jp.warifu.HttpRequest
import jp.warifu.HttpResponse
import jp.warifu.SecretBytes
import jp.warifu.UrlTransport
import jp.warifu.failureOf
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import org.junit.jupiter.params.provider.ValueSource
import java.io.EOFException
import java.io.IOException
import java.net.ConnectException
import java.net.SocketException
import java.net.SocketTimeoutException
import java.net.UnknownHostException
import java.security.cert.CertificateException
import java.security.cert.CertificateExpiredException
import java.security.cert.CertificateNotYetValidException
import javax.net.ssl.SSLHandshakeException
import javax.net.ssl.SSLPeerUnverifiedException
import kotlin.test.Test
import kotlin.test.assertContains
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** The platform's own HTTP, against a host on loopback that does what hosts do. */
class UrlTransportTest {
    private val http = UrlTransport()

    @ParameterizedTest
    @CsvSource("whole, 200, 100", "chunked, 200, 7", "status, 500, 0", "unauthorized, 401, 0", "redirect, 302, 0")
    fun `whatever response comes is a response`(case: String, status: Int, size: Int) {
        val response = send(case)
        assertEquals(status to size, response.status to response.body.size)
    }

    @ParameterizedTest
    @CsvSource(
        "closed, UNREACHABLE",
        "gibberish, UNREACHABLE",
        "truncated, UNREACHABLE",
        "huge, TOO_LARGE",
        "endless, TOO_LARGE",
        "silent, TIMED_OUT",
        "dripping, TIMED_OUT",
        "dripping-head, TIMED_OUT",
    )
    fun `what is no response says why`(case: String, failure: HttpFailure) {
        val failed = assertFailsWith<Throwable> { send(case, timeout = if (failure == TIMED_OUT) SHORT else LONG) }
        assertEquals(failure, failureOf(failed), "$failed")
    }

    @Test
    fun `a body may be as long as was asked for and no longer`() {
        assertEquals(100, send("whole", most = 100).body.size)
        assertEquals(TOO_LARGE, assertFailsWith<HttpFailedException> { send("whole", most = 99) }.failure)
    }

    @Test
    fun `a request carries what was asked for and nothing of its own`() {
        val body = byteArrayOf(0, 1, -1)
        val lines = send("echo", body = body).body.expose().decodeToString().lines()
        assertEquals("POST" to "0001ff", lines.first() to lines.last())
        val headers = lines.drop(1).dropLast(1).associate { it.substringBefore(": ") to it.substringAfter(": ") }
        assertEquals("application/octet-stream", headers["content-type"])
        assertEquals("application/octet-stream", headers["accept"])
        assertEquals("identity", headers["accept-encoding"])
        assertEquals("warifu", headers["user-agent"])
        val known = setOf(
            "accept", "accept-encoding", "cache-control", "connection", "content-length", "content-type", "host",
            "pragma", "user-agent",
        )
        assertEquals(emptySet(), headers.keys - known)
        assertEquals("GET", send("echo", HttpMethod.GET).body.expose().decodeToString().lines().first())
    }

    @Test
    fun `a cookie is not sent back`() {
        send("cookie")
        assertFalse("cookie" in send("echo").body.expose().decodeToString())
    }

    @ParameterizedTest
    @ValueSource(strings = ["closed", "truncated", "redirect", "unauthorized", "gibberish"])
    fun `a request is made once whatever comes of it`(case: String) {
        val before = count(case)
        val whole = count("whole")
        runCatching { send(case) }
        assertEquals(before + 1, count(case))
        assertEquals(whole, count("whole"), "a redirect was followed")
    }

    @Test
    fun `a host that closes without a word cannot be reached though the platform asks twice for headers`() {
        Host("").use { host ->
            val failed = assertFailsWith<IOException> {
                runBlocking { http.send(request("http://127.0.0.1:${host.port}/", HttpMethod.HEAD)) }
            }
            assertEquals(HttpFailure.UNREACHABLE, failureOf(failed))
            assertEquals(2, host.asked.size)
        }
    }

    @Test
    fun `a body reaches the host as it was and an empty one too`() {
        val body = ByteArray(4096) { it.toByte() }
        val echoed = send("echo", body = body, most = 65_536).body.expose().decodeToString().lines().last()
        assertContentEquals(body, echoed.hexToByteArray())
        assertEquals("", send("echo", body = ByteArray(0)).body.expose().decodeToString().lines().last())
    }

    @ParameterizedTest
    @ValueSource(
        strings = [
            "http://bank.example/enrol", "http://127.0.0.2/", "http://localhost.bank.example/", "ftp://127.0.0.1/",
            "file:///etc/passwd", "no address", "http://127.0.0.1@bank.example/",
        ],
    )
    fun `nothing but https is taken and plain http to this machine`(url: String) {
        val failed = assertFailsWith<HttpFailedException> { runBlocking { http.send(request(url)) } }
        assertEquals(HttpFailure.UNAVAILABLE, failed.failure)
    }

    @Test
    fun `a host that is not there cannot be reached`() {
        val failed = assertFailsWith<IOException> {
            runBlocking { http.send(request("http://127.0.0.1:1/")) }
        }
        assertEquals(HttpFailure.UNREACHABLE, failureOf(failed))
    }

    @Test
    fun `a host's date is read from its headers alone and so is that it comes of a cache`() {
        val service = TokenService()
        fun front() = runBlocking { service.send(request("https://bank.example/", HttpMethod.HEAD, most = 0)) }
        val fresh = front()
        assertEquals(
            Triple(200, "Wed, 18 May 2033 03:33:30 GMT", false),
            Triple(fresh.status, fresh.date, fresh.hasAge),
        )
        service.order("ages true")
        assertTrue(front().hasAge)
    }

    @ParameterizedTest
    @CsvSource(
        "200 OK,           Date: X,                 X, false",
        "200 OK,           date: X|AGE: 0,          X, true",
        "404 Not Found,    Date: X,                 X, false",
        "302 Found,        Date: X|Location: /case, X, false",
        "200 OK,           Server: X,               ,  false",
        "200 OK,           Date: X|Date: Y,         ,  false",
        "200 OK,           Date: X|date: X,         ,  false",
    )
    fun `a date is one that stands there once with whichever status`(
        status: String,
        headers: String,
        date: String?,
        hasAge: Boolean,
    ) {
        for (method in listOf(HttpMethod.HEAD, HttpMethod.GET)) {
            // What goes with HEAD says how long the body would be.
            val length = if (method == HttpMethod.HEAD) 5000 else 0
            Host("HTTP/1.1 $status|$headers|Content-Length: $length||").use { host ->
                val response = runBlocking { http.send(request("http://127.0.0.1:${host.port}/", method, most = 0)) }
                assertEquals(date to hasAge, response.date to response.hasAge, "$method")
                assertEquals(0, response.body.size)
                assertEquals(listOf("$method / HTTP/1.1"), host.asked)
            }
        }
    }

    @Test
    fun `a call that is cancelled ends at once`() = runBlocking {
        val before = count("silent")
        val call =
            async(Dispatchers.IO) { http.send(request("${TokenService.HOST}/case/silent", timeout = 60.seconds)) }
        while (count("silent") == before) delay(10.milliseconds)
        withTimeout(30.seconds) { call.cancelAndJoin() }
        assertTrue(call.isCancelled)
    }

    @Test
    fun `what prints holds nothing of a body`() {
        val request = request("https://bank.example/token/enrol", body = "secret".encodeToByteArray())
        assertEquals("HttpRequest(POST https://bank.example/token/enrol)", "$request")
        assertEquals("HttpResponse(200)", "${HttpResponse(200, secret("secret"))}")
    }

    @Test
    fun `a client's own exceptions are read as what they say`() {
        val broken = SSLHandshakeException("the host closed it").apply { initCause(EOFException()) }
        val reset = SSLHandshakeException("reset").apply { initCause(SocketException("Connection reset")) }
        val ofItsTime = SSLHandshakeException("certificate").apply {
            initCause(CertificateException("path", CertificateNotYetValidException()))
        }
        for ((thrown, failure) in listOf(
            UnknownHostException("bank.example") to HttpFailure.UNREACHABLE,
            ConnectException("refused") to HttpFailure.UNREACHABLE,
            IOException("unexpected end of stream") to HttpFailure.UNREACHABLE,
            broken to HttpFailure.UNREACHABLE,
            reset to HttpFailure.UNREACHABLE,
            SocketTimeoutException("timeout") to TIMED_OUT,
            SSLHandshakeException("no trusted certificate") to HttpFailure.UNTRUSTED,
            SSLPeerUnverifiedException("another host") to HttpFailure.UNTRUSTED,
            CertificateException("of another name") to HttpFailure.UNTRUSTED,
            CertificateExpiredException() to HttpFailure.CERTIFICATE_TIME,
            ofItsTime to HttpFailure.CERTIFICATE_TIME,
            HttpFailedException(TOO_LARGE) to TOO_LARGE,
            IllegalStateException("closed") to HttpFailure.UNAVAILABLE,
        )) {
            assertEquals(failure, failureOf(thrown), "$thrown")
        }
    }

    @Test
    fun `a status that is none is no response`() {
        assertContains(assertFailsWith<IllegalArgumentException> { HttpResponse(0) }.message.orEmpty(), "status")
    }

    private fun count(case: String): Int = send("count/$case").body.expose().decodeToString().toInt()

    private fun send(
        case: String,
        method: HttpMethod = HttpMethod.POST,
        body: ByteArray = byteArrayOf(1),
        most: Int = 16_384,
        timeout: Duration = LONG,
    ): HttpResponse = runBlocking { http.send(request("${TokenService.HOST}/case/$case", method, body, most, timeout)) }

    private fun request(
        url: String,
        method: HttpMethod = HttpMethod.POST,
        body: ByteArray = byteArrayOf(1),
        most: Int = 16_384,
        timeout: Duration = LONG,
    ) = HttpRequest(method, url, "application/octet-stream", SecretBytes(body), most, timeout)

    private companion object {
        val TIMED_OUT = HttpFailure.TIMED_OUT
        val TOO_LARGE = HttpFailure.TOO_LARGE
        val SHORT = 500.milliseconds
        val LONG = 30.seconds
    }
}
