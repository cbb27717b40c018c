package jp.warifu

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import java.io.InputStream
import java.net.HttpURLConnection
import java.net.MalformedURLException
import java.net.Proxy
import java.net.URL
import kotlin.concurrent.thread

/**
 * The platform's own HTTP, `java.net.HttpURLConnection`: on Android and on a PC, without any dependency.
 *
 * Each request has a connection and a thread of its own, which end with it: the host is asked to close, and should say
 * that it does (RFC 9112, section 9.6). The app's `CookieHandler`, if it has set one for the whole process, is the one
 * thing that cannot be kept out of a request: an app that has one brings a transport of its own. And a connection that
 * ends without a word has the JDK send a request without a body once more, which a HEAD that asks for the time bears.
 */
public class UrlTransport : HttpTransport {
    override suspend fun send(request: HttpRequest): HttpResponse {
        val connection = open(request)
        // There a timeout runs by a real clock, whatever the caller's dispatcher does.
        return withContext(Dispatchers.IO) {
            withTimeoutOrNull(request.timeout) { exchange(connection, request) }
                ?: throw HttpFailedException(HttpFailure.TIMED_OUT)
        }
    }

    private fun open(request: HttpRequest): HttpURLConnection {
        val url = try {
            URL(request.url)
        } catch (malformed: MalformedURLException) {
            throw HttpFailedException(HttpFailure.UNAVAILABLE, malformed)
        }
        val isHere = url.host in LOOPBACK
        if (url.protocol != "https" && !(url.protocol == "http" && isHere)) {
            throw HttpFailedException(HttpFailure.UNAVAILABLE)
        }
        val opened = if (isHere) url.openConnection(Proxy.NO_PROXY) else url.openConnection()
        return (opened as HttpURLConnection).apply {
            requestMethod = request.method.name
            instanceFollowRedirects = false
            useCaches = false
            allowUserInteraction = false
            connectTimeout = request.timeout.inWholeMilliseconds.toInt()
            readTimeout = connectTimeout
            setRequestProperty("Accept", request.contentType)
            // As it is, or Android would unpack it, to whatever length.
            setRequestProperty("Accept-Encoding", "identity")
            setRequestProperty("Connection", "close")
            setRequestProperty("User-Agent", "warifu")
            if (request.method == HttpMethod.POST) {
                doOutput = true
                setRequestProperty("Content-Type", request.contentType)
                // Of a body of known length it keeps no copy, and so cannot repeat the request by itself.
                setFixedLengthStreamingMode(request.body.size)
            }
        }
    }

    /** On a thread of its own, since a read that waits ends by nothing but the end of its connection. */
    private suspend fun exchange(connection: HttpURLConnection, request: HttpRequest): HttpResponse =
        suspendCancellableCoroutine { caller ->
            // To end a connection may take its time too.
            caller.invokeOnCancellation { begin { connection.disconnect() } }
            begin {
                val ended = runCatching { connection.exchange(request) { caller.isActive } }
                connection.disconnect()
                caller.resumeWith(ended)
            }
        }

    private fun HttpURLConnection.exchange(request: HttpRequest, isAwaited: () -> Boolean): HttpResponse {
        connect()
        // Whoever gave up while it was connecting wants nothing sent.
        if (!isAwaited()) throw HttpFailedException(HttpFailure.UNAVAILABLE)
        if (doOutput) outputStream.use { it.write(request.body.expose()) }
        val status = responseCode
        if (status < 0) throw HttpFailedException(HttpFailure.UNREACHABLE)
        val (date, hasAge) = headers("Date").singleOrNull() to headers("Age").isNotEmpty()
        // The length that goes with HEAD is of the body that GET would bring.
        if (status != HttpURLConnection.HTTP_OK || request.method == HttpMethod.HEAD) {
            return HttpResponse(status, date = date, hasAge = hasAge)
        }
        // The platform does not always notice that a body broke off.
        val length = getHeaderField("Content-Length")?.trim()?.toLongOrNull()
        if (length != null && length > request.maxResponse) throw HttpFailedException(HttpFailure.TOO_LARGE)
        val body = inputStream.use { it.readAtMost(request.maxResponse) }
        if (length != null && body.size < length) throw HttpFailedException(HttpFailure.UNREACHABLE)
        return HttpResponse(status, body, date, hasAge)
    }

    /** All that have the name, which the platform does not always look up in any case. */
    private fun HttpURLConnection.headers(name: String): List<String> = headerFields.orEmpty()
        .filterKeys { it.equals(name, ignoreCase = true) }
        .flatMap { it.value.orEmpty() }

    private fun InputStream.readAtMost(most: Int): SecretBytes {
        val buffer = ByteArray(most + 1)
        try {
            var size = 0
            while (size < buffer.size) {
                val read = read(buffer, size, buffer.size - size)
                if (read < 0) return SecretBytes(buffer.copyOf(size))
                size += read
            }
            throw HttpFailedException(HttpFailure.TOO_LARGE)
        } finally {
            buffer.fill(0)
        }
    }

    private fun begin(work: () -> Unit) {
        thread(isDaemon = true, name = "warifu http", block = work)
    }

    private companion object {
        val LOOPBACK = setOf("127.0.0.1", "localhost", "[::1]")
    }
}
