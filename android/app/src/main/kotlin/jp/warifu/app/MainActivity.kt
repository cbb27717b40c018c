package jp.warifu.app

import android.Manifest
import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import android.os.Build
import android.os.Bundle
import android.provider.Settings
import android.view.MotionEvent
import android.view.View
import android.view.WindowManager
import android.widget.FrameLayout
import android.widget.Toast
import jp.warifu.EntryId
import jp.warifu.app.state.NoCamera
import jp.warifu.app.state.Notice
import jp.warifu.app.state.Page
import jp.warifu.app.state.Words
import jp.warifu.app.view.CodesView
import jp.warifu.app.view.Does
import jp.warifu.app.view.KeypadView
import jp.warifu.app.view.about
import jp.warifu.app.view.busy
import jp.warifu.app.view.edgeToEdge
import jp.warifu.app.view.entry
import jp.warifu.app.view.help
import jp.warifu.app.view.lock
import jp.warifu.app.view.offer
import jp.warifu.app.view.paste
import jp.warifu.app.view.remove
import jp.warifu.app.view.report
import jp.warifu.app.view.scan
import jp.warifu.app.view.settings
import jp.warifu.app.view.startOver
import jp.warifu.app.view.trouble
import jp.warifu.app.view.unseen
import jp.warifu.app.view.ways
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlin.time.Duration

/**
 * The app's one window. It draws what the [Session] shows while it is seen, and keeps nothing: what it shows after a
 * rotation, or in a new process, comes of the session.
 */
