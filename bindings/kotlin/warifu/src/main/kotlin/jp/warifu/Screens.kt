package jp.warifu

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.selects.select
import kotlin.time.Duration

/** The screens of a token, and what is done while somebody sees them. */
internal class Screens(private val core: Core, private val clock: DeviceClock) {
    /** When to ask for the time, by a screen that has so many changes in it. */
    private data class Due(val at: Duration?, val seen: Long)

    suspend fun one(): Screen = current().first

    /** See [Token.screens]. */
    suspend fun collect(syncsTime: Boolean, collector: FlowCollector<Screen>) {
        core.checkOpen()
        coroutineScope {
            val due = MutableStateFlow(Due(at = null, seen = 0))
            if (syncsTime) syncWhen(due)
            launch { clock.wallClockChanges.collect { core.changed() } }
            emitAll(due, collector)
            coroutineContext.cancelChildren()
        }
    }

    private suspend fun emitAll(due: MutableStateFlow<Due>, collector: FlowCollector<Screen>) {
        var last: Screen? = null
        while (true) {
            val (screen, seen) = try {
                current()
            } catch (closed: WarifuException.Closed) {
                last?.let { collector.emit(it.ofClosed()) }
                return
            }
            last = screen
            collector.emit(screen)
            // After it, so that whoever takes one screen and goes asks nobody.
            due.value = Due(screen.clock.syncAt, seen)
            sleep(seen, screen.refreshAt)
        }
    }

    /** Asks for the time when that is due, beside the screens: none of them waits for it. */
    private fun CoroutineScope.syncWhen(due: StateFlow<Due>) {
        core.syncs.hopeAnew()
        launch {
            // A newer word on when it is due ends the wait, and not what has begun.
            due.collectLatest { (at, seen) ->
                if (at != null) {
                    clock.sleepUntil(at)
                    this@syncWhen.launch { core.syncs.syncUnasked(seen) }
                }
            }
        }
    }

    /**
     * A screen of now, and the count of changes that it has in it. What comes between asking and having it,
     * a frozen process or a busy thread, may outlive a code: then it is asked for anew.
     */
    private suspend fun current(): Pair<Screen, Long> {
        while (true) {
            val seen = core.changes.value
            val asked = clock.now()
            val screen = core.quick { it.screen(asked.toFfi()).toPublic() }
            if (core.changes.value == seen && !screen.hasDiedSince(asked)) return Pair(screen, seen)
        }
    }

    /** Until the uptime, or until something changes. */
    private suspend fun sleep(seen: Long, until: Duration?) {
        if (until == null) {
            core.changes.first { it != seen }
            return
        }
        coroutineScope {
            val alarm = launch { clock.sleepUntil(until) }
            val change = launch { core.changes.first { it != seen } }
            select {
                alarm.onJoin {}
                change.onJoin {}
            }
            coroutineContext.cancelChildren()
        }
    }

    /** Whether a code is none of this moment: by the time that passed, or by the wall clock as it was set. */
    private fun Screen.hasDiedSince(asked: DeviceTime): Boolean {
        val now = this@Screens.clock.now()
        val (passed, moved) = now.uptime - asked.uptime to now.wall - asked.wall
        return cards.mapNotNull { it.face as? Face.Totp }
            .any { it.remaining <= passed || it.remaining <= moved || it.period - it.remaining < -moved }
    }

    private fun Screen.ofClosed() = Screen(LockStatus.LOCKED, clock.copy(syncAt = null), emptyList(), null)
}
