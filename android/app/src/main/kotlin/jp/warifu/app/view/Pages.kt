package jp.warifu.app.view

import android.content.Context
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.ProgressBar
import jp.warifu.app.R
import jp.warifu.app.Session
import jp.warifu.app.state.Next
import jp.warifu.app.state.Page

/** A moment's patience. */
fun Context.busy(page: Page.Busy): View {
    val look = Look(this)
    return LinearLayout(this).apply {
        orientation = LinearLayout.VERTICAL
        gravity = Gravity.CENTER
        setPadding(look.dp(24), look.dp(24), look.dp(24), look.dp(24))
        val says = page.says ?: return@apply
        addView(
            ProgressBar(context).apply {
                importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
            },
            WRAP_CONTENT,
            WRAP_CONTENT,
        )
        words(context.say(says), 18f, look.text).apply {
            gravity = Gravity.CENTER
            setPadding(0, look.dp(16), 0, 0)
            accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
        }
    }
}

/** Something did not work: what, and what to do. */
fun Context.trouble(page: Page.Trouble, session: Session): View {
    val (what, next) = sayTrouble(page.supportCode)
    return page(what) { look ->
        paragraph(next, look)
        page.supportCode?.let { paragraph(getString(R.string.support_code, it), look, look.faint) }
        when (page.next) {
            Next.RETRY -> {
                button(getString(R.string.try_again), look, isMain = true, press = session::retry)
                button(getString(R.string.back), look) { session.back() }
            }

            Next.START_OVER ->
                button(getString(R.string.register_anew), look, isMain = true, press = session.managing::offerStartOver)

            Next.BACK -> button(getString(R.string.back), look, isMain = true) { session.back() }
        }
        button(getString(R.string.help), look, press = session.managing::help)
    }
}

/** Everything shall be erased, or not. */
fun Context.startOver(session: Session): View = page(getString(R.string.register_anew_heading)) { look ->
    paragraph(getString(R.string.register_anew_explain), look)
    button(getString(R.string.erase_all), look, isMain = true, press = session.managing::startOver)
    button(getString(R.string.cancel), look) { session.back() }
}

/** How the app is opened. */
fun Context.lock(page: Page.Lock, session: Session, does: Does): View = page(getString(R.string.lock_heading)) { look ->
    val locks = session.locks
    paragraph(getString(if (page.isDemanded) R.string.lock_demanded else R.string.lock_explain), look)
    button(
        getString(if (page.hasPin) R.string.change_pin else R.string.set_pin),
        look,
        isMain = true,
        press = locks::newPin,
    )
    if (page.isDemanded) return@page
    if (page.isBroken) button(getString(R.string.again_biometrics), look, press = locks::addBiometrics)
    when {
        page.hasBiometrics -> button(getString(R.string.remove_biometrics), look, press = locks::removeBiometrics)

        page.hasPin && does.hasBiometrics() -> button(
            getString(R.string.add_biometrics),
            look,
            press = locks::addBiometrics,
        )
    }
    if (page.hasPin) button(getString(R.string.remove_lock), look, press = locks::removeAll)
}
