package jp.warifu.tests

import jp.warifu.BindingLevel
import jp.warifu.EnrolmentPreview
import jp.warifu.HttpFailure
import jp.warifu.HttpMethod
import jp.warifu.HttpRequest
import jp.warifu.HttpResponse
import jp.warifu.HttpTransport
import jp.warifu.SecretBytes
import jp.warifu.Token
import jp.warifu.UrlTransport
import jp.warifu.WarifuException
import jp.warifu.testing.FakeClock
import jp.warifu.testing.FakeHttpTransport
import jp.warifu.testing.FakeHttpTransport.Reply
import jp.warifu.testing.FakeKeyProtector
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import java.io.File
import java.io.IOException
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNull
import kotlin.test.assertSame
import kotlin.test.assertTrue

/** What only Kotlin can see of an enrolment; the rest is in the scenarios. */
class EnrolmentTest {
    @Test
    fun `a token enrols over the platform's own http`() {
        val service = TokenService()
        enrolling(UrlTransport()) { token ->
            val (link, code) = secret(service.loopbackLink) to secret("1234-5678 9012-3452")
            service.order("code 1234567890123452")
            val added = token.enrolment.begin(link, code, BindingLevel.OPERATING_SYSTEM)
            assertEquals(0 to 0, link.size to code.size, "what was handed in is wiped")
            assertEquals(listOf(added.id), token.entries.list().map { it.id })
            assertEquals("637009", token.screen().codes.single().digits())
            assertNull(token.enrolment.pending())
        }
    }

    @Test
    fun `a request that fails says why and has what was thrown as its cause`() {
        val http = FakeHttpTransport()
        enrolling(http) { token ->
            val broken = IOException("the connection broke")
            val strange = IllegalStateException("the client is closed")
            for ((reply, failure, cause) in listOf(
                Triple(Reply.Throws(broken), HttpFailure.UNREACHABLE, broken),
                Triple(Reply.Throws(strange), HttpFailure.UNAVAILABLE, strange),
                Triple(Reply.Fails(HttpFailure.UNTRUSTED), HttpFailure.UNTRUSTED, null),
            )) {
                http.enqueue(reply)
                val failed = assertFailsWith<WarifuException.RequestFailed> { token.enrolment.begin(link()) }
                assertEquals(failure, failed.why)
                if (cause != null) assertSame(cause, failed.cause)
            }
            assertEquals(List(3) { HttpMethod.POST to 153 }, http.sent.map { it.method to it.size })
        }
    }

    @Test
    fun `a status is an exception of its own`() {
        val http = FakeHttpTransport()
        enrolling(http) { token ->
            http.enqueue(Reply.Status(503), Reply.Status(302), Reply.Body(ByteArray(40)))
            assertFailsWith<WarifuException.ServiceBusy> { token.enrolment.begin(link()) }
            assertEquals(302, assertFailsWith<WarifuException.UnexpectedStatus> { token.enrolment.resume() }.status)
            assertFailsWith<WarifuException.ServiceNotAuthentic> { token.enrolment.resume() }
        }
    }

    @Test
    fun `cancelling a call in the middle of a request ends the request and what was kept goes on`() {
        val stalled = Stalled()
        enrolling(stalled) { token ->
            val call = launch { token.enrolment.begin(link()) }
            stalled.begun.await()
            call.cancelAndJoin()
            assertTrue(stalled.isCancelled && call.isCancelled)
            assertEquals(0, stalled.request.body.size, "the body is wiped")
            assertEquals("bank.example", token.enrolment.pending()?.host)
        }
    }

    @Test
    fun `a lock a close and a discard end a request that nobody waits for`() {
        for ((end, ends) in listOf<Pair<suspend (Token) -> Unit, Class<*>>>(
            Pair({ it.lock() }, WarifuException.Locked::class.java),
            Pair({ it.close() }, WarifuException.Locked::class.java),
            Pair({ it.enrolment.discard() }, WarifuException.Superseded::class.java),
        )) {
            val stalled = Stalled()
            enrolling(stalled) { token ->
                val call = async { runCatching { token.enrolment.begin(link()) } }
                stalled.begun.await()
                end(token)
                assertEquals<Class<*>?>(ends, call.await().exceptionOrNull()?.javaClass)
                assertTrue(stalled.isCancelled)
            }
        }
    }

    @Test
    fun `a request waits for no errand of the key store`() {
        val stalled = Stalled()
        enrolling(stalled) { token ->
            val call = launch { token.enrolment.begin(link()) }
            stalled.begun.await()
            token.anchor()
            call.cancelAndJoin()
        }
    }

    @Test
    fun `a link is shown without its activation code and wiped`() {
        val link = secret("https://bank.example/token#k=${"A".repeat(52)}&c=1234567890123452")
        assertEquals(EnrolmentPreview("bank.example", hasActivation = true), Token.previewEnrolment(link))
        assertEquals(0, link.size)
    }

    /** A request that does not come back. */
    private class Stalled : HttpTransport {
        val begun = CompletableDeferred<Unit>()
        lateinit var request: HttpRequest
        var isCancelled = false

        override suspend fun send(request: HttpRequest): HttpResponse {
            this.request = request
            begun.complete(Unit)
            try {
                awaitCancellation()
            } finally {
                isCancelled = true
            }
        }
    }

    private fun enrolling(http: HttpTransport, work: suspend CoroutineScope.(Token) -> Unit) = withFolder { folder ->
        runBlocking {
            Token.createOnDevice(File(folder, "token.warifu"), FakeClock(), FakeKeyProtector(), http).use {
                work(it)
            }
        }
    }

    private fun link(): SecretBytes = secret("https://bank.example/token#k=$KEY")

    private companion object {
        const val KEY = "BEFQUBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HZAEERA"
    }
}
