package jp.warifu.app

import android.os.Bundle
import android.os.Parcel
import jp.warifu.app.state.KeypadState
import jp.warifu.app.state.NamedEntry
import jp.warifu.app.state.Next
import jp.warifu.app.state.NoCamera
import jp.warifu.app.state.Offered
import jp.warifu.app.state.Page
import jp.warifu.app.state.Words
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** What the system does to an app at any time: it ends the process, turns the device, changes its night and its language. */
@RunWith(RobolectricTestRunner::class)
@Config(application = PhoneApp::class)
class LifecycleTest {
    @Test
    fun aProcessThatEndsOnAnyPageComesBackToTheCodes() = withCode { phone ->
        val entry = entry(phone)
        for (page in pages(entry)) {
            phone.session.show(page)
            phone.settle()
            phone.restart()
            phone.awaitPage<Page.OfCodes>()
            phone.awaitText("637 009")
        }
    }

    @Test
    fun aRotationKeepsAnyPage() = withCode { phone ->
        for (page in pages(entry(phone))) {
            phone.session.show(page)
            phone.settle()
            val before = phone.texts()
            phone.controller().recreate()
            phone.settle()
            assertEquals(page, phone.session.page.value)
            assertEquals(before, phone.texts())
        }
    }

    @Test
    fun whatTheSystemKeepsOfTheWindowHoldsNoSecret() = withCode { phone ->
        assertFalse("637009" in kept(phone) || "637 009" in kept(phone))
        phone.session.adding.paste()
        phone.settle()
        phone.type("リンク", totp("別の口座"))
        assertFalse(SEED in kept(phone))
    }

    @Test
    fun aPinThatIsHalfTypedIsForgottenWhenTheAppIsLeft() = withPin { phone ->
        phone.session.lock()
        phone.awaitPage<Page.Keypad>()
        phone.press("2")
        phone.press("5")
        assertEquals(2, phone.awaitPage<Page.Keypad>().state.typed)
        phone.leave()
        assertEquals(0, phone.awaitPage<Page.Keypad>().state.typed)
    }

    @Test
    fun aNightAndALanguageThatComeWhileItIsOpenAreFollowed() = withCode { phone ->
        phone.awaitText("あと 30 秒")
        val day = background(phone)
        RuntimeEnvironment.setQualifiers("+en-night")
        phone.controller().recreate()
        phone.awaitText("30 s left")
        assertTrue("637 009" in phone.texts())
        assertTrue(day != background(phone))
    }

    private fun background(phone: Phone) = jp.warifu.app.view.Look(phone.activity).background

    private fun kept(phone: Phone): String {
        val state = Bundle()
        phone.controller().saveInstanceState(state)
        val parcel = Parcel.obtain()
        try {
            state.writeToParcel(parcel, 0)
            val bytes = parcel.marshall()
            return bytes.toString(Charsets.UTF_16LE) + bytes.drop(1).toByteArray().toString(Charsets.UTF_16LE) +
                bytes.toString(Charsets.UTF_8)
        } finally {
            parcel.recycle()
        }
    }

    private fun entry(phone: Phone) = runBlocking {
        checkNotNull(phone.session.token).entries.list().first().let { NamedEntry(it.id, it.names) }
    }

    private fun pages(entry: NamedEntry) = listOf(
        Page.Add(isFirst = false, bank = null),
        Page.Add(isFirst = true, bank = "割符銀行", pending = "bank.example"),
        Page.Busy(Words(R.string.saving)),
        Page.Paste,
        Page.Scan,
        Page.Unseen(NoCamera.IN_USE),
        Page.Lock(isDemanded = false, hasPin = false, hasBiometrics = false),
        Page.Offer(Offered.Credential(entry.names, isOnRequest = false, isWeak = false)),
        Page.Offer(Offered.Service("bank.example", asksForCode = true)),
        Page.Keypad(KeypadState(R.string.new_pin, Words(R.string.new_pin_explain), R.string.go_on)),
        Page.Settings(listOf(entry), Words(R.string.lock_is_none), isLocking = false, null, emptyList()),
        Page.Report(listOf(Words(R.string.report_entries, 1))),
        Page.OfEntry(entry),
        Page.Remove(entry),
        Page.StartOver,
        Page.About,
        Page.Trouble("W-606", Next.RETRY),
    )
}
