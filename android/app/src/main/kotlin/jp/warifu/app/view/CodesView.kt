package jp.warifu.app.view

import android.content.Context
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.ScrollView
import jp.warifu.app.R
import jp.warifu.app.state.Codes
import jp.warifu.app.state.Notice

/**
 * The page with the codes. What stays between two draws stays the same view, so that neither the list nor a screen
 * reader's focus jumps.
 */
class CodesView(context: Context, private val does: Does) : LinearLayout(context) {
    private val look = Look(context)
    private val cards = ArrayList<CardView>()
    private val list = LinearLayout(context).apply { orientation = VERTICAL }
    private val notices: LinearLayout
    private val notice: TimeNotice
    private var noticed = emptyList<Notice>()

    init {
        orientation = VERTICAL
        accessibilityPaneTitle = context.getString(R.string.heading_codes)
        val column = LinearLayout(context).apply {
            orientation = VERTICAL
            setPadding(look.dp(16), look.dp(20), look.dp(16), look.dp(8))
            heading(context.getString(R.string.heading_codes), look).setPadding(look.dp(8), 0, 0, 0)
        }
        notices = LinearLayout(context).apply { orientation = VERTICAL }
        column.addView(notices, MATCH_PARENT, WRAP_CONTENT)
        notice = TimeNotice(column, look, does)
        column.addView(list, MATCH_PARENT, WRAP_CONTENT)
        addView(ScrollView(context).apply { addView(column) }, LayoutParams(MATCH_PARENT, 0, 1f))
        addView(bar(), MATCH_PARENT, WRAP_CONTENT)
        forToolsAlone()
        hide()
    }

    /** Shows what there is at this moment. */
    fun draw(codes: Codes) {
        notice.draw(codes)
        codes.cards.forEachIndexed { at, card ->
            if (at == cards.size) add()
            cards[at].draw(card)
        }
        while (cards.size > codes.cards.size) list.removeView(cards.removeLast())
        list.visibility = VISIBLE
    }

    /** Shows what is worth a line besides them. */
    fun draw(worth: List<Notice>) {
        if (worth == noticed) return
        noticed = worth
        notices.removeAllViews()
        worth.forEach { notice ->
            notices.box(look).apply {
                words(context.getString(notice.says), 16f, look.text).below(look.dp(8))
                notice.leads?.let { leads ->
                    button(context.getString(leads), look) { does.attend(notice) }.background =
                        look.touchable(look.track, 28)
                }
            }
        }
    }

    /** Takes the codes away: what a view holds is drawn before anything newer when it is seen again. */
    fun hide() {
        list.visibility = INVISIBLE
    }

    private fun add() {
        val card = CardView(context, look, does)
        cards += card
        list.addView(card, LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { bottomMargin = look.dp(12) })
    }

    private fun bar(): View = LinearLayout(context).apply {
        setPadding(look.dp(16), look.dp(8), look.dp(16), look.dp(8))
        button(context.getString(R.string.add_heading), look, press = does::add).half()
        button(context.getString(R.string.heading_settings), look, press = does::settings).half()
    }

    private fun View.half() {
        layoutParams = LayoutParams(0, MATCH_PARENT, 1f).apply { setMargins(look.dp(4), 0, look.dp(4), 0) }
    }

    /** A line about the time, and the way to do something about it. */
    private class TimeNotice(column: LinearLayout, look: Look, does: Does) {
        private val box = column.box(look)
        private val words = box.words("", 16f, look.text).apply { below(look.dp(8)) }
        private val sync = box.button(column.context.getString(R.string.check_time), look, press = does::sync).apply {
            background = look.touchable(look.track, 28)
        }

        fun draw(codes: Codes) {
            box.visibility = if (codes.notice != null || codes.maySync) VISIBLE else GONE
            sync.visibility = if (codes.maySync) VISIBLE else GONE
            words.draw(codes.notice?.let(box.context::say))
        }
    }
}

private fun LinearLayout.box(look: Look): LinearLayout = LinearLayout(context).also { box ->
    box.orientation = LinearLayout.VERTICAL
    box.background = look.filled(look.surface)
    box.setPadding(look.dp(16), look.dp(12), look.dp(16), look.dp(4))
    addView(box, MATCH_PARENT, WRAP_CONTENT)
    box.below(look.dp(12))
}
