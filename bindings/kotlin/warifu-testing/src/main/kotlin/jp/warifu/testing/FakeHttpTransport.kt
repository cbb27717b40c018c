package jp.warifu.testing

import jp.warifu.HttpFailedException
import jp.warifu.HttpFailure
import jp.warifu.HttpMethod
import jp.warifu.HttpRequest
import jp.warifu.HttpResponse
import jp.warifu.HttpTransport
import jp.warifu.SecretBytes
import kotlinx.coroutines.awaitCancellation

/**
 * A network whose replies a test decides. Each request takes the next of those that were [enqueue]d; without one the
 * host cannot be reached.
 *
 * An enrolment's answer takes the bank's key, and so does a service's word on the time, so no fixed bytes come to a good
 * end here: it serves for whatever an app does when a request fails, is slow, or is answered with a status. A host that
 * tells the time takes no more than a [Reply.Status] with its date.
 *
 * ```
 * val http = FakeHttpTransport()
 * http.enqueue(FakeHttpTransport.Reply.Status(503))
 * assertFailsWith<WarifuException.ServiceBusy> { token.enrolment.begin(link) }
 * ```
 */
public class FakeHttpTransport : HttpTransport {
    private val replies = ArrayDeque<Reply>()
    private val made = ArrayList<Sent>()

    /** What was asked for so far. */
    public val sent: List<Sent>
        get() = synchronized(this) { made.toList() }

    /** Says what comes of the requests that follow, one each. */
    public fun enqueue(vararg next: Reply) {
        synchronized(this) { replies += next }
    }

    /** Answers with the next reply, and keeps the request. */
    override suspend fun send(request: HttpRequest): HttpResponse {
        val reply = synchronized(this) {
            made += Sent(request.method, request.url, request.body.size)
            replies.removeFirstOrNull()
        }
        return when (reply) {
            null -> throw HttpFailedException(HttpFailure.UNREACHABLE)
            is Reply.Status -> HttpResponse(reply.status, date = reply.date, hasAge = reply.hasAge)
            is Reply.Body -> HttpResponse(OK, SecretBytes(reply.bytes.copyOf()))
            is Reply.Fails -> throw HttpFailedException(reply.why)
            is Reply.Throws -> throw reply.thrown
            Reply.Never -> awaitCancellation()
        }
    }

    /**
     * A request that was made, without its body.
     *
     * @property method GET, HEAD or POST.
     * @property url Where to.
     * @property size How many bytes its body had.
     */
    public data class Sent(val method: HttpMethod, val url: String, val size: Int)

    /** What comes of a request. */
    public sealed interface Reply {
        /**
         * A response without a body.
         *
         * @property status Its status, like 503.
         * @property date Its `Date`, by which a host tells the time.
         * @property hasAge Whether it has an `Age`, and so comes of a cache.
         */
        public class Status(
            public val status: Int,
            public val date: String? = null,
            public val hasAge: Boolean = false,
        ) : Reply

        /**
         * A response of status 200.
         *
         * @property bytes Its body.
         */
        public class Body(public val bytes: ByteArray) : Reply

        /**
         * No response.
         *
         * @property why Why not.
         */
        public class Fails(public val why: HttpFailure) : Reply

        /**
         * Something that is thrown as it is.
         *
         * @property thrown What.
         */
        public class Throws(public val thrown: Throwable) : Reply

        /** Nothing, until the call is cancelled. */
        public data object Never : Reply
    }

    private companion object {
        const val OK = 200
    }
}
