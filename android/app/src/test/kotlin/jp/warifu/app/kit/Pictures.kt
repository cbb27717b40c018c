package jp.warifu.app.kit

import android.app.Activity
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.Canvas
import android.graphics.Color
import android.view.View
import java.io.File
import kotlin.math.abs

/**
 * Holds what the activity draws against the picture of this name that is kept; asks for native graphics.
 *
 * With `-Dpictures.keep=true` the pictures are written anew, to be looked at before they are committed. A picture that
 * is not as it was, and what of it differs, go into the build's folder.
 */
fun Activity.assertPicture(name: String) = window.decorView.assertPicture(name)

/** As for an activity, of one view. */
fun View.assertPicture(name: String) {
    val drawn = picture()
    val kept = File(folder("pictures"), "$name.png")
    if (System.getProperty("pictures.keep").toBoolean()) {
        drawn.save(kept)
        return
    }
    val difference = if (kept.exists()) Difference(BitmapFactory.decodeFile(kept.path), drawn) else null
    if (difference?.isSmall() == true) return
    val made = folder("pictures.made")
    drawn.save(File(made, "$name.png"))
    difference?.picture?.save(File(made, "$name.difference.png"))
    throw AssertionError(
        if (difference == null) "$name: no picture is kept; see $made" else "$name: $difference; see $made",
    )
}

/** What the view draws. */
fun View.picture(): Bitmap = Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888).also { draw(Canvas(it)) }

/** How far two pictures differ: another version of Java or of the fonts moves the edge of a letter by a shade. */
internal class Difference(before: Bitmap, now: Bitmap) {
    private val isAsLarge = before.width == now.width && before.height == now.height
    private val pixels = if (isAsLarge) before.pixels().zip(now.pixels()) else emptyList()
    private val far = pixels.map { (one, other) -> isFar(one, other) }

    /** Where it differs, in red. */
    val picture: Bitmap? = if (isAsLarge) {
        val colors = far.map { if (it) Color.RED else Color.WHITE }.toIntArray()
        Bitmap.createBitmap(colors, now.width, now.height, Bitmap.Config.ARGB_8888)
    } else {
        null
    }

    fun isSmall(): Boolean = isAsLarge && far.count { it } <= far.size / ONE_IN

    override fun toString(): String =
        if (isAsLarge) "${far.count { it }} of ${far.size} pixels differ" else "its size differs"

    private fun isFar(one: Int, other: Int) = one != other &&
        listOf(Color::red, Color::green, Color::blue).any { abs(it(one) - it(other)) > SHADES }

    private companion object {
        const val SHADES = 32
        const val ONE_IN = 2000
    }
}

private fun Bitmap.pixels(): List<Int> =
    IntArray(width * height).also { getPixels(it, 0, width, 0, 0, width, height) }.asList()

private fun Bitmap.save(file: File) {
    file.parentFile.mkdirs()
    file.outputStream().use { compress(Bitmap.CompressFormat.PNG, 100, it) }
}

private fun folder(property: String) = File(checkNotNull(System.getProperty(property)) { property })
