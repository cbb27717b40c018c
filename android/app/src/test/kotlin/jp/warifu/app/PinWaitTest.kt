package jp.warifu.app

import jp.warifu.KeyRefusal
import jp.warifu.app.state.Page
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import java.io.File
import kotlin.time.Duration.Companion.seconds

/** After wrong PINs the next try has to wait, and the keypad says so wherever it is. */
@RunWith(RobolectricTestRunner::class)
@Config(application = PhoneApp::class)
class PinWaitTest {
    @Test
    fun aNewProcessSaysHowLongToWaitAndSpendsNoTry() = withPin { phone ->
        earnAWait(phone)
        phone.restart()
        phone.awaitKeys()
        phone.typePin("2580", "開く")
        phone.awaitText("いまは入力できません。30 秒 たつと")
        assertFalse("no key can be pressed", phone.view("1").isEnabled)
        phone.wait(30.seconds)
        phone.awaitKeys()
        phone.typePin("1357", "開く")
        phone.awaitText("あと 5 回間違えると")
    }

    @Test
    fun aLinkThatComesDuringTheWaitLeavesItClosed() = withPin { phone ->
        earnAWait(phone)
        phone.wait(10.seconds)
        phone.session.adding.offerWhenOpen(hotp())
        phone.awaitText("いまは入力できません。20 秒 たつと")
        assertFalse(phone.awaitVerdict().state.isOpen)
        phone.wait(20.seconds)
        phone.awaitKeys()
        phone.typePin("2580", "開く")
        phone.awaitPage<Page.Offer>()
    }

    @Test
    fun aFingerNeedsNoWait() = withBiometrics { phone ->
        earnAWait(phone)
        assertFalse(phone.view("1").isEnabled)
        assertTrue("it looks as if it could not be pressed", phone.view("1").alpha < 0.5f)
        assertEquals(1f, phone.view("指紋や顔で開く").alpha)
        phone.press("指紋や顔で開く")
        phone.awaitText("637 009")
    }

    @Test
    fun aFingerThatFailsLeavesTheKeysClosedUntilTheWaitIsOver() = withBiometrics { phone ->
        earnAWait(phone)
        phone.keys.person = jp.warifu.testing.FakeKeyProtector.Person.CANCELS
        phone.press("指紋や顔で開く")
        phone.awaitText("操作は取り消されました。")
        assertFalse(phone.awaitVerdict().state.isOpen)
        phone.wait(30.seconds)
        phone.awaitKeys()
        phone.typePin("2580", "開く")
        phone.awaitText("割符銀行")
    }

    @Test
    fun aNewPinThatIsChosenByAFingerHasNothingToDoWithTheWait() = withBiometrics { phone ->
        phone.session.locks.newPin()
        phone.awaitKeys()
        earnAWaitHere(phone, "次へ")
        phone.press("指紋や顔で確認する")
        phone.awaitText("4 桁から 12 桁")
        phone.wait(30.seconds)
        assertFalse(phone.texts().any { "PIN が違います" in it })
        phone.choosePin("1470")
        phone.awaitPage<Page.OfCodes>()
        phone.session.lock()
        phone.awaitKeys()
        phone.typePin("1470", "開く")
        phone.awaitText("割符銀行")
    }

    @Test
    fun aRemovalWaitsAsWell() = withPin { phone ->
        phone.press("設定")
        phone.awaitPage<Page.Settings>()
        phone.press("割符銀行")
        phone.press("削除する")
        phone.awaitText("元に戻せません")
        phone.press("削除する")
        phone.awaitKeys()
        earnAWaitHere(phone, "削除する")
        assertFalse(phone.view("1").isEnabled)
        phone.wait(30.seconds)
        phone.awaitKeys()
        phone.typePin("2580", "削除する")
        phone.awaitPage<Page.Add>()
    }

    @Test
    fun aKeyStoreThatFailsOnceLeadsNobodyToEraseEverything() = withPin { phone ->
        phone.session.lock()
        phone.awaitKeys()
        phone.keys.refuseNext(KeyRefusal.UNAVAILABLE)
        phone.typePin("2580", "開く")
        phone.awaitText("端末の鍵の保管庫が応答しませんでした。")
        assertFalse("はじめから登録し直す" in phone.texts())
        phone.typePin("2580", "開く")
        phone.awaitText("637 009")
    }

    @Test
    fun whatCouldNotBeSavedIsTriedAgainWithAPinThatIsTypedAgain() = withCode { phone ->
        phone.session.locks.newPin()
        phone.awaitKeys()
        val away = File(phone.folder.path + ".away")
        phone.typePin("2580", "次へ")
        phone.awaitText("もう一度入力してください")
        phone.folder.renameTo(away)
        phone.typePin("2580", "決定")
        phone.awaitPage<Page.Trouble>()
        away.renameTo(phone.folder)
        phone.press("もう一度")
        phone.choosePin("2580")
        phone.awaitText("637 009")
        phone.restart()
        phone.awaitKeys()
        phone.typePin("2580", "開く")
        phone.awaitText("637 009")
    }

    @Test
    fun anOpeningThatFailedIsTriedAgainWithAPinThatIsTypedAgain() = withPin { phone ->
        phone.session.lock()
        phone.awaitKeys()
        val away = File(phone.folder.path + ".away")
        phone.keys.onErrand = {
            // Once it has read the file, and before it counts the try.
            phone.keys.onErrand = {}
            phone.folder.renameTo(away)
        }
        phone.typePin("2580", "開く")
        phone.awaitPage<Page.Trouble>()
        away.renameTo(phone.folder)
        phone.press("もう一度")
        phone.awaitKeys()
        phone.typePin("2580", "開く")
        phone.awaitText("637 009")
    }

    private fun earnAWait(phone: Phone) {
        phone.session.lock()
        phone.awaitKeys()
        earnAWaitHere(phone, "開く")
    }

    /** The fourth wrong try in a row is the first that has one. */
    private fun earnAWaitHere(phone: Phone, enter: String) {
        for (left in 9 downTo 6) {
            phone.typePin("1357", enter)
            phone.awaitText("あと $left 回間違えると")
        }
        assertFalse(phone.awaitVerdict().state.isOpen)
    }
}
