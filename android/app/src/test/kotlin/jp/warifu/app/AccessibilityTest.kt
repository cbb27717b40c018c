package jp.warifu.app

import android.content.pm.PackageManager
import android.os.Parcel
import android.text.Spanned
import android.text.style.TtsSpan
import android.view.View
import android.view.accessibility.AccessibilityEvent
import android.view.accessibility.AccessibilityManager
import android.view.accessibility.AccessibilityNodeInfo
import android.widget.Button
import android.widget.EditText
import jp.warifu.app.kit.Keyboard
import jp.warifu.app.kit.label
import jp.warifu.app.state.NoCamera
import jp.warifu.app.state.Page
import jp.warifu.app.view.CodeText
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.util.ReflectionHelpers
import kotlin.time.Duration.Companion.seconds

/** The app to a person who hears it, or has a keyboard, or two switches. */
@RunWith(RobolectricTestRunner::class)
@Config(application = PhoneApp::class)
class AccessibilityTest {
    @Test
    fun aScreenReaderIsToldToReadACodeDigitByDigitInBothLanguages() = withCode { phone ->
        for ((language, sentence) in listOf("ja" to "コード 637009", "en" to "Code 637009")) {
            RuntimeEnvironment.setQualifiers("+$language")
            phone.controller().recreate()
            phone.awaitText("637 009")
            val told = told(code(phone)).contentDescription as Spanned
            assertEquals(sentence, told.toString())
            val span = told.getSpans(0, told.length, TtsSpan::class.java).single()
            assertEquals(TtsSpan.TYPE_DIGITS, span.type)
            assertEquals("637009", span.args.getString(TtsSpan.ARG_DIGITS))
            assertEquals("637009", told.substring(told.getSpanStart(span), told.getSpanEnd(span)))
        }
    }

    @Test
    fun aNewCodeIsAnnouncedWhereItHasTheFocus() = withCode { phone ->
        val heard = listening(phone)
        phone.awaitText("637 009")
        focus(code(phone))
        phone.wait(29.seconds)
        phone.awaitText("あと 1 秒")
        assertEquals("a second is nothing new", emptyList<String>(), heard())
        phone.wait(1.seconds)
        phone.awaitText("あと 30 秒")
        assertEquals(listOf("コード 353674"), heard())
        assertTrue("and it keeps it", code(phone).isAccessibilityFocused)
    }

    @Test
    fun aNewCodeSaysNothingToWhoIsElsewhere() = withCode { phone ->
        val heard = listening(phone)
        phone.awaitText("637 009")
        focus(phone.view("設定"))
        repeat(3) {
            phone.wait(30.seconds)
            phone.awaitText("あと 30 秒")
        }
        assertTrue(phone.view("設定").isAccessibilityFocused)
        assertEquals(emptyList<String>(), heard())
        val loud = phone.views().filter { it.accessibilityLiveRegion != View.ACCESSIBILITY_LIVE_REGION_NONE }.toList()
        assertEquals("nothing on the page speaks by itself", emptyList<View>(), loud)
    }

    @Test
    fun aKeyboardGoesThroughTheFirstStart() = onPhone { phone ->
        phone.bank = Bank("割符デモ信用金庫", "https://bank.example/token")
        shadowOf(phone.app.packageManager).setSystemFeature(PackageManager.FEATURE_CAMERA_ANY, true)
        phone.open()
        phone.awaitPage<Page.Add>()
        val keyboard = reaches(
            phone,
            "割符デモ信用金庫 に登録する",
            "QRコードをカメラで読み取る",
            "QRコードの画像を選ぶ",
            "リンクを貼り付ける",
            "困ったとき",
        )
        keyboard.enter(phone.view("リンクを貼り付ける"))
        phone.awaitPage<Page.Paste>()
        phone.settle()
        reaches(phone, "リンク", "貼り付け", "次へ", "やめる").enter(phone.view("やめる"))
        phone.awaitPage<Page.Add>()
    }

    @Test
    fun aKeyboardGoesThroughTheCodes() = withCode { phone ->
        phone.awaitText("637 009")
        val keyboard = reaches(phone, "637 009", "コピー", "登録を追加", "設定")
        keyboard.enter(code(phone))
        assertEquals("637009", phone.app.clipboard.text())
        keyboard.enter(phone.view("登録を追加"))
        phone.awaitPage<Page.Add>()
        phone.settle()
        reaches(phone, "QRコードの画像を選ぶ", "リンクを貼り付ける", "戻る")
    }

