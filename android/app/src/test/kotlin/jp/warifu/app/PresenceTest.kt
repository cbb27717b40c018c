package jp.warifu.app

import jp.warifu.app.state.Page
import jp.warifu.testing.FakeKeyProtector.Errand
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.minutes

/** Nothing stays open behind the back of whoever opened it. */
@RunWith(RobolectricTestRunner::class)
@Config(application = PhoneApp::class)
class PresenceTest {
    @Test
    fun whatOpensAfterTheAppWasLeftIsLockedWhenTheWhileIsOver() = withPin { phone ->
        val go = leftWhileItOpens(phone)
        go.complete(Unit)
        phone.awaitPage<Page.OfCodes>()
        phone.wait(2.minutes)
        awaitLock(phone)
        comesToAKeypad(phone)
    }

    @Test
    fun whatOpensLongAfterTheAppWasLeftIsLockedAtOnce() = withPin { phone ->
        val go = leftWhileItOpens(phone)
        phone.wait(3.hours)
        go.complete(Unit)
        awaitLock(phone)
        comesToAKeypad(phone)
    }

    @Test
    fun whatOpensAfterTheAppWasLeftStaysOpenForWhoComesBackSoon() = withPin { phone ->
        val go = leftWhileItOpens(phone)
        go.complete(Unit)
        phone.awaitPage<Page.OfCodes>()
        phone.wait(1.minutes)
        phone.come()
        phone.awaitText("割符銀行")
        phone.wait(2.hours)
        assertTrue(isOpen(phone))
    }

    @Test
    fun aFirstPinThatIsSavedAfterTheAppWasLeftLocksIt() = withCode { phone ->
        phone.session.locks.newPin()
        val go = phone.hold(Errand.CREATE)
        phone.choosePin("2580")
        phone.leave()
        go.complete(Unit)
        phone.awaitPage<Page.OfCodes>()
        phone.wait(2.minutes)
        awaitLock(phone)
        comesToAKeypad(phone)
    }

    @Test
    fun aNewPinThatIsTypedOnceIsForgottenWhenTheAppIsLeft() = withCode { phone ->
        phone.session.locks.newPin()
        phone.awaitText("新しい PIN")
        phone.typePin("2580", "次へ")
        phone.awaitText("もう一度入力してください")
        phone.leave()
        phone.come()
        phone.awaitText("4 桁から 12 桁")
        phone.choosePin("1470")
        phone.awaitPage<Page.OfCodes>()
    }

    private fun leftWhileItOpens(phone: Phone) = phone.run {
        session.lock()
        awaitKeys()
        val go = hold(Errand.MAC)
        typePin("2580", "開く")
        leave()
        go
    }

    private fun comesToAKeypad(phone: Phone) {
        phone.come()
        phone.awaitKeys()
        assertFalse(phone.texts().any { "637" in it || "割符銀行" in it })
    }

    private fun isOpen(phone: Phone) = checkNotNull(phone.session.token).isUnlocked

    private fun awaitLock(phone: Phone) = phone.await("a lock") {
        !isOpen(phone) && (phone.session.page.value as? Page.Keypad)?.state?.isBusy == false
    }
}
