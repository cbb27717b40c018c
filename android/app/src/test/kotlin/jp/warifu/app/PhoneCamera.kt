package jp.warifu.app

import android.content.pm.PackageManager
import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.hardware.camera2.impl.CameraCaptureSessionImpl
import android.hardware.camera2.impl.CameraDeviceImpl
import android.hardware.camera2.impl.CameraMetadataNative
import android.media.Image
import android.media.ImageReader
import android.os.Handler
import android.util.Size
import android.view.Surface
import android.view.SurfaceHolder
import com.google.zxing.BarcodeFormat
import com.google.zxing.qrcode.QRCodeWriter
import jp.warifu.app.view.CameraView
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.annotation.RealObject
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowCameraCharacteristics
import org.robolectric.shadows.ShadowCameraManager
import org.robolectric.shadows.ShadowImageReader
import org.robolectric.shadows.StreamConfigurationMapBuilder
import java.lang.reflect.InvocationHandler
import java.lang.reflect.Proxy
import java.nio.ByteBuffer
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch

/**
 * The camera of a [Phone]: Robolectric's, with a fate and with frames that a test gives it. The tests name its shadows.
 */
class PhoneCamera(private val phone: Phone, hasOne: Boolean = true) {
    /** Why it does not open, by the number of a [CameraAccessException]; null where it does. */
    @Volatile
    var refusal: Int? = null

    /** Holds what opens it, until it is counted down. */
    @Volatile
    var gate = CountDownLatch(0)

    /** Whether it opens and then shows nothing. */
    @Volatile
    var isBroken = false

    /** Those that were opened and those that were closed. */
    val opened = ConcurrentLinkedQueue<CameraDevice>()
    val closed = ConcurrentLinkedQueue<CameraDevice>()

    /** What the app is told of the camera that it has opened last. */
    @Volatile
    lateinit var told: CameraDevice.StateCallback

    val isOpen get() = opened.size > closed.size

    /** Whether its frames are looked at. */
    @Volatile
    var isLooking = false
        private set

    private val frames = ConcurrentLinkedQueue<Image>()
    private val shown = HashSet<CameraView>()

    @Volatile
    private var seen: () -> Unit = {}

    init {
        current = this
        shadowOf(phone.app.packageManager).setSystemFeature(PackageManager.FEATURE_CAMERA_ANY, true)
        if (hasOne) shadowOf(phone.app.getSystemService(CameraManager::class.java)).addCamera("0", characteristics())
    }

    /** The system shows the camera's picture, in each view for it that has come since. */
    fun show() = views().filter(shown::add).forEach { view -> tell(view) { surfaceCreated(holder) } }

    /** The system shows it no longer. */
    fun hide() = views().filter(shown::remove).forEach { view -> tell(view) { surfaceDestroyed(holder) } }

    /** A QR code comes into view. */
    fun see(text: String) = see(Frame(text))

    /** A frame comes. */
    fun see(frame: Image) {
        frames += frame
        seen()
    }

    private fun views() = phone.views().filterIsInstance<CameraView>().toList()

    private fun tell(view: CameraView, change: SurfaceHolder.Callback.() -> Unit) {
        shadowOf(view).fakeSurfaceHolder.callbacks.forEach(change)
        phone.settle()
    }

    private fun characteristics() = ShadowCameraCharacteristics.newCameraCharacteristics().also {
        val sizes = StreamConfigurationMapBuilder.newBuilder()
        for (size in listOf(Size(4000, 3000), Size(WIDE, HIGH), Size(320, 240))) {
            sizes.addOutputSize(size).addOutputSize(ImageFormat.YUV_420_888, size)
        }
        shadowOf(it).set(CameraCharacteristics.LENS_FACING, CameraCharacteristics.LENS_FACING_BACK)
        shadowOf(it).set(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP, sizes.build())
    }

