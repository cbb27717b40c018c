package jp.warifu.app.view

import android.annotation.SuppressLint
import android.content.Context
import android.content.res.Configuration
import android.util.Size
import android.view.SurfaceHolder
import android.view.SurfaceView
import jp.warifu.app.QrCamera
import jp.warifu.app.R
import jp.warifu.app.Session

/**
 * What the camera sees. The camera is open for as long as its picture can be seen: the system takes the surface where it
 * cannot.
 */
@SuppressLint("ViewConstructor")
class CameraView(context: Context, private val session: Session) :
    SurfaceView(context),
    SurfaceHolder.Callback {
    private var camera: QrCamera? = null
    private var size = Size(WIDE, HIGH)

    init {
        contentDescription = context.getString(R.string.scan_heading)
        // A surface is no part of its window's picture: it wants to be told by itself that nobody may record it.
        setSecure(true)
        holder.addCallback(this)
    }

    override fun surfaceCreated(holder: SurfaceHolder) {
        val camera = QrCamera(context, session.adding::scanned, session.adding::lostCamera)
        this.camera = camera
        size = camera.size ?: size
        holder.setFixedSize(size.width, size.height)
        requestLayout()
        camera.open(holder.surface)
    }

    override fun surfaceChanged(holder: SurfaceHolder, format: Int, width: Int, height: Int) {}

    override fun surfaceDestroyed(holder: SurfaceHolder) = close()

    override fun onDetachedFromWindow() {
        super.onDetachedFromWindow()
        close()
    }

    /** In the shape of what the camera sees, as large as there is room beside large letters. */
    override fun onMeasure(width: Int, height: Int) {
        val isUpright = resources.configuration.orientation == Configuration.ORIENTATION_PORTRAIT
        val (wide, high) = if (isUpright) size.height to size.width else size.width to size.height
        val room = MeasureSpec.getSize(width)
        val most = (resources.displayMetrics.heightPixels * PART).toInt()
        if (room * high / wide <= most) {
            setMeasuredDimension(room, room * high / wide)
        } else {
            setMeasuredDimension(most * wide / high, most)
        }
    }

    private fun close() {
        camera?.close()
        camera = null
    }

    private companion object {
        const val WIDE = 4
        const val HIGH = 3

        /** Of the window's height. */
        const val PART = 0.45f
    }
}
