package jp.warifu.app

import android.content.Intent
import android.content.pm.PackageManager
import android.hardware.biometrics.BiometricManager
import android.os.Build
import android.os.Looper
import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import android.widget.TextView
import jp.warifu.BindingLevel
import jp.warifu.DeviceClock
import jp.warifu.HttpTransport
import jp.warifu.KdfCost
import jp.warifu.app.state.Page
import jp.warifu.testing.FakeClock
import jp.warifu.testing.FakeHttpTransport
import jp.warifu.testing.FakeKeyProtector
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowBiometricManager
import java.io.Closeable
import java.io.File
import java.nio.file.Files
import kotlin.time.Duration

/** RFC 6238's key, in base32: its codes are in the standard. */
const val SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

/** A link with a code by the time. */
fun totp(account: String = "普通 0001", issuer: String = "割符銀行", seed: String = SEED): String =
    "otpauth://totp/${encoded("$issuer:$account")}?secret=$seed&issuer=${encoded(issuer)}"

/** A link with a code by a button. */
fun hotp(): String = totp("法人 0003").replace("otpauth://totp", "otpauth://hotp") + "&counter=0"

private fun encoded(text: String) = java.net.URLEncoder.encode(text, "UTF-8").replace("+", "%20")

/** The app on what a test has of a device. */
class PhoneApp : TokenApp() {
    override val session: Session get() = Phone.current.session

    override fun onCreate() {
        super.onCreate()
        // A phone with a sensor for fingers, whether or not one is enrolled.
        shadowOf(packageManager).setSystemFeature(PackageManager.FEATURE_FINGERPRINT, true)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) {
            Shadow.extract<ShadowBiometricManager>(
                getSystemService(BiometricManager::class.java),
            ).setCanAuthenticate(true)
        }
        // What a phone grants when the app is installed.
        shadowOf(this).grantPermissions(android.Manifest.permission.HIDE_OVERLAY_WINDOWS)
    }
}

/**
 * A phone with the app on it: the real core, on a clock, a key store and a network that the test moves. A new phone has
 * nothing on it. Processes come and go; what is on the phone stays.
 */
class Phone(val http: HttpTransport = FakeHttpTransport()) : Closeable {
    val clock = FakeClock()

    /** How the app has [clock]. */
    var deviceClock: DeviceClock = clock
    val keys = FakeKeyProtector()
    val folder: File = Files.createTempDirectory("phone").toFile()
    var bank: Bank? = null
    var forgetKeys: suspend () -> Unit = { keys.loseEverything() }
    private var process: Session? = null
    private var controller: ActivityController<MainActivity>? = null

    init {
        current = this
    }

    val app: TokenApp get() = RuntimeEnvironment.getApplication() as TokenApp
    val session: Session get() = process ?: Session(parts()).also { process = it }
    val activity: MainActivity get() = controller().get()

    private fun parts() = Parts(
        clock = deviceClock,
        keys = keys,
        http = http,
        vault = File(folder, TokenApp.VAULT),
        marker = File(folder, TokenApp.MARKER),
        bank = bank,
        forgetKeys = { forgetKeys() },
        binding = { BindingLevel.HARDWARE },
        pinCost = KdfCost(memoryKib = 8, passes = 1, lanes = 1),
    )

    /** Opens the app, by its icon or by a link. */
    fun open(link: String? = null): Phone {
        val intent = link?.let { Intent(Intent.ACTION_VIEW, android.net.Uri.parse(it)) }
        controller = Robolectric.buildActivity(MainActivity::class.java, intent).setup().visible()
        settle()
        return this
    }

    /** The system ends the process, whatever is shown, and a person opens the app again. */
    fun restart(): Phone {
        controller().pause().stop().destroy()
        session.token?.close()
        process = null
        return open()
    }

    /** Another app comes to the front. */
    fun leave() {
        controller().pause().stop()
        settle()
    }

    /** The app is in front again. */
    fun come() {
        controller().restart().start().resume()
        settle()
    }

    fun controller() = checkNotNull(controller)

    /** Waits until the page is of this kind. */
    inline fun <reified P : Page> awaitPage(): P {
        await("a ${P::class.simpleName}, not ${session.page.value}") { session.page.value is P }
        return session.page.value as P
    }

    /** Waits until the words are to be read. */
    fun awaitText(text: String) = await("\"$text\" in ${texts()}") { texts().any { text in it } }

    /** Waits until it holds; other threads are at work meanwhile. */
    fun await(what: String, holds: () -> Boolean) {
        val end = System.nanoTime() + PATIENCE
        while (!holds()) {
            check(System.nanoTime() < end) { "no $what" }
            settle()
            Thread.sleep(5)
        }
        settle()
    }

    /** Lets the main thread do what it has to. */
    fun settle() = shadowOf(Looper.getMainLooper()).idle()

    /** Lets time pass. */
    fun wait(by: Duration) {
        clock.advance(by)
        settle()
    }

    /** All that can be read on the screen. */
    fun texts(): List<String> = views().filterIsInstance<TextView>()
        .map { it.text.toString().replace('\u00A0', ' ') }
        .filter { it.isNotEmpty() }
        .toList()

    /** The view with these words, or whose words for a screen reader hold them. */
    fun view(says: String): View {
        val view = views().firstOrNull { (it as? TextView)?.text?.toString() == says }
            ?: views().firstOrNull { (it as? TextView)?.text?.contains(says) == true }
        return checkNotNull(view) { "no \"$says\" in ${texts()}" }
    }

    /** Presses what has these words. */
    fun press(says: String) {
        val pressed = generateSequence(view(says)) { it.parent as? View }.first { it.isClickable }
        check(pressed.isEnabled) { "$says cannot be pressed" }
        pressed.performClick()
        settle()
    }

    /** Types into the field of this name. */
    fun type(field: String, text: String) {
        views().filterIsInstance<EditText>().first { it.hint == field }.setText(text)
    }

    /** Types a PIN on the keypad. */
    fun typePin(pin: String, enter: String) {
        pin.forEach { press("$it") }
        press(enter)
    }

    /** Adds what a link says, from wherever the ways in are shown. */
    fun register(link: String) {
        session.adding.offer(link)
        awaitPage<Page.Offer>()
        press("登録する")
    }

    fun views(): Sequence<View> = all(activity.window.decorView)

    private fun all(view: View): Sequence<View> = sequence {
        if (view.visibility != View.VISIBLE) return@sequence
        yield(view)
        if (view is ViewGroup) for (at in 0 until view.childCount) yieldAll(all(view.getChildAt(at)))
    }

    override fun close() {
        controller?.pause()?.stop()?.destroy()
        session.token?.close()
        folder.deleteRecursively()
    }

    companion object {
        lateinit var current: Phone
        private const val PATIENCE = 20_000_000_000
    }
}

/** A new phone. */
fun onPhone(test: (Phone) -> Unit) = Phone().use(test)
