package jp.warifu.app.view

import android.content.Context
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.FrameLayout
import android.widget.LinearLayout
import jp.warifu.app.R
import jp.warifu.app.Session
import jp.warifu.app.state.NoCamera
import jp.warifu.app.state.Page

/** What the camera sees, until it sees a QR code. */
fun Context.scan(session: Session, does: Does): View = page(getString(R.string.scan_heading)) { look ->
    paragraph(getString(R.string.scan_explain), look)
    addView(context.framed(CameraView(context, session), look))
    otherWays(session, does, look)
    button(getString(R.string.cancel), look) { session.back() }
}

/** Why nothing can be seen, what to do about it, and the other ways in. */
fun Context.unseen(page: Page.Unseen, session: Session, does: Does): View =
    page(getString(R.string.scan_heading)) { look ->
        paragraph(getString(wordsOf(page.why)), look)
        when (page.why) {
            NoCamera.REFUSED, NoCamera.IN_USE, NoCamera.FAILED ->
                button(getString(R.string.try_again), look, isMain = true, press = does::scan)

            NoCamera.REFUSED_FOR_GOOD ->
                button(getString(R.string.open_settings), look, isMain = true, press = does::openSettings)

            NoCamera.FORBIDDEN, NoCamera.NONE -> {}
        }
        otherWays(session, does, look)
        button(getString(R.string.back), look) { session.back() }
    }

/** The frame that the words speak of. */
private fun Context.framed(view: View, look: Look): View = FrameLayout(this).apply {
    background = look.filled(look.track, 12)
    look.dp(6).let { setPadding(it, it, it, it) }
    addView(view, WRAP_CONTENT, WRAP_CONTENT)
    layoutParams = LinearLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT).apply {
        gravity = Gravity.CENTER_HORIZONTAL
        bottomMargin = look.dp(16)
    }
}

private fun LinearLayout.otherWays(session: Session, does: Does, look: Look) {
    button(context.getString(R.string.first_picture), look, press = does::choosePicture)
    button(context.getString(R.string.first_link), look, press = session.adding::paste)
}

private fun wordsOf(why: NoCamera): Int = when (why) {
    NoCamera.REFUSED -> R.string.camera_refused
    NoCamera.REFUSED_FOR_GOOD -> R.string.camera_refused_for_good
    NoCamera.FORBIDDEN -> R.string.camera_forbidden
    NoCamera.NONE -> R.string.camera_none
    NoCamera.IN_USE -> R.string.camera_in_use
    NoCamera.FAILED -> R.string.camera_failed
}
