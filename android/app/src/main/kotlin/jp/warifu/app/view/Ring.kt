package jp.warifu.app.view

import android.content.Context
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.RectF
import android.view.View

/** How much of a code's life is left, as a ring that runs out. The seconds beside it say the same in words. */
class Ring(context: Context, look: Look) : View(context) {
    private val track = stroke(look.track, look)
    private val left = stroke(look.accent, look)
    private val bounds = RectF()
    private val size = look.dp(SIZE)
    private var share = 1f

    init {
        importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
    }

    /** So much of it is left, of 1. */
    fun draw(left: Float) {
        share = left
        invalidate()
    }

    override fun onMeasure(width: Int, height: Int) = setMeasuredDimension(size, size)

    override fun onDraw(canvas: Canvas) {
        val inset = left.strokeWidth / 2
        bounds.set(inset, inset, width - inset, height - inset)
        canvas.drawOval(bounds, track)
        // What is left ends at the top, so that it runs out clockwise.
        canvas.drawArc(bounds, TOP + WHOLE * (1 - share), WHOLE * share, false, left)
    }

    private fun stroke(color: Int, look: Look) = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        this.color = color
        style = Paint.Style.STROKE
        strokeCap = Paint.Cap.ROUND
        strokeWidth = look.dp(STROKE).toFloat()
    }

    private companion object {
        const val SIZE = 28
        const val STROKE = 4
        const val TOP = -90f
        const val WHOLE = 360f
    }
}
