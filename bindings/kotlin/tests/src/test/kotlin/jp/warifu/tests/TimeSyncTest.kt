package jp.warifu.tests

import jp.warifu.BindingLevel
import jp.warifu.BootId
import jp.warifu.Certainty
import jp.warifu.ClockNotice
import jp.warifu.HttpFailure
import jp.warifu.HttpMethod
import jp.warifu.SyncFault
import jp.warifu.TimeHostFault
import jp.warifu.Token
import jp.warifu.UrlTransport
import jp.warifu.WarifuException
import jp.warifu.testing.FakeClock
import jp.warifu.testing.FakeHttpTransport
import jp.warifu.testing.FakeHttpTransport.Reply
import jp.warifu.testing.FakeHttpTransport.Sent
import jp.warifu.testing.FakeKeyProtector
import kotlinx.coroutines.runBlocking
import java.io.File
import java.io.IOException
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNull
import kotlin.test.assertSame
import kotlin.time.Duration.Companion.seconds

/** What only Kotlin can see of a synchronisation; the rest is in the scenarios. */
class TimeSyncTest {
    @Test
    fun `a token hears its service over the platform's own http`() = withFolder { folder ->
        runBlocking {
            val (service, clock) = TokenService() to FakeClock()
            val file = File(folder, "token.warifu")
            Token.createOnDevice(file, clock, FakeKeyProtector()).use { token ->
                token.enrolment.begin(secret(service.loopbackLink), binding = BindingLevel.OPERATING_SYSTEM)
                clock.set(wall = FakeClock.START + 130.seconds, boot = BootId.ofCount(2))
                assertEquals(ClockNotice.NotSynced, token.screen().clock.notice)
                token.time.sync()
                val screen = token.screen()
                assertEquals(Certainty.SURE, screen.clock.certainty)
                assertEquals("637009", screen.codes.single().digits())
                assertEquals(130.seconds, screen.clock.wallAhead)
            }
        }
    }

    @Test
    fun `a host is asked for its headers alone`() = asking { token, http ->
        http.enqueue(Reply.Status(404, date = DATE))
        token.time.sync()
        assertEquals(listOf(Sent(HttpMethod.HEAD, "https://bank.example/", size = 0)), http.sent)
        assertNull(token.screen().clock.notice)
    }

    @Test
    fun `a synchronisation that fails says why and has what was thrown as its cause`() = asking { token, http ->
        val broken = IOException("the connection broke")
        http.enqueue(Reply.Throws(broken), Reply.Fails(HttpFailure.CERTIFICATE_TIME), Reply.Status(200))
        http.enqueue(Reply.Status(200, DATE, hasAge = true))
        val failed = List(4) { assertFailsWith<WarifuException.SyncFailed> { token.time.sync() } }
        assertEquals(
            listOf(HttpFailure.UNREACHABLE, HttpFailure.CERTIFICATE_TIME, null, null),
            failed.map {
                it.failure
            },
        )
        val (none, untold) = SyncFault.NO_RESPONSE to SyncFault.NO_TIME
        assertEquals(listOf(none, none, untold, untold), failed.map { it.why })
        assertEquals(listOf("W-305", "W-303", "W-307", "W-307"), failed.map { it.supportCode })
        assertSame(broken, failed.first().cause)
    }

    @Test
    fun `hosts that are none are refused before anything is made`() = withFolder { folder ->
        runBlocking {
            val (file, clock, keys) = Triple(File(folder, "token.warifu"), FakeClock(), FakeKeyProtector())
            suspend fun refused(hosts: List<String>) = listOf<suspend () -> Token>(
                { Token.create(file, secret("correct horse"), clock, keys, timeHosts = hosts, cost = QUICK) },
                { Token.createOnDevice(file, clock, keys, timeHosts = hosts) },
            ).map { make -> assertFailsWith<WarifuException.TimeHostsRefused> { make() }.why }.distinct()
            assertEquals(
                listOf(TimeHostFault.NOT_A_HOST),
                refused(listOf("https://bank.example", "http://bank.example")),
            )
            assertEquals(listOf(TimeHostFault.TOO_MANY), refused(List(9) { "https://$it.example" }))
            assertEquals(0 to false, keys.keyCount to file.exists())
            val hosts = listOf("https://bank.example")
            Token.create(file, secret("correct horse"), clock, keys, timeHosts = hosts, cost = QUICK).close()
            val opening = assertFailsWith<WarifuException.TimeHostsRefused> {
                Token.open(file, clock, keys, UrlTransport(), listOf("bank.example"))
            }
            assertEquals(TimeHostFault.NOT_A_HOST, opening.why)
        }
    }

    /** A token that knows of nobody but a host to ask. */
    private fun asking(test: suspend (Token, FakeHttpTransport) -> Unit) = withFolder { folder ->
        runBlocking {
            val (file, http) = File(folder, "token.warifu") to FakeHttpTransport()
            Token.createOnDevice(file, FakeClock(), FakeKeyProtector(), http, listOf("https://bank.example")).use {
                it.entries.add(totp())
                test(it, http)
            }
        }
    }

    private companion object {
        const val DATE = "Wed, 18 May 2033 03:33:30 GMT"
    }
}
