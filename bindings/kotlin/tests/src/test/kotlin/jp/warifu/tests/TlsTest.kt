package jp.warifu.tests

import jp.warifu.HttpFailure
import jp.warifu.HttpMethod
import jp.warifu.HttpRequest
import jp.warifu.HttpResponse
import jp.warifu.SecretBytes
import jp.warifu.UrlTransport
import jp.warifu.failureOf
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.io.File
import java.nio.file.Files
import java.security.KeyStore
import java.security.cert.Certificate
import java.security.cert.CertificateFactory
import javax.net.ssl.HttpsURLConnection
import javax.net.ssl.KeyManagerFactory
import javax.net.ssl.SSLContext
import javax.net.ssl.SSLSocketFactory
import javax.net.ssl.TrustManagerFactory
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.time.Duration.Companion.seconds

/** The platform's own HTTP, against hosts whose certificates are of another time than the device's. */
class TlsTest {
    @Test
    fun `a host whose certificate is valid answers`() {
        assertEquals("X", asked("-1d").date)
    }

    @ParameterizedTest
    @CsvSource("+10d, CERTIFICATE_TIME", "-40d, CERTIFICATE_TIME")
    fun `a certificate that is not valid yet or no more says that it is about the time`(
        from: String,
        why: HttpFailure,
    ) {
        val failed = assertFailsWith<Throwable> { asked(from) }
        assertEquals(why, failureOf(failed), failed.stackTraceToString())
    }

    @Test
    fun `a certificate of nobody who is trusted is untrusted`() {
        HttpsURLConnection.setDefaultSSLSocketFactory(before)
        try {
            assertEquals(HttpFailure.UNTRUSTED, failureOf(assertFailsWith<Throwable> { asked("-1d") }))
        } finally {
            HttpsURLConnection.setDefaultSSLSocketFactory(trusting)
        }
    }

    /** By a host whose certificate is valid for 30 days from then. */
    private fun asked(from: String): HttpResponse {
        val context = SSLContext.getInstance("TLS").apply { init(keysOf(from), null, null) }
        val socket = context.serverSocketFactory.createServerSocket(0, Host.BACKLOG, Host.HERE)
        return Host("HTTP/1.1 200 OK|Date: X|Content-Length: 0||", socket).use { host ->
            val url = "https://127.0.0.1:${host.port}/"
            runBlocking {
                UrlTransport().send(HttpRequest(HttpMethod.HEAD, url, "*/*", SecretBytes(ByteArray(0)), 0, 30.seconds))
            }
        }
    }

    /** Certificates by the JDK's own tool: the standard library makes none. */
    private companion object {
        const val WORD = "of no worth"
        const val STORE = "keys.p12"
        val folder: File = Files.createTempDirectory("warifu").toFile()
        val before: SSLSocketFactory = HttpsURLConnection.getDefaultSSLSocketFactory()
        lateinit var trusting: SSLSocketFactory

        @JvmStatic
        @BeforeAll
        fun trust() {
            keytool("-genkeypair -alias ca -dname CN=ca -ext bc:c -keyalg EC -startdate -60d -validity 365")
            keytool("-genkeypair -alias host -dname CN=host -keyalg EC")
            keytool("-certreq -alias host -file request")
            val trusted = KeyStore.getInstance("PKCS12").apply {
                load(null)
                setCertificateEntry("ca", kept().getCertificate("ca"))
            }
            val managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
            managers.init(trusted)
            trusting = SSLContext.getInstance("TLS").apply { init(null, managers.trustManagers, null) }.socketFactory
            HttpsURLConnection.setDefaultSSLSocketFactory(trusting)
        }

        @JvmStatic
        @AfterAll
        fun forget() {
            HttpsURLConnection.setDefaultSSLSocketFactory(before)
            folder.deleteRecursively()
        }

        fun keysOf(from: String): Array<javax.net.ssl.KeyManager> {
            keytool(
                "-gencert -alias ca -infile request -outfile signed -ext san=ip:127.0.0.1 -startdate $from -validity 30",
            )
            val kept = kept()
            val signed: Certificate =
                File(folder, "signed").inputStream().use(CertificateFactory.getInstance("X.509")::generateCertificate)
            val store = KeyStore.getInstance("PKCS12").apply {
                load(null)
                val key = kept.getKey("host", WORD.toCharArray())
                setKeyEntry("host", key, WORD.toCharArray(), arrayOf(signed, kept.getCertificate("ca")))
            }
            val managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm())
            managers.init(store, WORD.toCharArray())
            return managers.keyManagers
        }

        private fun kept() = KeyStore.getInstance(File(folder, STORE), WORD.toCharArray())

        private fun keytool(words: String) {
            val tool = File(System.getProperty("java.home"), "bin/keytool").path
            val command = listOf(tool) + words.split(' ') + listOf("-keystore", STORE, "-storepass", WORD)
            val process = ProcessBuilder(command).directory(folder).redirectErrorStream(true).start()
            val said = process.inputReader().readText()
            check(process.waitFor() == 0) { said }
        }
    }
}
