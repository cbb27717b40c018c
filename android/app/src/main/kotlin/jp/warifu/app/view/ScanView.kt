package jp.warifu.app.view

import android.annotation.SuppressLint
import android.content.Context
import android.util.Size
import android.view.SurfaceHolder
import android.view.SurfaceView
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import jp.warifu.app.QrCamera
import jp.warifu.app.R
import jp.warifu.app.Session

/** What the camera sees, until it sees a QR code. */
fun Context.scan(session: Session): View = page(getString(R.string.scan_heading)) { look ->
    paragraph(getString(R.string.scan_explain), look)
    addView(CameraView(context, session), MATCH_PARENT, WRAP_CONTENT)
    button(getString(R.string.cancel), look) { session.back() }
}

/** The camera is open for as long as its picture can be seen: the system takes the surface where it cannot. */
@SuppressLint("ViewConstructor")
private class CameraView(context: Context, private val session: Session) :
    SurfaceView(context),
    SurfaceHolder.Callback {
    private var camera: QrCamera? = null
    private var size = Size(WIDE, HIGH)

    init {
        contentDescription = context.getString(R.string.scan_heading)
        holder.addCallback(this)
    }

    override fun surfaceCreated(holder: SurfaceHolder) {
        val camera = QrCamera(context, session.adding::scanned, session.adding::cannotScan)
        this.camera = camera
        size = camera.size ?: size
        holder.setFixedSize(size.width, size.height)
        requestLayout()
        camera.open(holder.surface)
    }

    override fun surfaceChanged(holder: SurfaceHolder, format: Int, width: Int, height: Int) {}

    override fun surfaceDestroyed(holder: SurfaceHolder) {
        camera?.close()
        camera = null
    }

    /** As wide as there is room, and as high as what the camera sees then is. */
    override fun onMeasure(width: Int, height: Int) {
        val wide = MeasureSpec.getSize(width)
        val isUpright = resources.configuration.orientation == android.content.res.Configuration.ORIENTATION_PORTRAIT
        setMeasuredDimension(wide, if (isUpright) wide * size.width / size.height else wide * size.height / size.width)
    }

    private companion object {
        const val WIDE = 4
        const val HIGH = 3
    }
}
