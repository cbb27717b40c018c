package jp.warifu.android

import android.app.Activity
import android.app.Application
import android.os.Bundle
import jp.warifu.Screen
import jp.warifu.Token
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.cancel
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/**
 * Whether somebody may see an activity: from its `onStart` to its `onStop`, so also in a split screen and behind a
 * dialog, and not while the display is off. It needs no library of Android's beside the platform.
 *
 * Make it in `onCreate`, before the activity starts: it cannot be asked afterwards whether one has.
 */
public class Visibility private constructor(private val application: Application, private val only: Activity?) {
    /** Of one activity. */
    public constructor(activity: Activity) : this(activity.application, activity)

    /** Of all the activities of an app: something is visible while one of them is. Make it in the application's `onCreate`. */
    public constructor(application: Application) : this(application, null)

    /** One time of being seen, from a start to a stop. */
    internal class Showing

    private val seen = HashSet<Activity>()
    private val current = MutableStateFlow<Showing?>(null)

    internal val showing: StateFlow<Showing?> get() = current

    /** Whether it is visible now. */
    public val isVisible: Boolean
        get() = current.value != null

    init {
        application.registerActivityLifecycleCallbacks(Callbacks())
    }

    private inner class Callbacks : Application.ActivityLifecycleCallbacks {
        override fun onActivityStarted(activity: Activity) {
            if ((only == null || only === activity) && seen.add(activity) && seen.size == 1) current.value = Showing()
        }

        override fun onActivityStopped(activity: Activity) {
            if (seen.remove(activity) && seen.isEmpty()) current.value = null
        }

        override fun onActivityCreated(activity: Activity, savedInstanceState: Bundle?) {}

        override fun onActivityResumed(activity: Activity) {}

        override fun onActivityPaused(activity: Activity) {}

        override fun onActivitySaveInstanceState(activity: Activity, outState: Bundle) {}

        override fun onActivityDestroyed(activity: Activity) {
            // Or the app would keep the activity.
            if (activity === only) application.unregisterActivityLifecycleCallbacks(this)
        }
    }
}

/**
 * The token's screens while they can be seen. It is [Token.screens], which begins anew at each start and stops at each
 * stop: nothing is computed, and nobody asked for the time, while nothing is visible. The first screen after a start
 * is made after it, whatever was on its way.
 *
 * Take the codes off your views in `onStop`: what they hold then is drawn at the next start, until the first screen
 * is there. Collect it on the main thread, so that no screen comes to your views after that.
 *
 * A token in an activity of your own:
 * ```kotlin
 * import android.app.Activity
 * import android.os.Bundle
 * import android.view.WindowManager.LayoutParams.FLAG_SECURE
 * import android.widget.TextView
 * import jp.warifu.*
 * import jp.warifu.android.*
 * import kotlinx.coroutines.*
 * import java.io.File
 *
 * class TokenActivity : Activity() {
 *     private val scope by lazy { CoroutineScope(mainExecutor.asCoroutineDispatcher()) }
 *     private val codes by lazy { TextView(this) }
 *
 *     override fun onCreate(state: Bundle?) {
 *         super.onCreate(state)
 *         window.addFlags(FLAG_SECURE) // no screenshots
 *         setContentView(codes)
 *         val visibility = Visibility(this)
 *         val prompts = BiometricPrompts(this) { PromptText(title = "Unlock your token", cancel = "Use the PIN") }
 *         val (clock, keys) = AndroidDeviceClock(this) to KeystoreKeyProtector(this, prompts)
 *         val file = File(noBackupFilesDir, "token.warifu")
 *         scope.launch {
 *             val token = if (file.exists()) Token.open(file, clock, keys) else Token.createOnDevice(file, clock, keys)
 *             token.use {
 *                 if (!token.isUnlocked) token.unlock(Unlock.Device)
 *                 token.screensWhile(visibility).collect { codes.text = it.cards.joinToString("\n", transform = ::line) }
 *             }
 *         }
 *     }
 *
 *     private fun line(card: Card) = "${card.names.issuer}: ${(card.face as? Face.Totp)?.code?.grouped()}"
 *
 *     override fun onStop() = super.onStop().also { codes.text = "" } // nothing that has died meanwhile is seen again
 *
 *     override fun onDestroy() = super.onDestroy().also { scope.cancel() }
 * }
 * ```
 *
 * @param visibility Of the activity that shows them, or of the app.
 * @param syncsTime Whether it asks for the time by itself, while visible.
 */
public fun Token.screensWhile(visibility: Visibility, syncsTime: Boolean = true): Flow<Screen> = flow {
    while (true) {
        val showing = visibility.showing.filterNotNull().first()
        if (!emitDuring(showing, visibility, screens(syncsTime))) break
    }
}

/** Emits the screens for as long as it shows, and says whether that is what ended them. */
private suspend fun FlowCollector<Screen>.emitDuring(
    showing: Visibility.Showing,
    visibility: Visibility,
    screens: Flow<Screen>,
): Boolean {
    // Whoever is drawing a screen is let finish.
    val drawing = Mutex()
    var isOver = false
    try {
        coroutineScope {
            val collecting = this
            launch {
                visibility.showing.first { it !== showing }
                drawing.withLock {
                    isOver = true
                    collecting.cancel()
                }
            }
            screens.collect { screen ->
                drawing.withLock { if (visibility.showing.value === showing) emit(screen) }
            }
            coroutineContext.cancelChildren()
        }
        return false
    } catch (cancelled: CancellationException) {
        currentCoroutineContext().ensureActive()
        if (!isOver) throw cancelled
        return true
    }
}
