package jp.warifu.app.view

import android.content.Context
import android.content.res.ColorStateList
import android.graphics.Color
import android.graphics.drawable.Drawable
import android.graphics.drawable.GradientDrawable
import android.graphics.drawable.RippleDrawable
import android.util.TypedValue

/** The system's own colours, of its day or its night, and the few shapes that the app draws with them. */
class Look(private val context: Context) {
    val text = color(android.R.attr.textColorPrimary)
    val background = color(android.R.attr.colorBackground)
    val accent = color(android.R.attr.colorAccent)

    /** What is less important, and still to be read. */
    val faint = mix(text, background, FAINT)

    /** What lies on the background. */
    val surface = mix(text, background, SURFACE)

    /** What lies on that, and where a ring has run out. */
    val track = mix(text, background, TRACK)

    /** What is written on the accent. */
    val onAccent = if (Color.luminance(accent) > MIDDLE) Color.BLACK else Color.WHITE

    /** In pixels. */
    fun dp(dp: Int): Int =
        TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_DIP, dp.toFloat(), context.resources.displayMetrics).toInt()

    /** A filled shape with round corners. */
    fun filled(color: Int, radius: Int = RADIUS): Drawable = shape(radius).apply { setColor(color) }

    /** The same, that shows that it was touched. */
    fun touchable(fill: Int, radius: Int = RADIUS, line: Int? = null): Drawable {
        val shape = shape(radius).apply {
            setColor(fill)
            if (line != null) setStroke(dp(1), line)
        }
        val touched = ColorStateList.valueOf(mix(text, Color.TRANSPARENT, TOUCHED))
        return RippleDrawable(touched, shape, shape(radius).apply { setColor(Color.WHITE) })
    }

    private fun shape(radius: Int) = GradientDrawable().apply { cornerRadius = dp(radius).toFloat() }

    private fun color(attribute: Int): Int {
        val array = context.obtainStyledAttributes(intArrayOf(attribute))
        try {
            return array.getColor(0, Color.MAGENTA)
        } finally {
            array.recycle()
        }
    }

    private companion object {
        const val RADIUS = 20
        const val FAINT = 0.82f
        const val SURFACE = 0.06f
        const val TRACK = 0.15f
        const val TOUCHED = 0.15f

        /** Where black and white stand out alike. */
        const val MIDDLE = 0.179f

        fun mix(over: Int, under: Int, share: Float): Int {
            if (under == Color.TRANSPARENT) return Color.argb(share, over.part(RED), over.part(GREEN), over.part(BLUE))
            fun part(shift: Int) = over.part(shift) * share + under.part(shift) * (1 - share)
            return Color.rgb(part(RED), part(GREEN), part(BLUE))
        }

        fun Int.part(shift: Int) = (this shr shift and BYTE) / BYTE.toFloat()

        const val RED = 16
        const val GREEN = 8
        const val BLUE = 0
        const val BYTE = 0xFF
    }
}
