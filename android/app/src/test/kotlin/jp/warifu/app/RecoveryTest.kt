package jp.warifu.app

import jp.warifu.KeyRefusal
import jp.warifu.app.state.Next
import jp.warifu.app.state.Notice
import jp.warifu.app.state.Page
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import java.io.File

/** A vault that does not open, a disk that fails, a way to open that died: nothing is made anew, and no page is the last. */
@RunWith(RobolectricTestRunner::class)
@Config(application = PhoneApp::class)
class RecoveryTest {
    @Test
    fun aVaultThatIsNotReadIsNotTakenForANewPhone() = withPin { phone ->
        val vault = File(phone.folder, TokenApp.VAULT)
        val whole = vault.readBytes()
        vault.writeBytes(ByteArray(17 shl 20))
        phone.restart()
        phone.awaitText("W-106")
        phone.press("戻る")
        phone.awaitText("W-106")
        phone.session.adding.offerWhenOpen(hotp())
        phone.awaitText("W-106")
        assertTrue(phone.session.page.value is Page.Trouble)
        vault.writeBytes(whole)
        phone.press("戻る")
        phone.awaitKeys()
        phone.typePin("2580", "開く")
        phone.awaitPage<Page.Offer>()
    }

    @Test
    fun whatNobodyHasForeseenEndsOnAPage() = withCode { phone ->
        phone.session.work(says = null) { error("unforeseen") }
        assertEquals(Page.Trouble(null, Next.BACK), phone.awaitPage<Page.Trouble>())
        phone.awaitText("アプリに問題が起きました。")
        phone.press("戻る")
        phone.awaitText("637 009")
    }

    @Test
    fun aMarkerThatCannotBeWrittenIsNoTrouble() = onPhone { phone ->
        val marker = File(phone.folder, TokenApp.MARKER)
        assertTrue(File("${marker.path}.new").mkdir())
        phone.open()
        phone.awaitPage<Page.Add>()
        phone.register(totp())
        phone.awaitText("637 009")
        assertFalse(marker.exists())
    }

    @Test
    fun aDeadFingerIsNamedAndSetUpAgain() = withBiometrics { phone ->
        phone.keys.changeBiometrics()
        phone.session.lock()
        phone.awaitKeys()
        phone.press("指紋や顔で開く")
        phone.awaitText("登録されている指紋や顔が変わりました。")
        assertFalse(phone.awaitVerdict().state.hasBiometrics)
        phone.typePin("2580", "開く")
        phone.awaitText("開く方法のうち、使えなくなったものがあります。")
        phone.press("開くときの確認へ")
        phone.awaitText("指紋や顔をもう一度設定する")
        phone.press("指紋や顔をもう一度設定する")
        phone.awaitKeys()
        phone.typePin("2580", "次へ")
        phone.await("a lock that is whole") { (phone.session.page.value as? Page.Lock)?.isBroken == false }
        phone.session.lock()
        phone.awaitKeys()
        phone.press("指紋や顔で開く")
        assertEquals(emptyList<Notice>(), phone.awaitPage<Page.OfCodes>().notices)
    }

    @Test
    fun aLinkIsWipedOnEveryWayOut() = withCode { phone ->
        val adding = phone.session.adding
        adding.offer(totp())
        phone.awaitPage<Page.Offer>()
        phone.press("登録する")
        phone.awaitText("同じものが、すでに登録されています。")
        assertFalse("after a refusal", adding.hasLink)
        adding.offer(hotp())
        phone.awaitPage<Page.Offer>()
        assertTrue(adding.hasLink)
        phone.session.lock()
        assertFalse("after a lock", adding.hasLink)
    }

    @Test
    fun aWrongPinLosesNoLinkThatWaits() = withPin { phone ->
        phone.session.lock()
        phone.awaitKeys()
        phone.session.adding.offerWhenOpen(hotp())
        phone.awaitKeys()
        phone.keys.refuseNext(KeyRefusal.UNAVAILABLE)
        phone.typePin("2580", "開く")
        phone.awaitText("端末の鍵の保管庫が応答しませんでした。")
        phone.typePin("2580", "開く")
        phone.awaitPage<Page.Offer>()
    }
}
