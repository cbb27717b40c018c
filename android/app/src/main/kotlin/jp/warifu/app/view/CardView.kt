package jp.warifu.app.view

import android.content.Context
import android.graphics.Typeface
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.TextView
import jp.warifu.Code
import jp.warifu.app.R
import jp.warifu.app.state.CodeCard
import jp.warifu.app.state.CodeFace

/** One credential: the bank, its code, and how long that lives. */
class CardView(context: Context, private val look: Look, private val does: Does) : LinearLayout(context) {
    private lateinit var card: CodeCard
    private val title: TextView
    private val subtitle: TextView
    private val code: CodeText
    private val clock: LinearLayout
    private val ring: Ring
    private val seconds: TextView
    private val copy: View
    private val below: TextView
    private val words: TextView
    private val button: TextView
    private val credentialId: TextView
    private val weak: TextView

    init {
        orientation = VERTICAL
        background = look.filled(look.surface)
        setPadding(look.dp(20), look.dp(16), look.dp(20), look.dp(12))
        title = words("", 20f, look.text).apply { typeface = Typeface.create("sans-serif-medium", Typeface.NORMAL) }
        subtitle = words("", 16f, look.faint)
        code = CodeText(context).apply {
            setTextColor(look.text)
            gravity = Gravity.CENTER_VERTICAL
            minHeight = look.dp(72)
            background = look.touchable(android.graphics.Color.TRANSPARENT, 12)
            press(context.getString(R.string.key_copy)) { shown()?.let { does.copy(it.digits(), card.clearAfter) } }
        }
        addView(code, MATCH_PARENT, WRAP_CONTENT)
        ring = Ring(context, look)
        clock = LinearLayout(context).apply {
            gravity = Gravity.CENTER_VERTICAL
            addView(ring)
        }
        addView(clock, MATCH_PARENT, WRAP_CONTENT)
        seconds = clock.words("", 18f, look.text).apply {
            setPadding(look.dp(12), 0, look.dp(12), 0)
            layoutParams = LayoutParams(0, WRAP_CONTENT, 1f)
        }
        copy = clock.button(context.getString(R.string.key_copy), look) { code.performClick() }.apply {
            layoutParams = LayoutParams(WRAP_CONTENT, WRAP_CONTENT)
            minHeight = look.dp(48)
            setPadding(look.dp(20), look.dp(8), look.dp(20), look.dp(8))
            background = look.touchable(look.track, 24)
            // To whoever hears the page, the code itself is what copies.
            importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
        }
        below = words("", 18f, look.text).apply { setPadding(0, look.dp(8), 0, 0) }
        words = words("", 17f, look.text).apply { setPadding(0, look.dp(8), 0, look.dp(8)) }
        button = button("", look, isMain = true) { does.make(card.id) }
        credentialId = words("", 16f, look.faint).apply {
            minHeight = look.dp(48)
            gravity = Gravity.CENTER_VERTICAL
            background = look.touchable(android.graphics.Color.TRANSPARENT, 12)
            press(context.getString(R.string.key_copy)) { card.credentialId?.let(does::copyId) }
        }
        weak = words(context.getString(R.string.weak), 16f, look.text)
    }

    /** Shows it as it is at this moment. */
    fun draw(card: CodeCard) {
        this.card = card
        title.draw(card.title ?: context.getString(R.string.no_name))
        subtitle.draw(card.subtitle)
        credentialId.draw(card.credentialId?.let { context.getString(R.string.credential_id, it) })
        credentialId.contentDescription = card.credentialId?.let { context.spelledVerbatim(R.string.credential_id, it) }
        weak.show(card.isWeak)
        val shown = shown()
        code.show(shown != null)
        clock.show(shown != null)
        shown?.let { code.draw(it.grouped(), context.spelled(R.string.code_spoken, it.digits())) }
        drawTime(card.face as? CodeFace.Timed)
        words.draw(explained(card.face))
        button.draw(pressed(card.face))
    }

    private fun drawTime(face: CodeFace.Timed?) {
        ring.show(face != null)
        // Its line is kept free, so that nothing moves when it comes.
        below.visibility = if (face == null) {
            GONE
        } else if (face.below == null) {
            INVISIBLE
        } else {
            VISIBLE
        }
        if (face == null) return seconds.draw("")
        ring.draw(face.left)
        seconds.draw(context.getString(R.string.seconds_left, face.secondsLeft))
        face.below?.let {
            // In one piece: a code that is broken over two lines is read as two.
            below.draw(context.getString(it.says, it.code.grouped().replace(' ', NO_BREAK)))
            below.contentDescription = context.spelled(it.says, it.code.digits())
        }
    }

    private fun shown(): Code? = when (val face = card.face) {
        is CodeFace.Timed -> face.code
        is CodeFace.OnRequest -> face.code
        CodeFace.NeedsSync, is CodeFace.NotYet -> null
    }

    private fun explained(face: CodeFace): String? = when (face) {
        is CodeFace.Timed -> null

        is CodeFace.OnRequest ->
            context.getString(if (face.code == null) R.string.make_when_asked else R.string.works_once)

        CodeFace.NeedsSync -> context.getString(R.string.needs_sync)

        is CodeFace.NotYet -> context.getString(R.string.not_yet, context.sayMoment(face.from))
    }

    private fun pressed(face: CodeFace): String? = when (face) {
        is CodeFace.OnRequest -> context.getString(if (face.code == null) R.string.make_code else R.string.make_another)
        is CodeFace.Timed, CodeFace.NeedsSync, is CodeFace.NotYet -> null
    }
}

private const val NO_BREAK = '\u00A0'

/** Shows the words, or nothing at all. A text that stays is not set again: a screen reader would hear of it. */
internal fun TextView.draw(says: String?) {
    show(says != null)
    if (says != null && text.toString() != says) text = says
}

private fun View.show(isShown: Boolean) {
    val wanted = if (isShown) View.VISIBLE else View.GONE
    if (visibility != wanted) visibility = wanted
}
