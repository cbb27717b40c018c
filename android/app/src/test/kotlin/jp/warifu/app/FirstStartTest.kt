package jp.warifu.app

import android.graphics.Bitmap
import android.graphics.Color
import com.google.zxing.BarcodeFormat
import com.google.zxing.qrcode.QRCodeWriter
import jp.warifu.app.state.Next
import jp.warifu.app.state.Offered
import jp.warifu.app.state.Page
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import java.io.File

/** How a credential comes in. */
@RunWith(RobolectricTestRunner::class)
@Config(application = PhoneApp::class)
class FirstStartTest {
    @Test
    fun aLinkThatLeadsToTheAppIsShownBeforeAnythingIsAdded() = onPhone { phone ->
        phone.open(totp())
        phone.awaitPage<Page.Offer>()
        assertTrue(phone.texts().containsAll(listOf("割符銀行", "普通 0001", "時間で変わるコード")))
        assertFalse(File(phone.folder, TokenApp.VAULT).exists())
        assertEquals("the window forgets the link", null, phone.activity.intent.data)
        phone.press("登録する")
        phone.awaitText("637 009")
    }

    @Test
    fun aPastedLinkIsShownAndMayBeRefused() = onPhone { phone ->
        phone.open()
        phone.awaitPage<Page.Add>()
        phone.press("リンクを貼り付ける")
        phone.type("リンク", "  ${hotp()}\n")
        phone.press("次へ")
        phone.awaitText("ボタンを押すたびに作るコード")
        phone.press("やめる")
        phone.awaitPage<Page.Add>()
        assertFalse(File(phone.folder, TokenApp.VAULT).exists())
    }

    @Test
    fun aPictureOfAQrCodeSaysWhatItHolds() {
        assertEquals(totp(), Pictures.read(qr(totp())))
        assertEquals(totp(), Pictures.read(qr(totp(), dark = Color.WHITE, light = Color.BLACK)))
        assertEquals("", Pictures.read(Bitmap.createBitmap(100, 100, Bitmap.Config.ARGB_8888)))
    }

    @Test
    fun aPictureWithoutOneSaysSo() = onPhone { phone ->
        phone.open()
        phone.awaitPage<Page.Add>()
        phone.session.adding.offerPicture { "" }
        phone.awaitPage<Page.Trouble>()
        phone.awaitText("画像の中にQRコードが見つかりません。")
    }

    @Test
    fun aTextThatIsNoLinkSaysWhatToDo() = onPhone { phone ->
        phone.open()
        phone.awaitPage<Page.Add>()
        phone.session.adding.offer("こんにちは")
        assertEquals(Page.Trouble("W-601", Next.BACK), phone.awaitPage<Page.Trouble>())
        phone.press("戻る")
        phone.awaitPage<Page.Add>()
    }

    @Test
    fun theSameAgainIsToldAsThat() = withCode { phone ->
        phone.press("登録を追加")
        phone.awaitPage<Page.Add>()
        phone.register(totp())
        phone.awaitText("同じものが、すでに登録されています。")
    }

    @Test
    fun aBackupOfAnotherPhoneSaysWhatHappened() = withCode { old ->
        val marker = File(old.folder, TokenApp.MARKER).readText()
        Phone().use { new ->
            File(new.folder, TokenApp.MARKER).writeText(marker)
            new.open()
            assertEquals("割符銀行", new.awaitPage<Page.Add>().restored.single().issuer)
            assertTrue("前の端末のトークンは、ここでは使えません" in new.texts())
        }
    }

    @Test
    fun aVaultOfAnotherPhoneDoesNotOpenAndSaysWhatToDo() = withCode { phone ->
        phone.keys.loseEverything()
        phone.restart()
        phone.awaitText("別の端末で作られた")
        phone.press("はじめから登録し直す")
        phone.press("すべて消して登録し直す")
        phone.awaitPage<Page.Add>()
        phone.register(totp())
        phone.awaitText("637 009")
    }

    @Test
    fun aNewProcessBeginsAnewWhereALinkWasOnOffer() = onPhone { phone ->
        phone.open()
        phone.awaitPage<Page.Add>()
        phone.session.adding.offer(totp())
        assertTrue(phone.awaitPage<Page.Offer>().offered is Offered.Credential)
        phone.restart()
        assertTrue(phone.awaitPage<Page.Add>().isFirst)
    }

    private fun qr(text: String, dark: Int = Color.BLACK, light: Int = Color.WHITE): Bitmap {
        val matrix = QRCodeWriter().encode(text, BarcodeFormat.QR_CODE, 400, 400)
        val pixels =
            IntArray(matrix.width * matrix.height) { if (matrix[it % matrix.width, it / matrix.width]) dark else light }
        return Bitmap.createBitmap(pixels, matrix.width, matrix.height, Bitmap.Config.ARGB_8888)
    }
}
