package jp.warifu.app

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

/** Which banks to register with anew is not forgotten before it is done. */
@RunWith(RobolectricTestRunner::class)
@Config(application = PhoneApp::class)
class LostBanksTest {
    @Test
    fun oneBankAfterTheOtherIsDone() = afterABackup { phone ->
        phone.register(totp())
        phone.awaitText("まだ登録し直していない銀行があります。")
        phone.restart()
        phone.awaitText("まだ登録し直していない銀行があります。")
        phone.press("見る")
        phone.awaitText("・割符信用金庫")
        assertFalse(phone.texts().any { it == "・割符銀行" })
        phone.register(totp(issuer = "割符信用金庫", seed = SEED.reversed()))
        phone.await("a page without a notice") {
            (phone.session.page.value as? Page.OfCodes)?.notices == emptyList<Notice>()
        }
        assertTrue("割符信用金庫" in File(phone.folder, TokenApp.MARKER).readText())
    }

    @Test
    fun aRegistrationThatFailsLeavesTheList() = afterABackup { phone ->
        val away = File(phone.folder.path + ".away")
        phone.session.adding.offer(totp())
        phone.awaitPage<Page.Offer>()
        phone.folder.renameTo(away)
        phone.press("登録する")
        phone.awaitPage<Page.Trouble>()
        away.renameTo(phone.folder)
        phone.press("戻る")
        phone.awaitText("・割符銀行")
        phone.awaitText("・割符信用金庫")
    }

    @Test
    fun whoWantsNoListTakesItAway() = afterABackup { phone ->
        phone.press("この一覧を消す")
        phone.await("a first page") { (phone.session.page.value as? Page.Add)?.restored?.isEmpty() == true }
        phone.restart()
        assertEquals(0, phone.awaitPage<Page.Add>().restored.size)
    }

    @Test
    fun whatWasErasedHereIsNotToldAsOfAnotherPhone() = withCode { phone ->
        phone.session.managing.offerStartOver()
        phone.awaitText("すべて消して登録し直す")
        phone.press("すべて消して登録し直す")
        phone.awaitText("この端末の登録を消しました。")
        phone.awaitText("・割符銀行")
        phone.restart()
        phone.awaitText("この端末の登録を消しました。")
        assertFalse(phone.texts().any { "前の端末" in it })
        phone.register(totp())
        phone.awaitText("割符銀行")
        assertEquals(emptyList<Notice>(), phone.awaitPage<Page.OfCodes>().notices)
    }

    private fun afterABackup(test: (Phone) -> Unit) = withCode { old ->
        old.press("登録を追加")
        old.awaitPage<Page.Add>()
        old.register(totp(issuer = "割符信用金庫", seed = SEED.reversed()))
        old.awaitText("割符信用金庫")
        val marker = File(old.folder, TokenApp.MARKER).readText()
        Phone().use { new ->
            File(new.folder, TokenApp.MARKER).writeText(marker)
            new.open()
            new.awaitText("・割符銀行")
            test(new)
        }
    }
}
