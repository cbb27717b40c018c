package jp.warifu.app

import jp.warifu.SecretBytes
import jp.warifu.SlotKind
import jp.warifu.Unlock
import jp.warifu.WarifuException
import jp.warifu.app.state.Page
import jp.warifu.testing.FakeKeyProtector.Errand
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import kotlin.time.Duration.Companion.hours

/** Whoever holds the phone while it is open shows who they are before its lock is changed or a credential goes. */
@RunWith(RobolectricTestRunner::class)
@Config(application = PhoneApp::class)
class ProofTest {
    @Test
    fun anotherPinIsChosenByWhoKnowsTheOldOne() = withPin { phone ->
        lockPage(phone)
        phone.press("PIN を変える")
        phone.awaitText("今の PIN を入力してください")
        phone.typePin("1357", "次へ")
        phone.awaitText("PIN が違います。")
        phone.typePin("2580", "次へ")
        phone.choosePin("1470")
        phone.awaitPage<Page.OfCodes>()
        phone.restart()
        phone.awaitKeys()
        phone.typePin("1470", "開く")
        phone.awaitText("637 009")
    }

    @Test
    fun noChangeOfTheLockIsMadeForWhoDoesNotShowIt() = withBiometrics { phone ->
        for (change in listOf("PIN を変える", "指紋や顔で開くのをやめる", "確認なしで開く")) {
            lockPage(phone)
            phone.press(change)
            phone.awaitText("今の PIN を入力してください")
            phone.typePin("1357", "次へ")
            phone.awaitText("PIN が違います。")
            phone.session.back()
            phone.awaitPage<Page.OfCodes>()
            assertEquals(setOf<SlotKind>(SlotKind.Pin, SlotKind.Biometric), kinds(phone))
            // So that the tries do not run out.
            runBlocking { checkNotNull(phone.session.token).unlock(Unlock.Pin(pin("2580"))) }
        }
    }

    @Test
    fun whoForgotThePinChoosesAnotherByAFinger() = withBiometrics { phone ->
        lockPage(phone)
        phone.press("PIN を変える")
        phone.awaitText("指紋や顔で確認する")
        phone.press("指紋や顔で確認する")
        phone.choosePin("1470")
        phone.awaitPage<Page.OfCodes>()
    }

    @Test
    fun aFingerRemovesACredentialToo() = withBiometrics { phone ->
        removal(phone)
        phone.press("指紋や顔で確認する")
        assertTrue(phone.awaitPage<Page.Add>().isFirst)
    }

    @Test
    fun whoGoesBackWhileThePinIsCheckedHasNothingRemoved() = withPin { phone ->
        removal(phone)
        val go = phone.hold(Errand.MAC)
        phone.typePin("2580", "削除する")
        phone.session.back()
        phone.awaitPage<Page.OfCodes>()
        go.complete(Unit)
        phone.await("the end of the check") {
            phone.clock.advance(1.hours)
            true
        }
        phone.awaitText("割符銀行")
        assertEquals(1, runBlocking { checkNotNull(phone.session.token).entries.list().size })
    }

    @Test
    fun theLastTryIsNotSpentWhileItIsOpen() = withPin { phone ->
        removal(phone)
        for (left in 9 downTo 2) {
            phone.typePin("1357", "削除する")
            phone.awaitText("あと $left 回間違えると")
            phone.wait(1.hours)
            phone.awaitKeys()
        }
        phone.typePin("1357", "削除する")
        phone.awaitText("ここではもう入力できません。")
        assertTrue(phone.texts().none { it == "削除する" || it == "1" })
        phone.session.back()
        phone.awaitPage<Page.OfCodes>()
        removal(phone, "ここではもう入力できません。")
        phone.wait(1.hours)
        phone.session.lock()
        phone.awaitKeys()
        phone.typePin("2580", "開く")
        phone.awaitPage<Page.OfCodes>()
        removal(phone)
        phone.typePin("2580", "削除する")
        phone.awaitPage<Page.Add>()
    }

    @Test
    fun aPinThatDiesWhileItIsOpenIsReplacedBeforeAllIsLost() = withPin { phone ->
        val token = checkNotNull(phone.session.token)
        // As where the count of an earlier process was not set back.
        repeat(9) {
            assertThrows(WarifuException.WrongPin::class.java) {
                runBlocking { token.unlock(Unlock.Pin(pin("1357"))) }
            }
            phone.clock.advance(1.hours)
        }
        removal(phone)
        phone.typePin("1357", "削除する")
        phone.awaitText("今の PIN は使えなくなりました。いま、新しい PIN を決めてください。")
        phone.choosePin("1470")
        phone.awaitPage<Page.OfCodes>()
        phone.restart()
        phone.awaitKeys()
        phone.typePin("1470", "開く")
        phone.awaitText("割符銀行")
    }

    private fun lockPage(phone: Phone) {
        phone.session.locks.open()
        phone.awaitText("開くときの確認")
    }

    private fun removal(phone: Phone, says: String = "削除するには、PIN を入力してください") {
        phone.press("設定")
        phone.awaitPage<Page.Settings>()
        phone.press("割符銀行")
        phone.press("削除する")
        phone.awaitText("元に戻せません")
        phone.press("削除する")
        phone.awaitText(says)
    }

    private fun kinds(phone: Phone) =
        runBlocking { checkNotNull(phone.session.token).slots.list().map { it.kind }.toSet() }

    private fun pin(digits: String) = SecretBytes(digits.encodeToByteArray())
}

/** A phone with a code behind the PIN 2580, and a finger beside it. */
fun withBiometrics(test: (Phone) -> Unit) = withPin { phone ->
    phone.session.locks.addBiometrics()
    phone.awaitKeys()
    phone.typePin("2580", "次へ")
    phone.awaitPage<Page.Lock>()
    phone.session.back()
    phone.awaitPage<Page.Settings>()
    phone.session.back()
    phone.awaitPage<Page.OfCodes>()
    test(phone)
}
