package jp.warifu.app

import com.google.zxing.PlanarYUVLuminanceSource
import java.nio.ByteBuffer

/** Reads QR codes out of a camera's frames. The one frame that it holds is written over by the next, and wiped at the end. */
class QrFrames {
    private var held = ByteArray(0)

    /**
     * What a QR code says that is in the frame whole, at any angle; null if there is none.
     *
     * @param light The frame's first plane, which is its light: [height] lines, of which the last may end with its pixels.
     * @param stride How many bytes lie between the beginnings of two lines: [width] or more.
     */
    fun read(light: ByteBuffer, stride: Int, width: Int, height: Int): String? {
        if (held.size != stride * height) {
            wipe()
            held = ByteArray(stride * height)
        }
        light.get(held, 0, minOf(light.remaining(), held.size))
        val source = PlanarYUVLuminanceSource(held, stride, height, 0, 0, width, height, false)
        return Pictures.read(source, isThorough = false)
    }

    /** Forgets what it has seen: a bank's QR code has a key in it. */
    fun wipe() = held.fill(0)
}
