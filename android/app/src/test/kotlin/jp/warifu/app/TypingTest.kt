package jp.warifu.app

import android.widget.EditText
import jp.warifu.app.state.Page
import jp.warifu.tests.TokenService
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** What is half typed survives a look into a mail, and no more than that. */
@RunWith(RobolectricTestRunner::class)
@Config(application = PhoneApp::class)
class TypingTest {
    private val service = TokenService()
    private val code = "アクティベーションコード（16 桁）"

    @Test
    fun anActivationCodeIsTypedOverTwoLooksIntoTheMail() = onPhone { phone ->
        phone.open(service.link)
        phone.awaitText(code)
        phone.type(code, "1234 56")
        phone.leave()
        phone.come()
        assertEquals("1234 56", typed(phone, code))
        phone.controller().recreate()
        phone.settle()
        assertEquals("1234 56", typed(phone, code))
        phone.press("やめる")
        phone.awaitPage<Page.Add>()
        phone.session.adding.offer(service.link)
        phone.awaitText(code)
        assertEquals("", typed(phone, code))
    }

    @Test
    fun aLinkAndANameAreKeptToo() = withCode { phone ->
        phone.session.adding.paste()
        phone.awaitText("リンクを貼り付ける")
        phone.type("リンク", "otpauth://to")
        phone.controller().recreate()
        phone.settle()
        assertEquals("otpauth://to", typed(phone, "リンク"))
        phone.session.managing.open()
        phone.awaitText("登録の名前と削除")
        phone.press("割符銀行")
        phone.type("口座・契約", "給与")
        phone.leave()
        phone.come()
        assertEquals("給与", typed(phone, "口座・契約"))
        assertEquals("割符銀行", typed(phone, "銀行・発行者"))
    }

    private fun typed(phone: Phone, field: String) =
        phone.views().filterIsInstance<EditText>().first { it.hint == field }.text.toString()
}
