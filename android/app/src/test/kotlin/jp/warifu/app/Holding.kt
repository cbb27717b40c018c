package jp.warifu.app

import android.widget.TextView
import jp.warifu.app.state.Page
import jp.warifu.app.view.KeypadView
import jp.warifu.testing.FakeKeyProtector
import kotlinx.coroutines.CompletableDeferred

/** The next errand of this kind waits until what comes back is completed. */
fun Phone.hold(errand: FakeKeyProtector.Errand): CompletableDeferred<Unit> {
    val go = CompletableDeferred<Unit>()
    keys.onErrand = {
        if (it == errand) {
            keys.onErrand = {}
            go.await()
        }
    }
    return go
}

/** Types a new PIN twice. */
fun Phone.choosePin(pin: String) {
    awaitText("新しい PIN")
    typePin(pin, "次へ")
    awaitText("もう一度入力してください")
    typePin(pin, "決定")
}

/** Waits until the keypad takes a PIN. */
fun Phone.awaitKeys(): Page.Keypad {
    await("keys to press, but ${session.page.value}") {
        (session.page.value as? Page.Keypad)?.state?.run { isOpen && !isBusy } == true &&
            views().any { it is TextView && it.text.toString() == "1" && it.isEnabled }
    }
    return session.page.value as Page.Keypad
}

/** Waits until nothing is being checked, whether or not a PIN is taken then. */
fun Phone.awaitVerdict(): Page.Keypad {
    await("a verdict, but ${session.page.value}") {
        (session.page.value as? Page.Keypad)?.state?.isBusy == false && views().any { it is KeypadView }
    }
    return session.page.value as Page.Keypad
}
