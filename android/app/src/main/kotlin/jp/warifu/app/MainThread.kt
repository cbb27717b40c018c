package jp.warifu.app

import android.os.Handler
import android.os.Looper
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Runnable
import kotlin.coroutines.CoroutineContext

/** The thread that draws. What is on it already goes on at once. */
object MainThread : CoroutineDispatcher() {
    private val handler = Handler(Looper.getMainLooper())

    override fun isDispatchNeeded(context: CoroutineContext): Boolean = Looper.myLooper() !== handler.looper

    override fun dispatch(context: CoroutineContext, block: Runnable) {
        handler.post(block)
    }
}
