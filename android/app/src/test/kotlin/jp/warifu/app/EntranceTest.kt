package jp.warifu.app

import android.content.ClipboardManager
import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import android.view.MotionEvent
import jp.warifu.app.state.Next
import jp.warifu.app.state.Page
import jp.warifu.app.view.CodesView
import jp.warifu.app.view.KeypadView
import jp.warifu.app.view.sayMoment
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowToast
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Instant

/** What the system and other apps bring to the window, and what they find there. */
@RunWith(RobolectricTestRunner::class)
@Config(application = PhoneApp::class)
class EntranceTest {
    @Test
    fun aLinkThatTheRecentAppsBringBackIsNotOfferedAgain() = withCode { phone ->
        val again = Intent(Intent.ACTION_VIEW, Uri.parse(hotp())).addFlags(Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY)
        phone.controller().newIntent(again)
        phone.settle()
        phone.awaitPage<Page.OfCodes>()
        phone.controller().newIntent(Intent(Intent.ACTION_VIEW, Uri.parse(hotp())))
        phone.settle()
        phone.awaitPage<Page.Offer>()
    }

    @Test
    fun aCodeWhoseTimeIsOverLeavesTheClipboardOnceTheWindowHasTheFocus() = withCode { phone ->
        val clipboard = phone.activity.getSystemService(ClipboardManager::class.java)
        phone.press("637 009")
        phone.activity.onWindowFocusChanged(false)
        // As the system hides it from whoever is not in front: what is there is another thing for a while.
        val hidden = checkNotNull(clipboard.primaryClip)
        clipboard.clearPrimaryClip()
        phone.wait(10.minutes)
        clipboard.setPrimaryClip(hidden)
        phone.controller().pause().resume()
        phone.settle()
        assertTrue("it may not be looked at yet", clipboard.hasPrimaryClip())
        phone.activity.onWindowFocusChanged(true)
        assertFalse(clipboard.hasPrimaryClip())
    }

    @Test
    @Config(sdk = [30])
    fun nothingIsAgreedToUnderAnotherAppsWindow() = withCode { phone ->
        phone.session.adding.offer(hotp())
        phone.awaitText("この内容で登録しますか")
        assertTrue("it is taken in", touched(phone, MotionEvent.FLAG_WINDOW_IS_PARTIALLY_OBSCURED))
        assertEquals(
            "ほかのアプリの表示が重なっています。それを閉じてから、もう一度押してください。",
            ShadowToast.getTextOfLatestToast(),
        )
        ShadowToast.reset()
        touched(phone, 0)
        assertEquals(0, ShadowToast.shownToastCount())
    }

    @Test
    @Config(sdk = [34])
    fun otherServicesThanToolsThatHelpPeopleReadNoCode() = withPin { phone ->
        fun isSensitive() = phone.views().first { it is CodesView || it is KeypadView }.isAccessibilityDataSensitive
        assertTrue(isSensitive())
        phone.session.lock()
        phone.awaitKeys()
        assertTrue(isSensitive())
    }

    @Test
    fun noOtherAppsTaskHoldsTheWindow() = onPhone { phone ->
        val packages = phone.app.packageManager
        val activity = packages.getPackageInfo(
            phone.app.packageName,
            PackageManager.GET_ACTIVITIES,
        ).activities!!.single()
        assertEquals(null, activity.taskAffinity)
    }

    @Test
    fun anAuthenticatorsExportIsToldAsThat() = onPhone { phone ->
        phone.open()
        phone.awaitPage<Page.Add>()
        phone.session.adding.offer("otpauth-migration://offline?data=CjEKCkhlbGxv")
        assertEquals(Page.Trouble("W-401", Next.BACK), phone.awaitPage<Page.Trouble>())
    }

    @Test
    fun helpIsThereWithoutAToken() = onPhone { phone ->
        phone.open()
        phone.awaitPage<Page.Add>()
        phone.press("困ったとき")
        phone.press("診断情報")
        phone.awaitText("アプリの版: 0.1.0")
        phone.press("戻る")
        phone.awaitPage<Page.Help>()
        phone.press("このアプリについて")
        phone.awaitText("uniffi — MPL-2.0")
        phone.press("戻る")
        phone.awaitPage<Page.Help>()
        phone.press("戻る")
        phone.awaitPage<Page.Add>()
    }

    @Test
    fun helpIsThereWhileItIsLockedAndAfterTrouble() = withPin { phone ->
        phone.session.lock()
        phone.awaitKeys()
        phone.typePin("1357", "開く")
        phone.awaitText("PIN が違います。")
        phone.press("困ったとき")
        phone.press("診断情報")
        phone.awaitText("最後のサポートコード: W-127")
        phone.awaitText("PIN で開きます")
        assertFalse(phone.texts().any { it.startsWith("登録:") })
        phone.press("戻る")
        phone.press("戻る")
        phone.awaitKeys()
        phone.typePin("2580", "開く")
        phone.awaitPage<Page.OfCodes>()
        phone.session.show(Page.Trouble("W-606", Next.RETRY))
        phone.awaitText("W-606")
        phone.press("困ったとき")
        phone.press("English")
        if (android.os.Build.VERSION.SDK_INT < 33) phone.awaitText("Report for support")
        assertEquals(Page.Help("en"), phone.awaitPage<Page.Help>())
    }

    @Test
    @Config(sdk = [30])
    fun aMomentIsWrittenInTheAppsLanguage() = withCode { phone ->
        phone.app.language.chosen = "en"
        RuntimeEnvironment.setQualifiers("+ja")
        phone.controller().recreate()
        phone.settle()
        val said = phone.activity.sayMoment(Instant.fromEpochSeconds(2_000_000_000))
        assertTrue(said, "May" in said)
    }

    private fun touched(phone: Phone, flags: Int): Boolean {
        val event = MotionEvent.obtain(
            0, 0, MotionEvent.ACTION_UP, 1,
            arrayOf(
                MotionEvent.PointerProperties(),
            ),
            arrayOf(MotionEvent.PointerCoords()),
            0, 0, 1f, 1f, 0, 0, 0, flags,
        )
        return phone.activity.dispatchTouchEvent(event).also { event.recycle() }
    }
}
