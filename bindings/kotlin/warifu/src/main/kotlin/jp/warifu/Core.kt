package jp.warifu

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.withContext
import jp.warifu.ffi.DeviceTime as FfiDeviceTime
import jp.warifu.ffi.Flow as FfiFlow
import jp.warifu.ffi.Outcome as FfiOutcome
import jp.warifu.ffi.Step as FfiStep
import jp.warifu.ffi.Token as FfiToken

/** The core's token, the platform under it, and the threads on which the two meet. */
internal class Core(private val token: FfiToken, platform: Platform) {
    private val clock = platform.clock
    private val errands = Errands(platform)

    /** For what may take Argon2's time, or the disk's: so few at once that its memory stays bounded. */
    private val slow = platform.dispatcher.limitedParallelism(SLOW_AT_ONCE, "warifu work")

    /** For what only reads memory: it never waits behind the slow. */
    private val fast = platform.dispatcher.limitedParallelism(FAST_AT_ONCE, "warifu")

    /** Counts what may have changed the screen. */
    val changes: StateFlow<Long>
        get() = counted

    private val counted = MutableStateFlow(0L)

    val screens = Screens(this, clock)

    val syncs = Syncs(this)

    @Volatile
    var isClosed: Boolean = false
        private set

    /** How many unlocks are under way. Guarded by [errands], as [wasOpen] is. */
    private var unlocks = 0

    /** Whether somebody knows that the vault is open: it was before them, or one of them said so. */
    private var wasOpen = false

    /** Calls the core on this thread: for what neither computes nor waits. */
    fun <T> atOnce(call: (FfiToken) -> T): T {
        checkOpen()
        return told { checked { call(token) } }
    }

    /** See [Token.lock]. */
    fun lock() {
        errands.endAll {
            atOnce { it.lock() }
            wasOpen = false
            true
        }
        changed()
    }

    suspend fun <T> quick(call: (FfiToken) -> T): T = on(fast, call)

    suspend fun <T> work(call: (FfiToken) -> T): T = on(slow, call)

    /** A change of the vault. Whether it was made is known by the next screen alone, so that is asked for. */
    suspend fun <T> change(call: (FfiToken) -> T): T = try {
        work(call)
    } finally {
        changed()
    }

    /** A change that ends the current flow of a kind: the core makes it stale, and what it waits for ends here. */
    suspend fun changeAndEnd(kind: Work, call: (FfiToken) -> Unit) {
        val turn = errands.turn(kind)
        change(call)
        turn?.end()
    }

    suspend fun unlock(way: Unlock): UnlockReport {
        beginUnlock()
        var isToBeOpen = false
        try {
            val report = if (way is Unlock.Passphrase) {
                endFlow(Work.UNLOCK)
                work { it.unlock(way.passphrase) }
            } else {
                val begin = { token: FfiToken, now: FfiDeviceTime ->
                    // The core has a copy of its own, for as long as the flow lasts.
                    token.unlockWith(way.toFfi(), now).also { way.wipe() }
                }
                val waits = way !is Unlock.Pin || way.waits
                (flow(Work.UNLOCK, waits, begin) as FfiOutcome.Unlocked).v1
            }
            isToBeOpen = true
            return report.toPublic()
        } finally {
            way.wipe()
            endUnlock(isToBeOpen)
            changed()
        }
    }

    private fun beginUnlock() {
        synchronized(errands) {
            if (unlocks++ == 0) wasOpen = !isClosed && token.isUnlocked()
        }
    }

    /**
     * An unlock that was cancelled or overtaken may have opened the vault all the same, before its last
     * errands. If nobody was told that it is open, nobody would lock it. While another unlock is under way it
     * is for that one to do: a lock would end it.
     */
    private fun endUnlock(isToBeOpen: Boolean) {
        errands.endAll {
            val isOpen = !isClosed && token.isUnlocked()
            wasOpen = wasOpen || (isToBeOpen && isOpen)
            val locks = --unlocks == 0 && isOpen && !wasOpen
            if (locks) token.lock()
            locks
        }
    }