class MainActivity :
    Activity(),
    Does {
    private val app get() = application as TokenApp
    private val session get() = app.session
    private val scope = CoroutineScope(SupervisorJob() + MainThread)
    private lateinit var frame: FrameLayout

    override fun attachBaseContext(base: Context) {
        super.attachBaseContext((base.applicationContext as? TokenApp)?.language?.over(base) ?: base)
    }

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        // No picture of it is made: none in the list of recent apps, and none by another app.
        window.addFlags(WindowManager.LayoutParams.FLAG_SECURE)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) window.setHideOverlayWindows(true)
        frame = FrameLayout(this).apply { filterTouchesWhenObscured = true }
        setContentView(frame)
        window.edgeToEdge(frame)
        if (state == null) take(intent)
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        take(intent)
    }

    override fun onStart() {
        super.onStart()
        session.come()
        session.managing.language = app.language.chosen
        scanIfAllowedNow()
        scope.launch { session.page.collectLatest(::draw) }
    }

    /** The window that has the focus, and no other, may look at the clipboard since Android 10: that comes after it is seen. */
    override fun onWindowFocusChanged(hasFocus: Boolean) {
        super.onWindowFocusChanged(hasFocus)
        if (hasFocus) app.clipboard.clear()
    }

    override fun onStop() {
        scope.coroutineContext.cancelChildren()
        (shown() as? CodesView)?.hide()
        // A rotation is not a departure.
        if (!isChangingConfigurations) session.leave()
        super.onStop()
    }

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }

    /**
     * What is registered is agreed to with nothing of another app's over it. A window that covers a touch has it refused by
     * the views themselves; one beside it may show words that are not this app's.
     */
    override fun dispatchTouchEvent(event: MotionEvent): Boolean {
        val isBeside = event.flags and MotionEvent.FLAG_WINDOW_IS_PARTIALLY_OBSCURED != 0
        if (!isBeside || session.page.value !is Page.Offer) return super.dispatchTouchEvent(event)
        if (event.actionMasked == MotionEvent.ACTION_UP) {
            Toast.makeText(this, R.string.covered, Toast.LENGTH_LONG).show()
        }
        return true
    }

    @Deprecated("Since API 33, and still what all versions call.")
    override fun onBackPressed() {
        @Suppress("DEPRECATION")
        if (!session.back()) super.onBackPressed()
    }

    // ---- What comes in. ----

    /** A link may have led here. It is shown to the person, and this window forgets it. */
    private fun take(intent: Intent) {
        val link = intent.data ?: return
        if (intent.action != Intent.ACTION_VIEW) return
        // The system keeps what the app was first opened with, and gives it again to whoever opens it from the recent
        // apps. That link was shown once.
        if (intent.flags and Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY != 0) return
        setIntent(Intent(this, MainActivity::class.java))
        session.adding.offerWhenOpen(link.toString())
    }

    override fun hasCamera(): Boolean = packageManager.hasSystemFeature(PackageManager.FEATURE_CAMERA_ANY)

    override fun hasBiometrics(): Boolean = Biometrics.canOpen(this)

    override fun scan() {
        if (mayScan()) session.adding.scan() else requestPermissions(arrayOf(Manifest.permission.CAMERA), CAMERA)
    }

    override fun onRequestPermissionsResult(request: Int, permissions: Array<String>, results: IntArray) {
        // Without an answer the question was interrupted, and the page that asked is still there.
        if (request != CAMERA || results.isEmpty()) return
        when {
            results.first() == PackageManager.PERMISSION_GRANTED -> session.adding.scan()

            // So the system tells who would not be asked again.
            shouldShowRequestPermissionRationale(Manifest.permission.CAMERA) ->
                session.adding.cannotScan(NoCamera.REFUSED)

            else -> session.adding.cannotScan(NoCamera.REFUSED_FOR_GOOD)
        }
    }

    override fun openSettings() {
        val settings = Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, Uri.fromParts("package", packageName, null))
        try {
            startActivity(settings)
        } catch (_: ActivityNotFoundException) {
            // The words on the page still say where to look.
        }
    }

    /** A person may come back from the settings, where the camera was allowed. */
    private fun scanIfAllowedNow() {
        val page = session.page.value
        if (page == Page.Unseen(NoCamera.REFUSED_FOR_GOOD) && mayScan()) session.adding.scan()
    }

    private fun mayScan() = checkSelfPermission(Manifest.permission.CAMERA) == PackageManager.PERMISSION_GRANTED

    override fun choosePicture() {
        val choose = Intent(Intent.ACTION_GET_CONTENT).setType("image/*").addCategory(Intent.CATEGORY_OPENABLE)
        try {
            startActivityForResult(choose, PICTURE)
        } catch (_: ActivityNotFoundException) {
            // A device without any app that has pictures has none to offer.
        }
    }

    @Deprecated("Its successor is androidx's.")
    override fun onActivityResult(request: Int, result: Int, data: Intent?) {
        val picture: Uri = data?.data ?: return
        if (request != PICTURE || result != RESULT_OK) return
        session.adding.offerPicture {
            withContext(session.parts.dispatcher) { Pictures.read(picture, contentResolver) }
        }
    }

    // ---- What is shown. ----

    private suspend fun draw(page: Page) {
        when (page) {
            is Page.OfCodes -> codes(page)
            is Page.Keypad -> (shown() as? KeypadView ?: KeypadView(this, session).also(::show)).draw(page.state)
            is Page.Busy -> show(busy(page))
            is Page.Add -> show(ways(page, session, this))
            Page.Paste -> show(paste(session, this))
            Page.Scan -> show(scan(session, this))
            is Page.Unseen -> show(unseen(page, session, this))
            is Page.Offer -> show(offer(page, session))
            is Page.Lock -> show(lock(page, session, this))
            is Page.Settings -> show(settings(page, session, this))
            is Page.Help -> show(help(page, session, this))
            is Page.OfEntry -> show(entry(page, session))
            is Page.Remove -> show(remove(page, session))
            Page.StartOver -> show(startOver(session))
            is Page.Report -> show(report(page, session, this))
            Page.About -> show(about(session))
            is Page.Trouble -> show(trouble(page, session))
        }
    }

    private suspend fun codes(page: Page.OfCodes) {
        val view = shown() as? CodesView ?: CodesView(this, this).also(::show)
        view.draw(page.notices)
        try {
            session.codes(page)?.collect(view::draw)
        } catch (cancelled: CancellationException) {
            throw cancelled
        } catch (failed: Exception) {
            session.failed(failed)
        }
    }

    private fun shown(): View? = frame.getChildAt(0)

    internal fun show(view: View) {
        frame.removeAllViews()
        frame.addView(view)
    }

    // ---- What a person does. ----

    override fun copy(code: String, clearAfter: Duration) {
        app.clipboard.copy(code, clearAfter)
        told()
    }

    override fun copyId(credentialId: String) = copyPlain(credentialId.filter { it != ' ' })

    override fun copyPlain(text: String) {
        app.clipboard.copyPlain(text)
        told()
    }

    override fun make(id: EntryId) = session.make(id)

    override fun sync() = session.sync()

    override fun add() = session.adding.open()

    override fun attend(notice: Notice) = session.attend(notice)

    override fun settings() = session.managing.open()

    override fun pasted(): String? = app.clipboard.text()

    override fun speak(language: String?) {
        app.language.chosen = language
        session.managing.language = language
        session.managing.back()
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) recreate()
    }

    override fun report() {
        val version = packageManager.getPackageInfo(packageName, 0).versionName.orEmpty()
        val system = Words(R.string.report_system, Build.VERSION.RELEASE, Build.VERSION.SDK_INT, Build.MODEL)
        session.managing.report(listOf(Words(R.string.report_app, version), system))
    }

    /** The system says so by itself since Android 13. */
    private fun told() {
        if (Build.VERSION.SDK_INT <
            Build.VERSION_CODES.TIRAMISU
        ) {
            Toast.makeText(this, R.string.copied, Toast.LENGTH_SHORT).show()
        }
    }

    private companion object {
        const val PICTURE = 1
        const val CAMERA = 2
    }
}
