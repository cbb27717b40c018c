package jp.warifu.app

import android.content.ClipboardManager
import android.content.Intent
import android.text.Spanned
import android.text.style.TtsSpan
import android.view.WindowManager
import jp.warifu.DeviceClock
import jp.warifu.SecretBytes
import jp.warifu.android.AndroidDeviceClock
import jp.warifu.app.state.Page
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/** The codes, as a person sees them. The expected ones are oathtool's for RFC 6238's key, from 2033-05-18T03:33:30Z on. */
@RunWith(RobolectricTestRunner::class)
@Config(application = PhoneApp::class)
class CodesTest {
    @Test
    fun aCodeChangesAtItsEdgeAndTheNextOneIsThereInTheLastSeconds() = withCode { phone ->
        phone.awaitText("あと 30 秒")
        assertTrue(phone.texts().toString(), "637 009" in phone.texts())
        assertFalse("次のコード 353 674" in phone.texts())
        phone.wait(20.seconds)
        phone.awaitText("次のコード 353 674")
        phone.wait(9.seconds + 999.milliseconds)
        phone.awaitText("あと 1 秒")
        assertTrue("637 009" in phone.texts())
        phone.wait(1.milliseconds)
        phone.awaitText("あと 30 秒")
        assertTrue("353 674" in phone.texts())
    }

    @Test
    fun whatWasFrozenShowsNoCodeThatHasDied() = withCode { phone ->
        phone.leave()
        assertFalse("it is off the screen", "637 009" in phone.texts())
        phone.clock.advance(60.seconds)
        phone.controller().restart().start().resume()
        assertFalse("637 009" in phone.texts())
        phone.awaitText("094 178")
    }

    @Test
    fun aWallClockThatIsSetIsFollowedAtOnceWhereNoBankToldTheTime() = withCode { phone ->
        phone.clock.set(wall = phone.clock.now().wall + 60.seconds)
        phone.awaitText("094 178")
    }

    @Test
    fun theSystemsBroadcastThatTheWallClockWasSetIsHeardWhileTheCodesAreSeen() {
        val phone = Phone()
        phone.deviceClock = object : DeviceClock by phone.clock {
            override val wallClockChanges = AndroidDeviceClock(phone.app).wallClockChanges
        }
        withCode(on = phone) {
            phone.awaitText("637 009")
            phone.clock.set(wall = phone.clock.now().wall + 60.seconds)
            phone.settle()
            assertTrue("nobody has said so yet", "637 009" in phone.texts())
            phone.app.sendBroadcast(Intent(Intent.ACTION_TIME_CHANGED))
            phone.awaitText("094 178")
            phone.leave()
            assertEquals("nobody listens unseen", 0, listeners(phone))
        }
    }

    private fun listeners(phone: Phone) = shadowOf(phone.app).registeredReceivers
        .count { it.intentFilter.hasAction(Intent.ACTION_TIME_CHANGED) }

    @Test
    fun aRotationChangesNothing() = withCode { phone ->
        phone.awaitText("637 009")
        phone.controller().recreate()
        phone.awaitText("637 009")
    }

    @Test
    fun aNewProcessShowsTheCodesAgain() = withCode { phone ->
        phone.restart()
        phone.awaitText("637 009")
    }

    @Test
    fun aTapCopiesTheCodeAsSensitiveAndItsTimeTakesItOff() = withCode { phone ->
        val clipboard = phone.activity.getSystemService(ClipboardManager::class.java)
        phone.press("637 009")
        val clip = checkNotNull(clipboard.primaryClip)
        assertEquals("637009", clip.getItemAt(0).text)
        assertTrue(clip.description.extras.getBoolean("android.content.extra.IS_SENSITIVE"))
        phone.wait(59.seconds)
        assertTrue(clipboard.hasPrimaryClip())
        phone.wait(1.seconds)
        phone.await("an empty clipboard") { !clipboard.hasPrimaryClip() }
    }

    @Test
    fun whatAnotherAppHasCopiedMeanwhileStays() = withCode { phone ->
        val clipboard = phone.activity.getSystemService(ClipboardManager::class.java)
        phone.press("637 009")
        clipboard.setPrimaryClip(android.content.ClipData.newPlainText(null, "another's"))
        phone.wait(1.minutes)
        phone.settle()
        assertEquals("another's", clipboard.primaryClip?.getItemAt(0)?.text)
    }

    @Test
    fun aButtonMakesEachCodeOnce() = withCode(hotp()) { phone ->
        phone.awaitText("コードを作る")
        phone.press("コードを作る")
        phone.awaitText("755 224")
        phone.press("次のコードを作る")
        phone.awaitText("287 082")
        assertFalse("755 224" in phone.texts())
        phone.restart()
        phone.awaitText("コードを作る")
        phone.press("コードを作る")
        phone.awaitText("359 152")
    }

    @Test
    fun aScreenReaderReadsDigitByDigit() = withCode { phone ->
        val spoken = phone.view("637 009").contentDescription as Spanned
        val span = spoken.getSpans(0, spoken.length, TtsSpan::class.java).single()
        assertEquals(TtsSpan.TYPE_DIGITS, span.type)
        assertEquals("637009", span.args.getString(TtsSpan.ARG_DIGITS))
        assertEquals("637009", spoken.substring(spoken.getSpanStart(span), spoken.getSpanEnd(span)))
    }

    @Test
    fun nobodyCanTakeAPictureOfIt() = withCode { phone ->
        val secure = WindowManager.LayoutParams.FLAG_SECURE
        assertEquals(secure, phone.activity.window.attributes.flags and secure)
    }

    @Test
    fun fiftyCredentialsAreAllThere() = withCode { phone ->
        val token = checkNotNull(phone.session.token)
        runBlocking {
            for (number in 1..49) {
                val seed =
                    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".drop(number % 26).take(4).padEnd(4, 'A') +
                        number.toString().map { 'A' + (it - '0') }.joinToString("").padEnd(2, 'Z') +
                        SEED.drop(6)
                token.entries.add(SecretBytes(totp(account = "口座 $number", seed = seed).encodeToByteArray()))
            }
        }
        phone.awaitText("口座 49")
        assertEquals(50, phone.texts().count { it == "割符銀行" })
    }
}

/** A phone on which a link was registered, as a person does it. */
fun withCode(link: String = totp(), on: Phone = Phone(), test: (Phone) -> Unit) = on.use { phone ->
    phone.open()
    phone.awaitPage<Page.Add>()
    phone.register(link)
    phone.awaitPage<Page.OfCodes>()
    phone.awaitText("割符銀行")
    test(phone)
}