    /**
     * A passphrase needs no flow. One that is begun and let go of makes an older one stale before its prompt is taken
     * away, so that the older one ends as what it is.
     */
    private suspend fun endFlow(kind: Work) {
        quick { token ->
            val now = clock.now().toFfi()
            errands.begin(kind) { token.unlockWith(Unlock.Device.toFfi(), now).destroy() }
        }
    }

    /** Begins a flow, which makes an older one of its kind stale, and drives it to its end. */
    suspend fun flow(kind: Work, begin: (FfiToken, FfiDeviceTime) -> FfiFlow): FfiOutcome = flow(kind, true, begin)

    private suspend fun flow(kind: Work, waits: Boolean, begin: (FfiToken, FfiDeviceTime) -> FfiFlow): FfiOutcome {
        var begun: Pair<FfiFlow, Errands.Turn>? = null
        try {
            quick { token ->
                val now = clock.now().toFfi()
                begun = errands.begin(kind) { begin(token, now) }
            }
            val (flow, turn) = checkNotNull(begun)
            return drive(flow, turn, waits)
        } finally {
            begun?.first?.destroy()
        }
    }

    /** Drives the flow that makes this token's vault. */
    suspend fun make(flow: FfiFlow) {
        drive(flow, errands.begin(Work.UNLOCK) {}.second)
    }

    /** Whatever stops a flow, letting it go wipes what it held. */
    private suspend fun drive(flow: FfiFlow, turn: Errands.Turn, waits: Boolean = true): FfiOutcome {
        var thrown: Throwable? = null
        try {
            var step = step({ thrown }, flow::step)
            while (true) {
                step = when (val at = step) {
                    is FfiStep.Done -> {
                        currentCoroutineContext().ensureActive()
                        return at.v1
                    }

                    is FfiStep.Wait -> {
                        val left = at.until.toUptime() - clock.now().uptime
                        if (!waits && left.isPositive()) throw WarifuException.PinMustWait(left)
                        // If the turn ends before, the core says why.
                        turn.lasts { clock.sleepUntil(at.until.toUptime()) }
                        step({ thrown }, flow::step)
                    }

                    is FfiStep.Ask -> {
                        val answered = errands.run(turn, at.errand, onThrown = { thrown = thrown ?: it })
                        answered.use { step({ thrown }) { now -> flow.answer(at.ticket, answered.answer, now) } }
                    }
                }
            }
        } finally {
            flow.destroy()
            changed()
        }
    }

    /** Something may look different now. */
    fun changed() {
        counted.update { it + 1 }
    }

    fun close() {
        errands.endAll {
            val closes = !isClosed
            if (closes) {
                isClosed = true
                token.lock()
                token.destroy()
            }
            closes
        }
        changed()
    }

    private suspend fun <T> on(dispatcher: CoroutineDispatcher, call: (FfiToken) -> T): T {
        checkOpen()
        return withContext(dispatcher) {
            checkOpen()
            told { checked { call(token) } }
        }
    }

    /** A step may run Argon2 and write the disk. What a cancelled one came to counts all the same. */
    private suspend fun step(thrown: () -> Throwable?, go: (FfiDeviceTime) -> FfiStep): FfiStep {
        var step: FfiStep? = null
        try {
            withContext(slow) { told(thrown) { step = go(clock.now().toFfi()) } }
        } catch (cancelled: CancellationException) {
            if (step !is FfiStep.Done) {
                (step as? FfiStep.Ask)?.errand?.wipe()
                throw cancelled
            }
        }
        return checkNotNull(step)
    }

    fun checkOpen() {
        if (isClosed) throw WarifuException.Closed()
    }

    /** The generated code says in its own way that its object is gone. */
    private fun <T> checked(call: () -> T): T = try {
        call()
    } catch (destroyed: IllegalStateException) {
        if (isClosed) throw WarifuException.Closed() else throw destroyed
    }

    private companion object {
        const val SLOW_AT_ONCE = 4
        const val FAST_AT_ONCE = 2
    }
}
