package jp.warifu.tests.scenarios

import jp.warifu.DeviceClock
import jp.warifu.DeviceTime
import jp.warifu.testing.FakeClock
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.launch
import kotlinx.serialization.json.JsonObject
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/**
 * Steps in the background, and the clock that they wait by. Real time serves only to give up: after each
 * step of a scenario every task has come to rest.
 */
class Tasks : DeviceClock {
    val clock = FakeClock()
    private val scope = CoroutineScope(Dispatchers.Default)
    private val tasks = HashMap<String, Task>()
    private val lock = ReentrantLock()
    private val changed = lock.newCondition()

    /** A step in the foreground that came to rest. What it throws may be caught on its way. */
    private var failure: String? = null

    private class Task {
        lateinit var job: Job
        var status: Status = Status.Running
    }

    private sealed interface Status {
        data object Running : Status

        class Held(val gate: CompletableDeferred<Unit>) : Status

        class Waiting(val until: Duration) : Status

        class Ended(val outcome: Result<Outcome>) : Status
    }

    /** Which task a coroutine belongs to. */
    private class Name(val name: String) : AbstractCoroutineContextElement(Name) {
        companion object Key : CoroutineContext.Key<Name>
    }

    override fun now(): DeviceTime = clock.now()

    /** A wait of more than a second is a PIN's. A shorter one is the vault's own, and moves the clock. */
    override suspend fun sleepUntil(uptime: Duration) {
        val span = uptime - now().uptime
        if (span <= SHORT) {
            if (span.isPositive()) moved { clock.advance(span) }
            return
        }
        rest(Status.Waiting(uptime), "waits $span") { clock.sleepUntil(uptime) }
    }

    /** Called by a task whose errand is held. */
    suspend fun hold() {
        val gate = CompletableDeferred<Unit>()
        rest(Status.Held(gate), "is held") { gate.await() }
    }

    fun moved(move: () -> Unit) {
        lock.withLock { move() }
    }

    fun start(name: String, step: suspend () -> Outcome) {
        val task = Task()
        lock.withLock { check(tasks.put(name, task) == null) { "the task $name was not finished" } }
        task.job = scope.launch(Name(name)) {
            val ended = Status.Ended(runCatching { step() })
            set(task, ended)
        }
    }

    fun release() {
        lock.withLock {
            for (task in tasks.values) {
                val held = task.status as? Status.Held ?: continue
                task.status = Status.Running
                held.gate.complete(Unit)
            }
        }
    }

    fun cancel(name: String) {
        lock.withLock {
            val task = task(name)
            check(task.status !is Status.Ended) { "the task $name has ended" }
            task.status = Status.Running
            task.job.cancel()
        }
    }

    /** Comes back when every task is held, waits for a later time, or has ended. */
    fun settle() {
        var patience = PATIENCE.inWholeNanoseconds
        lock.withLock {
            while (tasks.values.any { isBusy(it.status) }) {
                check(patience > 0) { "a task does not come to rest" }
                patience = changed.awaitNanos(patience)
            }
            failure?.let { error(it) }
        }
    }

    fun look(name: String): JsonObject = lock.withLock {
        when (val status = task(name).status) {
            Status.Running -> seen("is" to "running")
            is Status.Held -> seen("is" to "held")
            is Status.Waiting -> seen("is" to "waiting", "wait_ms" to (status.until - now().uptime).inWholeMilliseconds)
            is Status.Ended -> seen("is" to "ended")
        }
    }

    fun finish(name: String): Outcome = lock.withLock {
        val ended = task(name).status as? Status.Ended ?: error("the task $name has not ended")
        tasks.remove(name)
        ended.outcome.getOrThrow()
    }

    fun end() {
        lock.withLock { check(tasks.isEmpty()) { "a task was not finished: ${tasks.keys}" } }
    }

    private suspend fun rest(status: Status, what: String, until: suspend () -> Unit) {
        val name = currentCoroutineContext()[Name]?.name
        if (name == null) {
            failure = "a step in the foreground $what"
            error(failure!!)
        }
        val task = lock.withLock { task(name) }
        set(task, status)
        until()
        set(task, Status.Running)
    }

    private fun set(task: Task, status: Status) {
        lock.withLock {
            task.status = status
            changed.signalAll()
        }
    }

    private fun isBusy(status: Status) = when (status) {
        Status.Running -> true
        is Status.Waiting -> status.until <= now().uptime
        is Status.Held, is Status.Ended -> false
    }

    private fun task(name: String) = checkNotNull(tasks[name]) { "no task is called $name" }

    private companion object {
        val SHORT = 1.seconds
        val PATIENCE = 120.seconds
    }
}
