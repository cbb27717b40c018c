package jp.warifu.android

import org.junit.rules.ExternalResource
import org.robolectric.util.ReflectionHelpers
import java.net.URL
import java.net.URLStreamHandler
import java.net.URLStreamHandlerFactory

/** For the time of a test, `URL`s are opened by Android's own HTTP, which Robolectric's framework has, and not by the JDK's. */
class AndroidUrls : ExternalResource() {
    private val handlers
        get() = ReflectionHelpers.getStaticField<MutableMap<String, URLStreamHandler>>(URL::class.java, "handlers")

    override fun before() = open(
        URLStreamHandlerFactory { protocol ->
            val name = mapOf("http" to "HttpHandler", "https" to "HttpsHandler")[protocol]
            name?.let { ReflectionHelpers.callConstructor(Class.forName("com.android.okhttp.$it")) as URLStreamHandler }
        },
    )

    override fun after() = open(null)

    private fun open(by: URLStreamHandlerFactory?) {
        ReflectionHelpers.setStaticField(URL::class.java, "factory", by)
        handlers.clear()
    }
}
