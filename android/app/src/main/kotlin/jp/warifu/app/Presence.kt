package jp.warifu.app

import jp.warifu.Deadline
import jp.warifu.DeviceClock
import jp.warifu.deadline
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import kotlin.time.Duration

/**
 * Whether anybody looks at the app. For a while it may stay as it is where nobody does: to a browser and back.
 *
 * @param after How long that while is.
 * @param ended The while is over. It does not come for a process that was frozen until somebody looks again: [isOver]
 *   tells.
 */
internal class Presence(
    private val clock: DeviceClock,
    private val after: Duration,
    private val scope: CoroutineScope,
    private val ended: () -> Unit,
) {
    private var end: Deadline? = null
    private var waiting: Job? = null

    /** Whether nobody looks, and has not for too long. */
    val isOver: Boolean
        get() = end?.hasPassed() == true

    /** Nobody looks any more. */
    fun left() {
        came()
        val end = clock.deadline(after).also { end = it }
        waiting = scope.launch {
            end.await()
            ended()
        }
    }

    /** Somebody looks again. */
    fun came() {
        waiting?.cancel()
        waiting = null
        end = null
    }
}
