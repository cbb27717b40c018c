package jp.warifu.app.view

import android.content.Context
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView
import jp.warifu.app.R
import jp.warifu.app.Session
import jp.warifu.app.state.KeypadState

/** A keypad of the app's own: no keyboard of another's sees a PIN. */
class KeypadView(context: Context, private val session: Session) : ScrollView(context) {
    private val look = Look(context)
    private val heading: TextView
    private val explain: TextView
    private val typed: TextView
    private val message: TextView
    private val keys: LinearLayout
    private val enter: TextView
    private val biometrics: TextView
    private val startOver: View
    private val help: View
    private val cancel: View

    init {
        isFillViewport = true
        val column = LinearLayout(context).apply {
            orientation = LinearLayout.VERTICAL
            setPadding(look.dp(24), look.dp(24), look.dp(24), look.dp(24))
        }
        addView(column, MATCH_PARENT, WRAP_CONTENT)
        heading = column.heading("", look)
        explain = column.paragraph("", look)
        message = column.paragraph("", look, look.text).apply {
            background = look.filled(look.surface, 12)
            setPadding(look.dp(16), look.dp(12), look.dp(16), look.dp(12))
            accessibilityLiveRegion = ACCESSIBILITY_LIVE_REGION_POLITE
        }
        typed = column.words("", 22f, look.text).apply {
            gravity = Gravity.CENTER
            minHeight = look.dp(56)
            letterSpacing = SPACED
        }
        keys = LinearLayout(context).apply { orientation = LinearLayout.VERTICAL }
        column.addView(keys, MATCH_PARENT, WRAP_CONTENT)
        keys.below(look.dp(16))
        for (first in 1..LAST step ROW) {
            keys.line {
                for (digit in first until first + ROW) key("$digit") { session.keypad.press(digit) }
            }
        }
        lateinit var last: TextView
        keys.line {
            key(context.getString(R.string.key_erase), WORD, session.keypad::erase)
            key("0") { session.keypad.press(0) }
            last = key("", WORD, session.keypad::entered, isMain = true)
        }
        enter = last
        biometrics = column.button("", look, press = session.unlocking::byBiometrics)
        startOver =
            column.button(context.getString(R.string.register_anew), look, press = session.managing::offerStartOver)
        cancel = column.button(context.getString(R.string.cancel), look) { session.back() }
        help = column.button(context.getString(R.string.help), look, press = session.managing::help)
        forToolsAlone()
    }

    /** Shows it as it is. Only what has changed is touched. */
    fun draw(state: KeypadState) {
        accessibilityPaneTitle = context.getString(state.heading)
        heading.draw(context.getString(state.heading))
        val trouble = state.trouble?.let { context.sayTrouble(it) }
        val says = state.message?.let(context::say) ?: trouble?.let { (what, next) -> "$what\n$next" }
        // In its place, so that the keys stay in sight.
        explain.draw(if (says == null) context.say(state.explain) else null)
        message.draw(says)
        typed.draw(DOT.repeat(state.typed))
        typed.contentDescription = context.getString(R.string.pin_typed, state.typed)
        typed.visibility = if (state.hasKeys) VISIBLE else GONE
        keys.visibility = if (state.hasKeys) VISIBLE else GONE
        keys.everyKey { it.enable(state.isOpen && !state.isBusy) }
        enter.draw(context.getString(state.enter))
        biometrics.draw(if (state.hasBiometrics) context.getString(state.biometrics) else null)
        biometrics.enable(!state.isBusy)
        startOver.visibility = if (state.mayStartOver) VISIBLE else GONE
        cancel.visibility = if (state.mayCancel) VISIBLE else GONE
        help.visibility = if (state.hasHelp) VISIBLE else GONE
    }

    private fun LinearLayout.line(fill: LinearLayout.() -> Unit) {
        addView(LinearLayout(context).apply(fill), MATCH_PARENT, WRAP_CONTENT)
    }

    private fun LinearLayout.key(
        says: String,
        size: Float = DIGIT,
        press: () -> Unit,
        isMain: Boolean = false,
    ): TextView {
        val key = button(says, look, isMain, press)
        key.textSize = size
        key.minHeight = look.dp(60)
        key.setPadding(look.dp(4), look.dp(8), look.dp(4), look.dp(8))
        key.layoutParams = LinearLayout.LayoutParams(0, MATCH_PARENT, 1f).apply {
            setMargins(look.dp(4), look.dp(4), look.dp(4), look.dp(4))
        }
        return key
    }

    private fun LinearLayout.key(says: String, press: () -> Unit) = key(says, DIGIT, press)

    private fun LinearLayout.everyKey(change: (View) -> Unit) {
        for (row in 0 until childCount) {
            (getChildAt(row) as LinearLayout).let { line ->
                for (at in 0 until line.childCount) change(line.getChildAt(at))
            }
        }
    }

    private companion object {
        const val ROW = 3
        const val LAST = 9
        const val DIGIT = 26f
        const val WORD = 18f
        const val SPACED = 0.2f
        const val DOT = "●"
    }
}
