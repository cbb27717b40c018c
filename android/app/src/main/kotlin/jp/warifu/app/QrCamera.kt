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
import jp.warifu.app.state.NoCamera

/**
 * The camera on the back, whose frames are searched for a QR code while it is open. No frame is kept.
 *
 * @param found Has what a code says, on the main thread, once.
 * @param failed Has why nothing can be seen, or no longer, on the main thread. It may come more than once.
 */
class QrCamera(context: Context, private val found: (String) -> Unit, private val failed: (NoCamera) -> Unit) {
    private val manager = context.getSystemService(CameraManager::class.java)
    private val main = Handler(context.mainLooper)
    private val thread = HandlerThread("camera").apply { start() }
    private val handler = Handler(thread.looper)
    private val frames = QrFrames()
    private val seen = back()

    // Of the camera's thread alone.
    private var device: CameraDevice? = null
    private var reader: ImageReader? = null
    private var isClosed = false

    /** How large its frames are, turned as the sensor is; null without a camera. */
    val size: Size? = seen?.size

    /** Shows what it sees on [preview], and looks for a code. The permission must be there. */
    fun open(preview: Surface) {
        handler.post { tried { begin(preview) } }
    }

    /** Lets the camera go, whatever it is about. */
    fun close() {
        handler.post {
            isClosed = true
            device?.close()
            reader?.close()
            frames.wipe()
            // What has been posted is still done: a camera that was on its way is closed as it opens.
            thread.quitSafely()
        }
    }

    @SuppressLint("MissingPermission")
    private fun begin(preview: Surface) {
        if (isClosed) return
        val (id, size) = seen ?: return fail(NoCamera.NONE)
        reader = ImageReader.newInstance(size.width, size.height, ImageFormat.YUV_420_888, FRAMES).apply {
            setOnImageAvailableListener({ it.acquireLatestImage()?.use(::look) }, handler)
        }
        manager.openCamera(id, Opening(preview), handler)
    }

    private fun look(frame: Image) {
        if (isClosed) return
        val light = frame.planes[0]
        val text = frames.read(light.buffer, light.rowStride, frame.width, frame.height) ?: return
        isClosed = true
        frames.wipe()
        main.post { found(text) }
    }

    private fun fail(why: NoCamera) {
        if (!isClosed) main.post { failed(why) }
    }

    /** A camera can be lost at any time, and says so by whatever is called next. */
    private fun tried(work: () -> Unit) {
        try {
            work()
        } catch (refused: CameraAccessException) {
            fail(whyNot(refused))
        } catch (_: SecurityException) {
            fail(NoCamera.REFUSED)
        } catch (_: IllegalStateException) {
            fail(NoCamera.FAILED)
        } catch (_: IllegalArgumentException) {
            fail(NoCamera.FAILED)
        }
    }

    /** The camera to use, if there is one, and the size of its frames. */
    private fun back(): Seen? = try {
        val cameras = manager.cameraIdList.map { it to manager.getCameraCharacteristics(it) }
        val isBack = { of: CameraCharacteristics ->
            of[CameraCharacteristics.LENS_FACING] == CameraCharacteristics.LENS_FACING_BACK
        }
        (cameras.firstOrNull { (_, of) -> isBack(of) } ?: cameras.firstOrNull())
            ?.let { (id, of) -> sizeOf(of)?.let { Seen(id, it) } }
    } catch (_: CameraAccessException) {
        null
    }

    /** The largest that is not more than a code needs, and that can be shown as well as read. */
    private fun sizeOf(camera: CameraCharacteristics): Size? {
        val sizes = camera[CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP]
        val shown = sizes?.getOutputSizes(SurfaceHolder::class.java).orEmpty().toSet()
        val both = sizes?.getOutputSizes(ImageFormat.YUV_420_888).orEmpty().filter { it in shown }
        return both.filter { it.width <= ENOUGH }.maxByOrNull { it.width * it.height } ?: both.minByOrNull { it.width }
    }

    private data class Seen(val id: String, val size: Size)

    private inner class Opening(private val preview: Surface) : CameraDevice.StateCallback() {
        override fun onOpened(camera: CameraDevice) {
            device = camera
            if (isClosed) return camera.close()
            val targets = listOf(preview, checkNotNull(reader).surface)
            @Suppress("DEPRECATION")
            tried { camera.createCaptureSession(targets, Seeing(camera, targets), handler) }
        }

        /** Another app was given it. */
        override fun onDisconnected(camera: CameraDevice) {
            camera.close()
            fail(NoCamera.IN_USE)
        }

        override fun onError(camera: CameraDevice, error: Int) {
            camera.close()
            fail(whyNot(error))
        }
    }

    private inner class Seeing(private val camera: CameraDevice, private val targets: List<Surface>) :
        CameraCaptureSession.StateCallback() {
        override fun onConfigured(session: CameraCaptureSession) {
            if (isClosed) return
            tried {
                val request = camera.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW).apply {
                    targets.forEach(::addTarget)
                    set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
                }
                session.setRepeatingRequest(request.build(), null, handler)
            }
        }

        override fun onConfigureFailed(session: CameraCaptureSession) = fail(NoCamera.FAILED)
    }

    private companion object {
        const val FRAMES = 2
        const val ENOUGH = 1280

        fun whyNot(refused: CameraAccessException): NoCamera = when (refused.reason) {
            CameraAccessException.CAMERA_DISABLED -> NoCamera.FORBIDDEN

            CameraAccessException.CAMERA_IN_USE,
            CameraAccessException.MAX_CAMERAS_IN_USE,
            CameraAccessException.CAMERA_DISCONNECTED,
            -> NoCamera.IN_USE

            else -> NoCamera.FAILED
        }

        fun whyNot(error: Int): NoCamera = when (error) {
            CameraDevice.StateCallback.ERROR_CAMERA_DISABLED -> NoCamera.FORBIDDEN

            CameraDevice.StateCallback.ERROR_CAMERA_IN_USE,
            CameraDevice.StateCallback.ERROR_MAX_CAMERAS_IN_USE,
            -> NoCamera.IN_USE

            else -> NoCamera.FAILED
        }
    }
}