    @Test
    fun aKeyboardTypesThePin() = withPin { phone ->
        phone.session.lock()
        phone.awaitPage<Page.Keypad>()
        phone.settle()
        val keys = ('1'..'9').map { "$it" } + listOf("消す", "0", "開く", "困ったとき")
        val keyboard = reaches(phone, *keys.toTypedArray())
        for (key in listOf("2", "5", "1", "消す", "8", "0", "開く")) {
            keyboard.enter(phone.views().first { it.isClickable && it.label() == key })
            phone.settle()
        }
        phone.awaitText("637 009")
    }

    @Test
    fun aKeyboardGoesThroughTheSettings() = withCode { phone ->
        phone.press("設定")
        phone.awaitPage<Page.Settings>()
        phone.settle()
        val keyboard = reaches(
            phone,
            "開くときの確認",
            "割符銀行",
            "銀行の時刻を確かめる",
            "端末の言語",
            "日本語",
            "English",
            "診断情報",
            "このアプリについて",
            "戻る",
        )
        keyboard.enter(phone.views().first { it.isClickable && it.label() == "このアプリについて" })
        assertEquals(Page.About, phone.awaitPage<Page.About>())
    }

    @Test
    fun whatCanBePressedTakesTheFocusHasANameAndIsAButton() = withPin { phone ->
        phone.press("設定")
        val settings = phone.awaitPage<Page.Settings>()
        phone.session.lock()
        val keypad = phone.awaitPage<Page.Keypad>()
        val entry = settings.entries.single()
        val pages = listOf(
            settings,
            Page.Keypad(keypad.state.copy(hasBiometrics = true, mayStartOver = true)),
            Page.Add(isFirst = true, bank = "割符銀行"),
            Page.Add(isFirst = true, bank = null, pending = "bank.example"),
            Page.Paste,
            Page.Scan,
            Page.Lock(isDemanded = false, hasPin = true, hasBiometrics = true),
            Page.OfEntry(entry),
            Page.Remove(entry),
            Page.StartOver,
            Page.About,
        ) + NoCamera.entries.map(Page::Unseen)
        for (page in pages) {
            phone.session.show(page)
            phone.settle()
            val pressed = phone.views().filter { it.isClickable }.toList()
            assertFalse("$page has nothing to press", pressed.isEmpty())
            pressed.forEach { assertSpeaks(it, page) }
        }
    }

    private fun assertSpeaks(view: View, page: Page) {
        val what = "\"${view.label()}\" of $page"
        assertTrue("$what takes no focus", view.isFocusable)
        assertFalse("$what has no name", view.label().isNullOrBlank())
        val node = told(view)
        assertTrue(what, node.isClickable && node.isFocusable)
        val role = if (view is EditText) EditText::class.java else Button::class.java
        assertEquals(what, role.name, node.className)
        assertTrue(what, AccessibilityNodeInfo.AccessibilityAction.ACTION_CLICK.id in node.actionList.map { it.id })
    }

    /** Tab leads through exactly these, in this order, and the arrows to each of them. */
    private fun reaches(phone: Phone, vararg labels: String): Keyboard {
        val keyboard = Keyboard(phone.activity)
        val tabs = keyboard.tabs()
        assertEquals(labels.toList(), tabs.map { it.label() })
        assertEquals(labels.toSet(), keyboard.arrows(tabs.first()).map { it.label() }.toSet())
        return keyboard
    }

    /** Gives it a screen reader's focus, which a window that counts as hidden, as Robolectric's does, loses at once. */
    private fun focus(view: View) {
        val root = ReflectionHelpers.callInstanceMethod<Any>(view, "getViewRootImpl")
        val attached = ReflectionHelpers.getField<Any>(root, "mAttachInfo")
        ReflectionHelpers.setField(attached, "mWindowVisibility", View.VISIBLE)
        assertTrue(view.performAccessibilityAction(AccessibilityNodeInfo.ACTION_ACCESSIBILITY_FOCUS, null))
    }

    private fun code(phone: Phone) = phone.views().filterIsInstance<CodeText>().first()

    /** What a screen reader, which is another process, is told of a view. */
    private fun told(view: View): AccessibilityNodeInfo {
        val parcel = Parcel.obtain()
        view.createAccessibilityNodeInfo().writeToParcel(parcel, 0)
        parcel.setDataPosition(0)
        return AccessibilityNodeInfo.CREATOR.createFromParcel(parcel).also { parcel.recycle() }
    }

    /** A screen reader is on. What it was asked to say since then. */
    private fun listening(phone: Phone): () -> List<String> {
        val manager = shadowOf(phone.app.getSystemService(AccessibilityManager::class.java))
        manager.setEnabled(true)
        manager.setTouchExplorationEnabled(true)
        return {
            manager.sentAccessibilityEvents
                .filter { it.eventType == AccessibilityEvent.TYPE_ANNOUNCEMENT }
                .map { it.text.joinToString("") }
        }
    }
}
