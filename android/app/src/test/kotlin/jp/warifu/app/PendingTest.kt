package jp.warifu.app

import jp.warifu.app.state.Page
import jp.warifu.tests.TokenService
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** An enrolment that is not finished is seen beside what is there already. */
@RunWith(RobolectricTestRunner::class)
@Config(application = PhoneApp::class)
class PendingTest {
    private val service = TokenService()

    @Test
    fun theCodesSayThatOneIsNotFinished() = pending { phone ->
        phone.press("見る")
        phone.awaitText("bank.example での登録が途中です。")
        service.isReachable = true
        phone.press("登録を続ける")
        phone.await("two cards") { phone.texts().count { it == "コピー" } == 2 }
        assertTrue(phone.awaitPage<Page.OfCodes>().notices.isEmpty())
    }

    @Test
    fun itIsCancelledOrLeft() = pending { phone ->
        phone.press("見る")
        phone.awaitText("での登録が途中です。")
        phone.press("戻る")
        phone.awaitText("途中の登録があります。")
        phone.press("見る")
        phone.awaitText("での登録が途中です。")
        phone.press("登録を取りやめる")
        phone.await("codes alone") { (phone.session.page.value as? Page.OfCodes)?.notices?.isEmpty() == true }
    }

    @Test
    fun oneThatThisVersionCannotReadIsCancelled() = withCode { phone ->
        phone.session.show(Page.Add(isFirst = false, bank = null, isUnreadable = true))
        phone.awaitText("この版のアプリでは続けられません。")
        assertEquals(listOf("登録を取りやめる", "戻る"), phone.texts().takeLast(2))
        phone.press("登録を取りやめる")
        phone.awaitText("637 009")
    }

    private fun pending(test: (Phone) -> Unit) = Phone(service).use { phone ->
        phone.open()
        phone.awaitPage<Page.Add>()
        phone.register(totp(seed = SEED.reversed()))
        phone.awaitText("割符銀行")
        service.isReachable = false
        phone.session.adding.offer(service.link)
        phone.awaitPage<Page.Offer>()
        phone.press("登録する")
        phone.awaitText("銀行のサービスにつながりません。")
        phone.press("戻る")
        phone.awaitText("途中の登録があります。")
        test(phone)
    }
}
