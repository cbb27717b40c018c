package jp.warifu.app

import jp.warifu.KeyRefusal
import jp.warifu.KeyRefusedException
import jp.warifu.app.state.Page
import jp.warifu.testing.FakeKeyProtector
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/** What opens the app, and what shuts it. */
@RunWith(RobolectricTestRunner::class)
@Config(application = PhoneApp::class)
class UnlockTest {
    @Test
    fun toABrowserAndBackItStaysOpenAndLaterItIsLocked() = withPin { phone ->
        phone.leave()
        phone.wait(2.minutes - 1.seconds)
        phone.come()
        phone.awaitPage<Page.OfCodes>()
        phone.leave()
        phone.wait(2.minutes)
        phone.awaitPage<Page.Keypad>()
        phone.come()
        assertFalse(phone.texts().any { "637" in it || "353" in it })
        phone.typePin("2580", "開く")
        phone.awaitPage<Page.OfCodes>()
    }

    @Test
    fun aCopiedCodeSurvivesTheWayToTheBrowser() = withPin { phone ->
        val clipboard = phone.activity.getSystemService(android.content.ClipboardManager::class.java)
        phone.press("637 009")
        phone.leave()
        assertEquals("637009", clipboard.primaryClip?.getItemAt(0)?.text)
    }

    @Test
    fun aNewProcessAsksForThePin() = withPin { phone ->
        phone.restart()
        phone.awaitPage<Page.Keypad>()
        phone.typePin("2580", "開く")
        phone.awaitText("637 009")
    }

    @Test
    fun aProcessThatWasFrozenPastTheGraceLocksBeforeItShowsACode() = withPin { phone ->
        phone.leave()
        phone.clock.advance(1.minutes * 60)
        phone.controller().restart().start().resume()
        assertFalse(phone.texts().any { "割符銀行" in it })
        phone.awaitPage<Page.Keypad>()
    }

    @Test
    fun aLinkThatComesWhileItIsLockedIsShownOnceItIsOpen() = withPin { phone ->
        phone.session.lock()
        phone.awaitPage<Page.Keypad>()
        phone.session.adding.offerWhenOpen(hotp())
        phone.awaitPage<Page.Keypad>()
        phone.typePin("2580", "開く")
        phone.awaitPage<Page.Offer>()
        phone.press("登録する")
        phone.awaitText("法人 0003")
    }

    @Test
    fun wrongPinsAreCountedAndTheLastOneEndsThePin() = withPin { phone ->
        phone.session.lock()
        phone.awaitPage<Page.Keypad>()
        for (left in 9 downTo 1) {
            phone.typePin("1357", "開く")
            phone.awaitText("あと $left 回間違えると")
            phone.await("a keypad that waits no more") {
                phone.wait(1.minutes * 60)
                (phone.session.page.value as? Page.Keypad)?.state?.isOpen == true
            }
        }
        phone.typePin("1357", "開く")
        phone.awaitPage<Page.Trouble>()
        phone.awaitText("このトークンは、もう開けません。")
        phone.press("はじめから登録し直す")
        phone.press("すべて消して登録し直す")
        phone.awaitPage<Page.Add>()
        phone.awaitText("・割符銀行")
    }

    @Test
    fun whoBeginsAnewLeavesNoKeyOfTheOldVaultBehind() = withBiometrics { phone ->
        phone.session.managing.offerStartOver()
        phone.awaitText("登録し直しますか")
        assertTrue("a question erases nothing", phone.keys.keyCount > 0)
        phone.press("すべて消して登録し直す")
        assertTrue(phone.awaitPage<Page.Add>().isFirst)
        assertEquals(0, phone.keys.keyCount)
        phone.register(totp())
        phone.awaitText("637 009")
    }

    @Test
    fun aKeyStoreThatFailsToForgetIsNoReasonNotToBeginAnew() = withPin { phone ->
        phone.forgetKeys = { throw KeyRefusedException(KeyRefusal.UNAVAILABLE) }
        phone.session.managing.startOver()
        phone.awaitPage<Page.Add>()
        phone.register(totp())
        phone.awaitText("637 009")
    }

    @Test
    fun biometricsOpenItAndARefusalLeavesThePin() = withBiometrics { phone ->
        phone.session.lock()
        phone.awaitPage<Page.Keypad>()
        phone.keys.person = FakeKeyProtector.Person.CANCELS
        phone.press("指紋や顔で開く")
        phone.awaitText("操作は取り消されました。")
        phone.keys.person = FakeKeyProtector.Person.ACCEPTS
        phone.press("指紋や顔で開く")
        phone.awaitText("637 009")
    }

    @Test
    fun eachAnswerOfTheKeyStoreHasItsWordsAndLeavesThePin() = withBiometrics { phone ->
        phone.session.lock()
        phone.awaitPage<Page.Keypad>()
        val answers = mapOf(
            KeyRefusal.CANCELLED to "操作は取り消されました。",
            KeyRefusal.LOCKED_OUT to "指紋や顔の確認が、続けて失敗しました。",
            KeyRefusal.NOT_ENROLLED to "この端末には、指紋や顔が登録されていません。",
            KeyRefusal.UNAVAILABLE to "端末の鍵の保管庫が応答しませんでした。",
            KeyRefusal.MISSING to "この解除方法の鍵が、端末から失われています。",
            // The last: whose key is dead is not asked for again.
            KeyRefusal.INVALIDATED to "登録されている指紋や顔が変わりました。",
        )
        assertEquals(KeyRefusal.entries.toSet(), answers.keys)
        for ((answer, words) in answers) {
            phone.keys.onErrand = { if (it == FakeKeyProtector.Errand.UNWRAP) throw KeyRefusedException(answer) }
            phone.press("指紋や顔で開く")
            phone.awaitText(words)
            assertTrue("$answer", phone.awaitVerdict().state.run { hasKeys && isOpen })
            assertFalse("$answer", "はじめから登録し直す" in phone.texts())
        }
        phone.keys.onErrand = {}
        phone.typePin("2580", "開く")
        phone.awaitText("637 009")
    }

    @Test
    fun twoPinsThatDifferAreChosenAnew() = withCode { phone ->
        phone.session.locks.newPin()
        phone.awaitKeys()
        phone.typePin("2580", "次へ")
        phone.typePin("2581", "決定")
        phone.awaitText("2 回の PIN が同じではありません")
        phone.typePin("1111", "次へ")
        phone.typePin("1111", "決定")
        phone.awaitText("この PIN は簡単すぎます")
        phone.typePin("2580", "次へ")
        phone.typePin("2580", "決定")
        phone.awaitPage<Page.OfCodes>()
        phone.restart()
        assertTrue(phone.awaitPage<Page.Keypad>().state.hasKeys)
    }
}

/** A phone with a code behind the PIN 2580. */
fun withPin(test: (Phone) -> Unit) = withCode { phone ->
    phone.session.locks.newPin()
    phone.choosePin("2580")
    phone.awaitPage<Page.OfCodes>()
    phone.awaitText("637 009")
    test(phone)
}
