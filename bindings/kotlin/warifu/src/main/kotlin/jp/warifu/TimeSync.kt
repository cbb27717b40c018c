package jp.warifu

import java.util.concurrent.atomic.AtomicInteger

/**
 * The time as the banks tell it. Codes are made for their clock, so a wrong clock of the device does not matter once
 * one was heard: whatever a person or the network sets it to, codes stay right until the device restarts.
 *
 * [Token.screens] asks by itself whenever it is worth its battery, so an app has little to do here: it may call [sync]
 * where a person asks for it, beside a [ClockNotice] or a [Face.NeedsSync].
 *
 * An `otpauth://` entry has no service to ask. For it the token may be given *time hosts* when it is made or opened: web
 * servers whose `Date` is a hint, the bank's own site for one, by their `https` address and at most 8. They can move
 * codes by no more than 10 minutes, and nothing by them is ever [Certainty.SURE].
 */
public class TimeSync internal constructor(private val core: Core) {
    /**
     * Asks the issuers' services for their time, and the time hosts where none answers. What was heard is kept, and holds
     * until the device restarts; the screens that follow say what is known then, and whether it contradicts what was
     * known. Of more than 8 services those are asked that are due for the longest.
     *
     * @throws WarifuException.SyncFailed no clock was heard; it says why.
     * @throws WarifuException.Superseded if a newer call took over.
     * @throws WarifuException.Locked
     * @throws WarifuException.RolledBack [WarifuException.Replaced], [WarifuException.Corrupt], [WarifuException.Disk],
     *   [WarifuException.Busy]
     */
    public suspend fun sync() {
        core.syncs.sync()
    }
}

/** The synchronisations of a token: those that an app asks for, and those that are due while its screens are seen. */
internal class Syncs(private val core: Core) {
    private val running = AtomicInteger()

    /** The count of changes at which another try is in vain: the one before moved nothing in the core. */
    @Volatile
    private var vain: Long? = null

    suspend fun sync() {
        running.incrementAndGet()
        run()
    }

    /** For a screen that has so many changes in it. It gives way to any other; what became of it a screen says. */
    suspend fun syncUnasked(seen: Long) {
        if (seen == vain || !running.compareAndSet(0, 1)) return
        try {
            // Right before it begins: an app's call may have come since.
            run { if (running.get() > 1) throw GivesWay() }
        } catch (_: WarifuException) {
            // The core counts the failure, and says when to try again.
        } catch (_: GivesWay) {
            // Nothing has begun.
        }
    }

    /** Somebody looks: what was in vain may not be any more. */
    fun hopeAnew() {
        vain = null
    }

    private suspend fun run(check: () -> Unit = {}) {
        try {
            core.flow(Work.TIME) { token, now ->
                check()
                token.syncTime(now)
            }
        } catch (failed: WarifuException) {
            // As many as there are once this one's end is a change too.
            if (!failed.isCounted()) vain = core.changes.value + 1
            throw failed
        } finally {
            running.decrementAndGet()
            core.changed()
        }
    }

    private class GivesWay : Exception("an app's own call goes first")

    /** Whether the core has it as a failure, after which it is due later. */
    private fun WarifuException.isCounted() = this is WarifuException.SyncFailed && why != SyncFault.NOTHING_TO_ASK
}
