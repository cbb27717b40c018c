package jp.warifu.app.view

import android.content.Context
import android.graphics.Typeface
import android.util.TypedValue
import android.view.View.MeasureSpec.getSize
import android.widget.TextView

/**
 * A code in the largest digits that fit its width, all of the same width, so that nothing jumps when it changes. A
 * screen reader reads it digit by digit, and says a new one only while it has its focus.
 */
class CodeText(context: Context) : TextView(context) {
    init {
        maxLines = 1
        fontFeatureSettings = "tnum"
        typeface = Typeface.create("sans-serif", Typeface.NORMAL)
        includeFontPadding = false
    }

    /** Shows it. [spoken] is what is read instead. */
    fun draw(code: String, spoken: CharSequence) {
        if (text.toString() == code && contentDescription?.toString() == spoken.toString()) return
        val isNew = text.isNotEmpty() && text.toString() != code
        text = code
        contentDescription = spoken
        if (isNew && isAccessibilityFocused) announceForAccessibility(spoken)
    }

    override fun onMeasure(width: Int, height: Int) {
        val room = getSize(width) - paddingLeft - paddingRight
        if (room > 0 && text.isNotEmpty()) fit(room)
        super.onMeasure(width, height)
    }

    private fun fit(room: Int) {
        val most = TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_SP, MOST, resources.displayMetrics)
        val before = textSize
        paint.textSize = most
        val size = minOf(most, most * room / paint.measureText(text.toString()))
        paint.textSize = before
        // Rounded down: a pixel too wide would be a line too many.
        if (size.toInt() != before.toInt()) setTextSize(TypedValue.COMPLEX_UNIT_PX, size.toInt().toFloat())
    }

    private companion object {
        const val MOST = 84f
    }
}
