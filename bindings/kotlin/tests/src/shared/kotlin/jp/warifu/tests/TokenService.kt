package jp.warifu.tests

import jp.warifu.HttpMethod
import jp.warifu.HttpRequest
import jp.warifu.HttpResponse
import jp.warifu.HttpTransport
import jp.warifu.SecretBytes
import jp.warifu.UrlTransport
import kotlinx.coroutines.runBlocking
import java.io.IOException
import kotlin.time.Duration.Companion.seconds

/**
 * A token service of the program `examples/token_service.rs`, which runs beside these tests. As a transport it carries
 * what is meant for `bank.example`, by the platform's own HTTP; [isReachable] is the network.
 */
class TokenService : HttpTransport {
    private val address: String

    /** At `bank.example`. */
    val link: String

    /** Whether a request gets there. */
    var isReachable: Boolean = true

    init {
        val (number, link) = post("$HOST/new").lines()
        address = "$HOST/$number"
        this.link = link
    }

    /** The link as it leads there without a transport of ours. */
    val loopbackLink: String = link.replace(BANK, address)

    /** See the program. */
    fun order(line: String) {
        post("$address/order", line)
    }

    override suspend fun send(request: HttpRequest): HttpResponse {
        if (!isReachable) throw IOException("no network")
        check(request.url.startsWith(BANK)) { request.url }
        val url = request.url.replace(BANK, address)
        return with(request) { http.send(HttpRequest(method, url, contentType, body, maxResponse, timeout)) }
    }

    private fun post(url: String, text: String = ""): String = runBlocking {
        val body = SecretBytes(text.encodeToByteArray())
        val response = http.send(HttpRequest(HttpMethod.POST, url, "text/plain", body, 1024, 30.seconds))
        check(response.status == 200) { "$url: $response" }
        response.body.expose().decodeToString()
    }

    companion object {
        private const val BANK = "https://bank.example"
        private val http = UrlTransport()

        /** Like `http://127.0.0.1:4711`. */
        val HOST: String = checkNotNull(System.getenv("WARIFU_SERVICE")) {
            "WARIFU_SERVICE is not set: it is what `cargo run --example token_service` prints"
        }
    }
}
