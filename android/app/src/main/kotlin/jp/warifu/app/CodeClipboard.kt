package jp.warifu.app

import android.content.ClipData
import android.content.ClipboardManager
import android.content.Context
import android.os.PersistableBundle
import jp.warifu.DeviceClock
import jp.warifu.deadline
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import kotlin.time.Duration

/**
 * The clipboard with a code on it, for as long as the code's policy says. A keyboard is asked not to show it.
 *
 * Since Android 10 only the app in front may look at the clipboard. A code whose time is over meanwhile is taken off
 * when the app is in front again; what another app has put there stays.
 */
class CodeClipboard(context: Context, private val clock: DeviceClock, private val scope: CoroutineScope) {
    private val clipboard = context.getSystemService(ClipboardManager::class.java)
    private var copied: String? = null
    private var isOver = false
    private var waiting: Job? = null

    /** Copies a code. */
    fun copy(code: String, clearAfter: Duration) {
        clipboard.setPrimaryClip(clipOf(code).apply { description.extras = sensitive() })
        copied = code
        isOver = false
        waiting?.cancel()
        val over = clock.deadline(clearAfter)
        waiting = scope.launch {
            over.await()
            isOver = true
            clear()
        }
    }

    /** Copies what is no secret. */
    fun copyPlain(text: String) {
        clipboard.setPrimaryClip(clipOf(text))
        copied = null
    }

    /** What is there as text. */
    fun text(): String? = clipboard.primaryClip?.takeIf { it.itemCount > 0 }?.getItemAt(0)?.text?.toString()

    /** Takes off a code whose time is over, if it is still there and may be looked at. */
    fun clear() {
        val mine = copied ?: return
        if (!isOver) return
        val there = text() ?: return
        if (there == mine) clipboard.clearPrimaryClip()
        copied = null
    }

    private fun clipOf(text: String) = ClipData.newPlainText(null, text)

    /** By its name, which is the same before the constant came with API 33. */
    private fun sensitive() = PersistableBundle().apply { putBoolean("android.content.extra.IS_SENSITIVE", true) }
}
