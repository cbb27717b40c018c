package jp.warifu.app

import jp.warifu.KeyRefusal
import jp.warifu.app.state.Page
import jp.warifu.testing.FakeKeyProtector.Person
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** Each answer of the key store has its words, and leaves the way on that there is. */
@RunWith(RobolectricTestRunner::class)
@Config(application = PhoneApp::class)
class KeyStoreAnswersTest {
    @Test
    fun aLockoutLeavesThePin() = withBiometrics { phone ->
        phone.session.lock()
        phone.awaitKeys()
        phone.keys.person = Person.IS_LOCKED_OUT
        phone.press("指紋や顔で開く")
        phone.awaitText("指紋や顔の確認が、続けて失敗しました。")
        phone.typePin("2580", "開く")
        phone.awaitText("637 009")
    }

    @Test
    fun aPhoneWithoutAFingerSaysWhereToEnrolOneAndIsTriedAgain() = withPin { phone ->
        phone.session.locks.addBiometrics()
        phone.awaitKeys()
        phone.keys.onErrand = {
            if (it == jp.warifu.testing.FakeKeyProtector.Errand.CREATE) {
                // The proof makes keys of its own, for the PIN; the last that is made is the finger's.
                if ((phone.session.page.value as? Page.Busy) != null) phone.keys.refuseNext(KeyRefusal.NOT_ENROLLED)
            }
        }
        phone.typePin("2580", "次へ")
        phone.awaitText("この端末には、指紋や顔が登録されていません。")
        phone.keys.onErrand = {}
        phone.press("もう一度")
        assertEquals(true, phone.awaitPage<Page.Lock>().hasBiometrics)
    }
}
