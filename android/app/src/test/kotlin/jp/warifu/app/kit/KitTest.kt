package jp.warifu.app.kit

import android.app.Activity
import android.app.Application
import android.graphics.Color
import android.os.Bundle
import android.view.Gravity
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.FrameLayout
import android.widget.ImageView
import android.widget.TextView
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import org.robolectric.shadows.ShadowLooper

/** What holds the screens to something would notice. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(application = Application::class, sdk = [34])
class KitTest {
    @Test
    fun aPictureThatIsAnotherIsNoticed() {
        val (six, seven) = picture("123 456") to picture("123 457")
        assertTrue(Difference(six, picture("123 456")).isSmall())
        assertFalse(Difference(six, seven).isSmall())
    }

    @Test
    fun aPictureThatNobodyKeptFails() = on("123 456") {
        if (!System.getProperty("pictures.keep").toBoolean()) {
            assertThrows(AssertionError::class.java) { it.assertPicture("nobody-kept-this") }
        }
    }

    @Test
    fun textThatIsHardToReadAndAButtonWithoutANameAreFound() {
        on("123 456") { it.assertAccessible() }
        val found = on("123 456", Color.LTGRAY, hasButton = true) { it.accessibilityFindings() }
        assertEquals(listOf("SpeakableTextPresentCheck", "TextContrastCheck"), found.map { it.substringBefore(' ') })
    }

    private fun picture(text: String) = on(text) { it.window.decorView.picture() }

    private fun <T> on(text: String, color: Int = Color.BLACK, hasButton: Boolean = false, look: (Activity) -> T): T =
        Robolectric.buildActivity(Plain::class.java).use { controller ->
            val activity = controller.setup().visible().get()
            activity.show(text, color, hasButton)
            ShadowLooper.idleMainLooper()
            look(activity)
        }

    /** A line of text on white. */
    class Plain : Activity() {
        override fun onCreate(state: Bundle?) {
            super.onCreate(state)
            setTheme(android.R.style.Theme_DeviceDefault_Light_NoActionBar)
        }

        fun show(text: String, color: Int, hasButton: Boolean) {
            val line = TextView(this).apply {
                this.text = text
                textSize = 32f
                setTextColor(color)
            }
            val button = ImageView(this).apply {
                minimumWidth = 200
                minimumHeight = 200
                setOnClickListener { }
            }
            val frame = FrameLayout(this).apply { setBackgroundColor(Color.WHITE) }
            val at = { gravity: Int -> FrameLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT, gravity) }
            frame.addView(line, at(Gravity.CENTER))
            if (hasButton) frame.addView(button, at(Gravity.BOTTOM))
            setContentView(frame)
        }
    }
}
