package jp.warifu

import kotlinx.coroutines.TimeoutCancellationException
import java.io.EOFException
import java.io.IOException
import java.io.InterruptedIOException
import java.net.SocketException
import java.security.cert.CertificateException
import java.security.cert.CertificateExpiredException
import java.security.cert.CertificateNotYetValidException
import javax.net.ssl.SSLException
import kotlin.time.Duration

/**
 * The way to a bank's token service, and to the hosts that are asked for the time: [UrlTransport], an app's own client,
 * a fake in a test.
 *
 * It makes one request, once, and returns whatever response comes, a redirect or a refusal too, or throws:
 * a [HttpFailedException] that says why none came, or the `java.io` and `javax.net.ssl` exceptions of a client
 * as they are. So a client needs no more around it than its call. Anything else counts as
 * [HttpFailure.UNAVAILABLE]; what was thrown becomes the cause of the call's exception.
 *
 * An own one keeps to this:
 * - `https` alone, with the platform's own judgement of certificates; plain `http` to `127.0.0.1`, `[::1]` or
 *   `localhost`, and nowhere else.
 * - It follows no redirect, sends and keeps no cookie, asks no cache, adds no credentials, and repeats nothing.
 * - It stops reading beyond [HttpRequest.maxResponse], and when [HttpRequest.timeout] is over.
 * - With whichever status, it hands on the `Date` of the response and says whether there is an `Age`; without them a
 *   host tells no time, and everything else works.
 * - It logs neither of the bodies.
 *
 * It runs in the caller's context: what blocks belongs on a dispatcher of your own. It is cancelled when nobody
 * waits for the answer any more: the caller was cancelled, the token was locked, a newer enrolment took over.
 */
public fun interface HttpTransport {
    /** Makes the request. */
    public suspend fun send(request: HttpRequest): HttpResponse
}

/**
 * A request to be made. It prints without its body.
 *
 * @property method GET, HEAD or POST.
 * @property url Where to: ASCII, without a fragment, at most 1,024 characters.
 * @property contentType The `Content-Type` of the body, and what to `Accept`.
 * @property body What to send. It may hold a one-time code, and is wiped when [HttpTransport.send] has ended.
 * @property maxResponse The most bytes that a response's body may have.
 * @property timeout From the beginning to the last byte of the response.
 */
public class HttpRequest(
    public val method: HttpMethod,
    public val url: String,
    public val contentType: String,
    public val body: SecretBytes,
    public val maxResponse: Int,
    public val timeout: Duration,
) {
    /** Method and address. */
    override fun toString(): String = "HttpRequest($method $url)"
}

/** The method of a request. */
public enum class HttpMethod {
    /** Without a body. */
    GET,

    /** Without a body, either way: the headers alone are asked for. */
    HEAD,

    /** With one. */
    POST,
}

/**
 * A whole response. It prints without its body.
 *
 * @property status Its status, like 200.
 * @property body Its body. That of a status other than 200 is not looked at, and may be left out. It is wiped once
 *   it has been used.
 * @property date The value of the `Date` header, as it came, with whichever status. Null if there is none, or more
 *   than one.
 * @property hasAge Whether there is an `Age` header: the response comes of a cache.
 */
public class HttpResponse(
    public val status: Int,
    public val body: SecretBytes = SecretBytes(ByteArray(0)),
    public val date: String? = null,
    public val hasAge: Boolean = false,
) {
    init {
        require(status in LEAST..MOST) { "a status of $status" }
    }

    /** Its status. */
    override fun toString(): String = "HttpResponse($status)"

    private companion object {
        const val LEAST = 100
        const val MOST = 999
    }
}

/** Why no response came. */
public enum class HttpFailure {
    /** The host was not found or did not answer, or the connection broke. */
    UNREACHABLE,

    /** It took too long. */
    TIMED_OUT,

    /** The host could not show that it is the one in the URL. */
    UNTRUSTED,

    /** The host's certificate is not valid yet, or no more, by the device's clock. */
    CERTIFICATE_TIME,

    /** The body is longer than was asked for. */
    TOO_LARGE,

    /** The transport cannot do it, or failed in another way. */
    UNAVAILABLE,
}

/**
 * Thrown by a [HttpTransport] that has no response.
 *
 * @property failure Why.
 */
public class HttpFailedException(public val failure: HttpFailure, cause: Throwable? = null) :
    Exception("no response: $failure", cause)

/** What a client's own exception says. */
internal fun failureOf(thrown: Throwable): HttpFailure = when {
    thrown is HttpFailedException -> thrown.failure
    thrown is InterruptedIOException || thrown is TimeoutCancellationException -> HttpFailure.TIMED_OUT
    thrown.causes().any(::isOfItsTime) -> HttpFailure.CERTIFICATE_TIME
    thrown is SSLException && thrown.causes().any(::isOfTheConnection) -> HttpFailure.UNREACHABLE
    thrown is SSLException || thrown is CertificateException -> HttpFailure.UNTRUSTED
    thrown is IOException -> HttpFailure.UNREACHABLE
    else -> HttpFailure.UNAVAILABLE
}

private fun isOfItsTime(thrown: Throwable) =
    thrown is CertificateNotYetValidException || thrown is CertificateExpiredException

/** While TLS had it, which says nothing of the host then. */
private fun isOfTheConnection(thrown: Throwable) = thrown is SocketException || thrown is EOFException

/** With itself. */
private fun Throwable.causes() = generateSequence(this) { it.cause }.take(DEPTH)

private const val DEPTH = 8
