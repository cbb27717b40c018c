package jp.warifu.app

import android.content.ContentResolver
import android.graphics.Bitmap
import android.graphics.ImageDecoder
import android.net.Uri
import com.google.zxing.BarcodeFormat
import com.google.zxing.BinaryBitmap
import com.google.zxing.DecodeHintType
import com.google.zxing.LuminanceSource
import com.google.zxing.RGBLuminanceSource
import com.google.zxing.ReaderException
import com.google.zxing.common.HybridBinarizer
import com.google.zxing.qrcode.QRCodeReader
import java.io.IOException

/** Reads QR codes out of pictures. */
object Pictures {
    /** What the QR code of a picture says; an empty text if there is none, or no picture. */
    fun read(uri: Uri, resolver: ContentResolver): String = try {
        val source = ImageDecoder.createSource(resolver, uri)
        // A picture of a camera is far larger than its code needs.
        val bitmap = ImageDecoder.decodeBitmap(source) { decoder, info, _ ->
            decoder.allocator = ImageDecoder.ALLOCATOR_SOFTWARE
            val larger = maxOf(info.size.width, info.size.height)
            if (larger > ENOUGH) decoder.setTargetSampleSize((larger + ENOUGH - 1) / ENOUGH)
        }
        read(bitmap)
    } catch (_: IOException) {
        ""
    } catch (_: SecurityException) {
        // The app that has the picture does not let this one read it any more.
        ""
    }

    /** What the QR code of a picture says; an empty text if there is none. */
    fun read(bitmap: Bitmap): String {
        val pixels = IntArray(bitmap.width * bitmap.height)
        bitmap.getPixels(pixels, 0, bitmap.width, 0, 0, bitmap.width, bitmap.height)
        val source = RGBLuminanceSource(bitmap.width, bitmap.height, pixels)
        pixels.fill(0)
        return read(source, isThorough = true) ?: read(source.invert(), isThorough = true).orEmpty()
    }

    /** What the QR code of a picture says, or null if there is none. */
    fun read(source: LuminanceSource, isThorough: Boolean): String? = try {
        val hints = buildMap<DecodeHintType, Any> {
            put(DecodeHintType.POSSIBLE_FORMATS, listOf(BarcodeFormat.QR_CODE))
            if (isThorough) put(DecodeHintType.TRY_HARDER, true)
        }
        QRCodeReader().decode(BinaryBitmap(HybridBinarizer(source)), hints).text
    } catch (_: ReaderException) {
        null
    }

    private const val ENOUGH = 2048
}
