package jp.warifu.app

import jp.warifu.SlotKind
import jp.warifu.app.state.Page
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import java.io.File

/** What the settings change. */
@RunWith(RobolectricTestRunner::class)
@Config(application = PhoneApp::class)
class SettingsTest {
    @Test
    fun anotherNameIsShownAndKept() = withCode { phone ->
        settings(phone)
        phone.press("割符銀行")
        phone.type("銀行・発行者", "わたしの銀行")
        phone.press("保存する")
        phone.awaitPage<Page.Settings>()
        phone.restart()
        phone.awaitText("わたしの銀行")
        assertTrue("わたしの銀行" in File(phone.folder, TokenApp.MARKER).readText())
    }

    @Test
    fun aRemovalSaysWhatItMeansAndTakesThePin() = withPin { phone ->
        settings(phone)
        phone.press("割符銀行")
        phone.press("削除する")
        phone.awaitText("元に戻せません")
        phone.press("削除する")
        phone.awaitText("削除するには、PIN を入力してください")
        phone.typePin("1357", "削除する")
        phone.awaitText("PIN が違います。")
        assertEquals("nothing is removed yet", 1, entries(phone))
        phone.typePin("2580", "削除する")
        assertTrue(phone.awaitPage<Page.Add>().isFirst)
        assertEquals(0, entries(phone))
    }

    @Test
    fun aPinThatIsTakenAwayIsNotAskedForAnyMore() = withPin { phone ->
        settings(phone)
        phone.press("開くときの確認")
        phone.awaitPage<Page.Lock>()
        phone.press("確認なしで開く")
        phone.awaitKeys()
        phone.typePin("2580", "次へ")
        phone.await("a device that opens by itself") { kinds(phone) == listOf<SlotKind>(SlotKind.Device) }
        phone.restart()
        phone.awaitText("637 009")
    }

    @Test
    fun anotherLanguageIsSpoken() = withCode { phone ->
        settings(phone)
        phone.press("English")
        if (android.os.Build.VERSION.SDK_INT < 33) phone.controller().recreate()
        assertEquals("en", phone.app.language.chosen)
        if (android.os.Build.VERSION.SDK_INT < 33) phone.awaitText("Settings")
    }

    @Test
    fun theReportHoldsWhatHelpsAndNoCode() = withCode { phone ->
        settings(phone)
        phone.press("診断情報")
        phone.awaitPage<Page.Report>()
        phone.awaitText("アプリの版: 0.1.0")
        phone.awaitText("登録: 1 件")
        assertFalse(phone.texts().any { "637" in it || SEED in it })
    }

    @Test
    fun theTimeThatNobodyTellsIsToldAsThat() = withCode { phone ->
        settings(phone)
        phone.press("銀行の時刻を確かめる")
        phone.awaitText("時刻をたずねる相手がありません。")
        phone.press("戻る")
        phone.awaitText("637 009")
    }

    @Test
    fun aboutNamesWhatTheAppIsMadeOf() = withCode { phone ->
        settings(phone)
        phone.press("このアプリについて")
        phone.awaitText("uniffi — MPL-2.0")
    }

    private fun settings(phone: Phone) {
        phone.press("設定")
        phone.awaitPage<Page.Settings>()
    }

    private fun entries(phone: Phone) = runBlocking { checkNotNull(phone.session.token).entries.list().size }

    private fun kinds(phone: Phone) = runBlocking { checkNotNull(phone.session.token).slots.list().map { it.kind } }
}
