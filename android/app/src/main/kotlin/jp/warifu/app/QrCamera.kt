package jp.warifu.app

import android.annotation.SuppressLint
import android.content.Context
import android.graphics.ImageFormat
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.media.Image
import android.media.ImageReader
import android.os.Handler
import android.os.HandlerThread
import android.util.Size
import android.view.Surface
import android.view.SurfaceHolder
import com.google.zxing.PlanarYUVLuminanceSource

/**
 * The camera on the back, whose pictures are searched for a QR code while it is open. No picture is kept.
 *
 * @param found Has what a code says, on the main thread, once.
 * @param failed There is no camera, or it does not open; on the main thread.
 */
class QrCamera(context: Context, private val found: (String) -> Unit, private val failed: () -> Unit) {
    private val manager = context.getSystemService(CameraManager::class.java)
    private val main = Handler(context.mainLooper)
    private val thread = HandlerThread("camera").apply { start() }
    private val handler = Handler(thread.looper)
    private val id = back()
    private var device: CameraDevice? = null
    private var reader: ImageReader? = null
    private var isClosed = false

    /** How large its pictures are, turned as the sensor is; null without a camera. */
    val size: Size? = id?.let(::sizeOf)

    /** Shows what it sees on [preview], and looks for a code. The permission must be there. */
    @SuppressLint("MissingPermission")
    fun open(preview: Surface) {
        val (id, size) = (id ?: return fail()) to (size ?: return fail())
        reader = ImageReader.newInstance(size.width, size.height, ImageFormat.YUV_420_888, PICTURES).apply {
            setOnImageAvailableListener({ it.acquireLatestImage()?.use(::look) }, handler)
        }
        try {
            manager.openCamera(id, Opening(preview), handler)
        } catch (_: CameraAccessException) {
            fail()
        } catch (_: SecurityException) {
            fail()
        }
    }

    /** Lets the camera go. */
    fun close() {
        handler.post {
            isClosed = true
            device?.close()
            reader?.close()
            thread.quitSafely()
        }
    }

    private fun look(image: Image) {
        val light = image.planes[0]
        val bytes = ByteArray(light.buffer.remaining()).also(light.buffer::get)
        // The last line may be shorter than the distance between two.
        val whole = bytes.copyOf(light.rowStride * image.height)
        val source =
            with(image) { PlanarYUVLuminanceSource(whole, light.rowStride, height, 0, 0, width, height, false) }
        val text = Pictures.read(source, isThorough = false) ?: return
        if (isClosed) return
        isClosed = true
        main.post { found(text) }
    }

    private fun fail() {
        main.post(failed)
    }

    private fun back(): String? = try {
        manager.cameraIdList.firstOrNull { facing(it) == CameraCharacteristics.LENS_FACING_BACK }
            ?: manager.cameraIdList.firstOrNull()
    } catch (_: CameraAccessException) {
        null
    }

    private fun facing(id: String) = manager.getCameraCharacteristics(id)[CameraCharacteristics.LENS_FACING]

    /** The largest that is not more than a code needs, and that can be shown as well as read. */
    private fun sizeOf(id: String): Size? {
        val sizes = manager.getCameraCharacteristics(id)[CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP]
        val shown = sizes?.getOutputSizes(SurfaceHolder::class.java).orEmpty().toSet()
        val both = sizes?.getOutputSizes(ImageFormat.YUV_420_888).orEmpty().filter { it in shown }
        return both.filter { it.width <= ENOUGH }.maxByOrNull { it.width * it.height } ?: both.minByOrNull { it.width }
    }

    private inner class Opening(private val preview: Surface) : CameraDevice.StateCallback() {
        override fun onOpened(camera: CameraDevice) {
            device = camera
            if (isClosed) return camera.close()
            val seen = listOf(preview, checkNotNull(reader).surface)
            try {
                @Suppress("DEPRECATION")
                camera.createCaptureSession(seen, Seeing(camera, seen), handler)
            } catch (_: CameraAccessException) {
                fail()
            }
        }

        override fun onDisconnected(camera: CameraDevice) = camera.close()

        override fun onError(camera: CameraDevice, error: Int) {
            camera.close()
            fail()
        }
    }

    private inner class Seeing(private val camera: CameraDevice, private val seen: List<Surface>) :
        CameraCaptureSession.StateCallback() {
        override fun onConfigured(session: CameraCaptureSession) {
            if (isClosed) return
            try {
                val request = camera.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW).apply {
                    seen.forEach(::addTarget)
                    set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
                }
                session.setRepeatingRequest(request.build(), null, handler)
            } catch (_: CameraAccessException) {
                fail()
            }
        }

        override fun onConfigureFailed(session: CameraCaptureSession) = fail()
    }

    private companion object {
        const val PICTURES = 2
        const val ENOUGH = 1280
    }
}