    /** Opens it, or does not. */
    @Implements(CameraManager::class)
    class ManagerShadow : ShadowCameraManager() {
        @Implementation
        fun openCamera(id: String, told: CameraDevice.StateCallback, handler: Handler) {
            val camera = current
            camera.gate.await()
            camera.refusal?.let { throw CameraAccessException(it) }
            val device = Shadow.newInstanceOf(CameraDeviceImpl::class.java)
            Shadow.extract<DeviceShadow>(device).onClose = { camera.closed += device }
            camera.told = told
            handler.post {
                camera.opened += device
                told.onOpened(device)
            }
        }
    }

    /** A camera that is open, until it is closed. */
    @Implements(CameraDeviceImpl::class, isInAndroidSdk = false)
    class DeviceShadow {
        lateinit var onClose: () -> Unit
        private var isClosed = false

        @Implementation
        fun createCaptureSession(targets: List<Surface>, told: CameraCaptureSession.StateCallback, handler: Handler) {
            check(!isClosed) { "closed" }
            val session = Shadow.newInstanceOf(CameraCaptureSessionImpl::class.java)
            val isWhole = targets.size == 2 && !current.isBroken
            handler.post { if (isWhole) told.onConfigured(session) else told.onConfigureFailed(session) }
        }

        @Implementation
        fun createCaptureRequest(template: Int): CaptureRequest.Builder {
            check(!isClosed) { "closed" }
            return CaptureRequest.Builder(CameraMetadataNative(), false, template, "0", null)
        }

        @Implementation
        fun close() {
            if (!isClosed) onClose()
            isClosed = true
            current.isLooking = false
        }
    }

    /** What it sees, one frame after the other. */
    @Implements(CameraCaptureSessionImpl::class, isInAndroidSdk = false)
    class SessionShadow {
        @Implementation
        fun setRepeatingRequest(
            request: CaptureRequest,
            told: CameraCaptureSession.CaptureCallback?,
            handler: Handler,
        ): Int {
            current.isLooking = true
            return 1
        }
    }

    /** Frames come from the test. */
    @Implements(ImageReader::class)
    class FramesShadow : ShadowImageReader() {
        @RealObject
        private lateinit var real: ImageReader

        @Implementation
        fun setOnImageAvailableListener(listener: ImageReader.OnImageAvailableListener, handler: Handler) {
            current.seen = { handler.post { listener.onImageAvailable(real) } }
        }

        @Implementation
        fun acquireLatestImage(): Image? = current.frames.poll()
    }

    companion object {
        private lateinit var current: PhoneCamera

        private val surface by lazy { Surface(SurfaceTexture(false)) }

        private val holder: SurfaceHolder by lazy {
            val answer = InvocationHandler { _, method, _ -> if (method.name == "getSurface") surface else null }
            val type = SurfaceHolder::class.java
            Proxy.newProxyInstance(type.classLoader, arrayOf(type), answer) as SurfaceHolder
        }
    }
}

private const val WIDE = 640
private const val HIGH = 480

/** A frame as cameras hand it out: its lines lie further apart than they are long, and the last has nothing after it. */
class Frame(text: String?, stride: Int = WIDE + 32) : Image() {
    private val light = ByteBuffer.allocateDirect(stride * (HIGH - 1) + WIDE).apply {
        val code = text?.let { QRCodeWriter().encode(it, BarcodeFormat.QR_CODE, WIDE, HIGH) }
        for (y in 0 until HIGH) for (x in 0 until WIDE) put(y * stride + x, if (code?.get(x, y) == true) 0 else -1)
    }
    private val plane = object : Plane() {
        override fun getRowStride() = stride

        override fun getPixelStride() = 1

        override fun getBuffer() = light
    }

    override fun getFormat() = ImageFormat.YUV_420_888

    override fun getWidth() = WIDE

    override fun getHeight() = HIGH

    override fun getTimestamp() = 0L

    override fun getTransform() = 0

    override fun getScalingMode() = 0

    override fun getPlanes() = arrayOf<Plane>(plane)

    override fun close() {}
}
