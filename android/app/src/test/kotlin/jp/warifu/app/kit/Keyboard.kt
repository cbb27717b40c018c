package jp.warifu.app.kit

import android.app.Activity
import android.view.KeyEvent
import android.view.View
import android.view.ViewGroup
import android.widget.TextView
import org.robolectric.shadows.ShadowInstrumentation

/** A keyboard before an activity's window, or the two switches of a person who has no other: it moves the focus, and presses. */
class Keyboard(private val activity: Activity) {
    private val window get() = activity.window.decorView

    init {
        ShadowInstrumentation.getInstrumentation().setInTouchMode(false)
    }

    /** What Tab leads through, from the page's beginning until it comes round. */
    fun tabs(): List<View> {
        val first = checkNotNull(next(null)) { "nothing takes the focus" }
        val rest = generateSequence(next(first)) { next(it) }.take(MANY).takeWhile { it !== first }.toList()
        check(rest.size < MANY) { "Tab does not come back to \"${first.label()}\"" }
        return listOf(first) + rest
    }

    /** All that the arrows reach from [start]. */
    fun arrows(start: View): Set<View> {
        val reached = linkedSetOf(start)
        val todo = ArrayDeque(reached)
        while (todo.isNotEmpty()) {
            val from = todo.removeFirst()
            for (direction in ARROWS) {
                from.requestFocus()
                val to = from.focusSearch(direction) ?: continue
                if (reached.add(to)) todo += to
            }
        }
        return reached
    }

    /** Moves the focus there and presses Enter. */
    fun enter(view: View) {
        check(view.requestFocus()) { "\"${view.label()}\" takes no focus" }
        for (action in listOf(KeyEvent.ACTION_DOWN, KeyEvent.ACTION_UP)) {
            window.dispatchKeyEvent(KeyEvent(action, KeyEvent.KEYCODE_ENTER))
        }
    }

    /** As the system moves it: the first on the page takes it if nothing has it. */
    private fun next(from: View?): View? {
        if (from == null) return window.focusSearch(View.FOCUS_FORWARD) ?: first()
        return from.focusSearch(View.FOCUS_FORWARD)?.also { check(it.requestFocus(View.FOCUS_FORWARD)) }
    }

    private fun first(): View? {
        window.requestFocus(View.FOCUS_FORWARD)
        return window.findFocus()
    }

    private companion object {
        const val MANY = 200
        val ARROWS = listOf(View.FOCUS_DOWN, View.FOCUS_UP, View.FOCUS_LEFT, View.FOCUS_RIGHT)
    }
}

/** What a person calls it: its words, or the first of those in it, or its hint. */
fun View.label(): String? = when (this) {
    is TextView -> text.toString().ifEmpty { hint?.toString() }
    is ViewGroup -> (0 until childCount).firstNotNullOfOrNull { getChildAt(it).label() }
    else -> contentDescription?.toString()
}
