package jp.warifu.app

import android.content.pm.PackageManager
import android.view.View
import jp.warifu.Code
import jp.warifu.EntryId
import jp.warifu.Face
import jp.warifu.Marker
import jp.warifu.Names
import jp.warifu.Span
import jp.warifu.app.kit.assertAccessible
import jp.warifu.app.kit.assertPicture
import jp.warifu.app.state.KeypadState
import jp.warifu.app.state.NamedEntry
import jp.warifu.app.state.Next
import jp.warifu.app.state.NoCamera
import jp.warifu.app.state.Notice
import jp.warifu.app.state.Offered
import jp.warifu.app.state.Page
import jp.warifu.app.state.Words
import jp.warifu.app.state.codesOf
import jp.warifu.app.state.inWords
import jp.warifu.app.state.proofKeypad
import jp.warifu.app.view.CodesView
import jp.warifu.testing.SampleScreens
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import java.util.TimeZone
import kotlin.time.Duration.Companion.minutes

/** Each page as it is drawn: in both languages, by day and by night, in letters of the usual size and of twice that. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(application = PhoneApp::class, sdk = [34])
class PicturesTest {
    @Test fun codes() = everyLook("codes") { drawn(it, "sure") }

    @Test fun lastSeconds() = everyLook("last-seconds") { drawn(it, "lastSecond") }

    @Test fun neighbour() = everyLook("neighbour") { drawn(it, "nearBoundary") }

    @Test fun clockAhead() = everyLook("clock-ahead") { drawn(it, "wallAhead") }

    @Test fun notSynced() = everyLook("not-synced") { drawn(it, "notSynced") }

    @Test fun needsSync() = everyLook("needs-sync") { drawn(it, "needsSync") }

    @Test fun twoPeriods() = everyLook("two-periods") { drawn(it, "twoPeriods") }

    @Test fun onRequest() = everyLook("on-request") { drawn(it, "onRequest") }

    @Test fun weak() = everyLook("weak") { drawn(it, "weakSeed") }

    @Test fun longNames() = everyLook("long-names") { drawn(it, "longNames") }

    @Test fun unlock() = everyLook("unlock") {
        it.session.show(Page.Keypad(keypad.copy(typed = 3, hasBiometrics = true)))
    }

    @Test fun wrongPin() = everyLook("wrong-pin") {
        val message = Words(R.string.pin_wait, Span.of(1.minutes).inWords(), 6)
        it.session.show(Page.Keypad(keypad.copy(message = message, isOpen = false)))
    }

    @Test fun first() = everyLook("first") { it.session.show(Page.Add(isFirst = true, bank = "割符信用金庫")) }

    @Test fun restored() = everyLook("restored") {
        val banks = listOf(Marker.Bank("割符銀行", "5678"), Marker.Bank("割符信用金庫", null))
        it.session.show(Page.Add(isFirst = true, bank = null, restored = banks))
    }

    @Test fun pending() = everyLook("pending") {
        it.session.show(Page.Add(isFirst = true, bank = null, pending = "bank.example"))
    }

    @Test fun paste() = everyLook("paste") { it.session.show(Page.Paste) }

    @Test fun scan() = everyLook("scan") { it.session.show(Page.Scan) }

    @Test fun cameraRefused() = unseen(NoCamera.REFUSED)

    @Test fun cameraRefusedForGood() = unseen(NoCamera.REFUSED_FOR_GOOD)

    @Test fun cameraForbidden() = unseen(NoCamera.FORBIDDEN)

    @Test fun cameraNone() = unseen(NoCamera.NONE)

    @Test fun cameraInUse() = unseen(NoCamera.IN_USE)

    @Test fun cameraFailed() = unseen(NoCamera.FAILED)

    @Test fun offer() = everyLook("offer") {
        it.session.show(Page.Offer(Offered.Credential(names, isOnRequest = false, isWeak = true)))
    }

    @Test fun offerOfService() = everyLook("offer-service") {
        it.session.show(Page.Offer(Offered.Service("token.bank.example", asksForCode = true)))
    }

    @Test fun lock() = everyLook("lock") {
        it.session.show(Page.Lock(isDemanded = false, hasPin = true, hasBiometrics = false))
    }

    @Test fun settings() = everyLook("settings") {
        val clock = listOf(Words(R.string.clock_sure))
        it.session.show(Page.Settings(listOf(entry), Words(R.string.lock_is_pin), isLocking = true, "ja", clock))
    }

    @Test fun rename() = everyLook("rename") { it.session.show(Page.OfEntry(entry)) }

    @Test fun remove() = everyLook("remove") { it.session.show(Page.Remove(entry)) }

    @Test fun startOver() = everyLook("start-over") { it.session.show(Page.StartOver) }

    @Test fun report() = everyLook("report") {
        val system = Words(R.string.report_system, "14", 34, "Phone")
        it.session.show(Page.Report(listOf(Words(R.string.report_app, "0.1.0"), system, Words(R.string.lock_is_pin))))
    }

    @Test fun about() = everyLook("about") { it.session.show(Page.About) }

    @Test fun trouble() = everyLook("trouble") { it.session.show(Page.Trouble("W-606", Next.RETRY)) }

    @Test fun lockDemanded() = everyLook("lock-demanded") {
        it.session.show(Page.Lock(isDemanded = true, hasPin = false, hasBiometrics = false))
    }

    @Test fun lockBroken() = everyLook("lock-broken") {
        it.session.show(Page.Lock(isDemanded = false, hasPin = true, hasBiometrics = true, isBroken = true))
    }

    @Test fun newPin() = everyLook("new-pin") {
        val state = KeypadState(R.string.new_pin, Words(R.string.new_pin_explain), R.string.go_on, typed = 4)
        it.session.show(Page.Keypad(state))
    }

    @Test fun proof() = everyLook("proof") {
        val (heading, explain) = R.string.remove_heading to R.string.remove_by_pin
        it.session.show(
            Page.Keypad(proofKeypad(heading, explain, R.string.remove, hasPin = true, hasBiometrics = true)),
        )
    }

    @Test fun lastTry() = everyLook("last-try") {
        val state = proofKeypad(R.string.remove_heading, R.string.remove_by_pin, R.string.remove, false, false)
        it.session.show(Page.Keypad(state.copy(message = Words(R.string.pin_last_try))))
    }

    @Test fun add() = everyLook("add") { it.session.show(Page.Add(isFirst = false, bank = "割符信用金庫")) }

    @Test fun erased() = everyLook("erased") {
        val banks = listOf(Marker.Bank("割符銀行", "5678"))
        it.session.show(Page.Add(isFirst = true, bank = null, restored = banks, isErased = true))
    }

    @Test fun unreadable() = everyLook("unreadable") {
        it.session.show(Page.Add(isFirst = false, bank = null, isUnreadable = true))
    }

    @Test fun notices() = everyLook("notices") { drawn(it, "sure", listOf(Notice.PENDING, Notice.UNREAD)) }

    @Test fun made() = everyLook("made") {
        val code = (SampleScreens.sure.cards.single().face as Face.Totp).code
        drawn(it, "onRequest", made = SampleScreens.onRequest.cards.associate { card -> card.id to code })
    }

    @Test fun clockSetDate() = everyLook("clock-set-date") { drawn(it, "setDate") }

    @Test fun clockStale() = everyLook("clock-stale") { drawn(it, "stale") }

    @Test fun clockContradicted() = everyLook("clock-contradicted") { drawn(it, "contradicted") }

    @Test fun notYet() {
        val zone = TimeZone.getDefault()
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"))
        try {
            everyLook("not-yet") { drawn(it, "notYet") }
        } finally {
            TimeZone.setDefault(zone)
        }
    }

    @Test fun help() = everyLook("help") { it.session.show(Page.Help("ja")) }

    @Test fun gone() = everyLook("gone") { it.session.show(Page.Trouble("W-131", Next.START_OVER)) }

    @Test fun busy() = everyLook("busy") { it.session.show(Page.Busy(Words(R.string.registering))) }

    private fun unseen(why: NoCamera) =
        everyLook("camera-" + why.name.lowercase().replace('_', '-')) { it.session.show(Page.Unseen(why)) }

    private fun everyLook(name: String, show: (Phone) -> Unit) {
        for (language in listOf("ja", "en")) {
            for (night in listOf("notnight", "night")) {
                for (font in listOf(1, 2)) {
                    // So high that nothing is cut off where it scrolls.
                    shown("$language-w360dp-h4000dp-$night-mdpi", font.toFloat(), show) { it.assertAccessible() }
                    shown("$language-w360dp-h640dp-$night-mdpi", font.toFloat(), show) {
                        it.assertPicture("$name-$language-$night-$font")
                    }
                }
            }
        }
    }

    private fun shown(qualifiers: String, font: Float, show: (Phone) -> Unit, look: (MainActivity) -> Unit) =
        onPhone { phone ->
            RuntimeEnvironment.setQualifiers(qualifiers)
            RuntimeEnvironment.setFontScale(font)
            shadowOf(phone.app.packageManager).setSystemFeature(PackageManager.FEATURE_CAMERA_ANY, true)
            phone.open()
            phone.awaitPage<Page.Add>()
            show(phone)
            phone.settle()
            still(phone.activity.window.decorView)
            look(phone.activity)
        }

    /** The codes of a screen that is made up, on the page as it is. */
    private fun drawn(
        phone: Phone,
        screen: String,
        notices: List<Notice> = emptyList(),
        made: Map<EntryId, Code> = emptyMap(),
    ) {
        val view = CodesView(phone.activity, phone.activity)
        phone.activity.show(view)
        view.draw(notices)
        view.draw(codesOf(checkNotNull(SampleScreens.all[screen]), made))
    }

    /** A picture has no motion. */
    private fun still(view: View) {
        (view as? android.widget.ProgressBar)?.indeterminateDrawable = android.graphics.drawable.ColorDrawable(0)
        if (view is android.view.ViewGroup) for (at in 0 until view.childCount) still(view.getChildAt(at))
    }

    private companion object {
        val names = Names("割符銀行", "普通 0001", "WRFU12345678")
        val entry = NamedEntry(EntryId("0".repeat(32)), names)
        val keypad = KeypadState(R.string.unlock_heading, Words(R.string.unlock_by_pin), R.string.key_open)
    }
}
