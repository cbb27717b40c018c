package jp.warifu.app

import jp.warifu.SlotKind
import jp.warifu.app.state.Offered
import jp.warifu.app.state.Page
import jp.warifu.tests.TokenService
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** A credential from the real token service, over loopback. */
@RunWith(RobolectricTestRunner::class)
@Config(application = PhoneApp::class)
class EnrolmentTest {
    private val service = TokenService()

    @Test
    fun theBankOfTheAppsConfigurationIsOneTapAway() = enrolling { phone ->
        phone.bank = Bank("割符デモ信用金庫", service.link)
        phone.open()
        phone.awaitPage<Page.Add>()
        phone.press("割符デモ信用金庫 に登録する")
        assertEquals(Offered.Service("bank.example", asksForCode = true), phone.awaitPage<Page.Offer>().offered)
        phone.press("登録する")
        phone.awaitText("637 009")
        phone.awaitText("クレデンシャルID")
    }

    @Test
    fun anActivationCodeIsTypedAsItIsPrinted() = enrolling { phone ->
        service.order("code 1234567890123452")
        phone.open(service.link)
        phone.awaitPage<Page.Offer>()
        phone.type("アクティベーションコード（16 桁）", "1234 5678 9012 3453")
        phone.press("登録する")
        phone.awaitText("アクティベーションコードの数字が違います。")
        phone.press("戻る")
        phone.awaitPage<Page.Add>()
        phone.session.adding.offer(service.link)
        phone.awaitPage<Page.Offer>()
        phone.type("アクティベーションコード（16 桁）", "1234 5678 9012 3452")
        phone.press("登録する")
        phone.awaitText("637 009")
    }

    @Test
    fun aBankThatDemandsALockIsToldOnceThereIsOne() = enrolling { phone ->
        service.order("unlock user-verification")
        phone.open(service.link)
        phone.awaitPage<Page.Offer>()
        phone.press("登録する")
        assertTrue(phone.awaitPage<Page.Lock>().isDemanded)
        phone.press("PIN を決める")
        phone.awaitKeys()
        phone.typePin("2580", "次へ")
        phone.typePin("2580", "決定")
        phone.awaitText("637 009")
        val kinds = runBlocking { checkNotNull(phone.session.token).slots.list().map { it.kind } }
        assertEquals(listOf<SlotKind>(SlotKind.Pin), kinds)
    }

    @Test
    fun withoutANetworkItIsKeptAndANewProcessGoesOnWithIt() = enrolling { phone ->
        service.isReachable = false
        phone.open(service.link)
        phone.awaitPage<Page.Offer>()
        phone.press("登録する")
        phone.awaitText("銀行のサービスにつながりません。")
        phone.restart()
        assertEquals("bank.example", phone.awaitPage<Page.Add>().pending)
        service.isReachable = true
        phone.press("登録を続ける")
        phone.awaitText("637 009")
    }

    @Test
    fun aCodeThatWaitsForTheBanksTimeComesWithIt() = enrolling { phone ->
        service.order("synced true")
        phone.open(service.link)
        phone.awaitPage<Page.Offer>()
        phone.press("登録する")
        phone.awaitText("637 009")
        service.isReachable = false
        phone.clock.set(boot = jp.warifu.BootId.ofCount(2))
        phone.restart()
        phone.awaitText("銀行の時刻を確かめるまで、コードは出せません。")
        service.isReachable = true
        phone.press("銀行の時刻を確かめる")
        phone.awaitText("637 009")
    }

    private fun enrolling(test: (Phone) -> Unit) = Phone(service).use(test)
}
