package jp.warifu

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import java.io.Closeable
import java.util.EnumMap
import jp.warifu.ffi.Answer as FfiAnswer
import jp.warifu.ffi.Errand as FfiErrand
import jp.warifu.ffi.HttpAnswer as FfiHttpAnswer
import jp.warifu.ffi.HttpErrand as FfiHttpErrand
import jp.warifu.ffi.KeyAnswer as FfiKeyAnswer
import jp.warifu.ffi.KeyErrand as FfiKeyErrand

/** What a flow does. Of each kind one is current. */
internal enum class Work { UNLOCK, SLOTS, ANCHOR, ENROLMENT, TIME }

/** Runs the core's errands at the key store and over the network, for the newest flow of each kind. */
internal class Errands(private val platform: Platform) {
    private val newest = EnumMap<Work, Turn>(Work::class.java)

    /** Of all flows of a token: what an abandoned one began must have ended before another's begins. */
    private val line = Mutex()

    /** One flow's time at the key store, the network and the clock. */
    class Turn {
        private var work: Job? = null

        /** Whether nobody waits for its work any more. */
        @get:Synchronized
        var isOver: Boolean = false
            private set

        /** Does the work in the caller's context, and says whether the turn lasted so long. */
        suspend fun lasts(work: suspend () -> Unit): Boolean = try {
            coroutineScope {
                // It begins once the turn can end it.
                val job = async(start = CoroutineStart.LAZY) { work() }
                take(job)
                job.await()
                true
            }
        } catch (cancelled: CancellationException) {
            currentCoroutineContext().ensureActive()
            if (!isOver) throw cancelled
            false
        }

        private fun take(job: Job) {
            val isOver = synchronized(this) {
                work = job
                isOver
            }
            if (isOver) job.cancel()
        }

        /** Call it inside no monitor: a key store that is cancelled does as it likes. */
        fun end() {
            val job = synchronized(this) {
                isOver = true
                work
            }
            job?.cancel()
        }
    }

    /** An answer, whose secret bytes are wiped once it was handed in. */
    class Answered(val answer: FfiAnswer, private val secret: SecretBytes? = null) : Closeable {
        constructor(answer: FfiKeyAnswer, secret: SecretBytes? = null) : this(FfiAnswer.Key(answer), secret)

        override fun close() {
            secret?.wipe()
        }
    }

    /**
     * Begins a newer flow and its turn, so that the core and this agree on which is the newest. A prompt of
     * the one before it is taken off the screen.
     */
    fun <T> begin(kind: Work, begin: () -> T): Pair<T, Turn> {
        val turn = Turn()
        var before: Turn? = null
        val begun = synchronized(this) { begin().also { before = newest.put(kind, turn) } }
        before?.end()
        return Pair(begun, turn)
    }

    /** The turn of the newest flow of a kind, if there is one. */
    fun turn(kind: Work): Turn? = synchronized(this) { newest[kind] }

    /** Ends all turns, if [end] says that it ended the flows in the core. */
    fun endAll(end: () -> Boolean) {
        val ended = synchronized(this) {
            if (end()) newest.values.toList().also { newest.clear() } else emptyList()
        }
        ended.forEach(Turn::end)
    }

    /**
     * Has the errand done in the caller's context: by the key store, once its errand before has really ended, or
     * over the network, which nothing waits for. If the turn is over the answer does not count: the core says what
     * became of the flow.
     */
    suspend fun run(turn: Turn, errand: FfiErrand, onThrown: (Throwable) -> Unit): Answered {
        // Here and not as the work's result, which a cancellation would drop with the secret in it.
        var answered: Answered? = null
        try {
            if (turn.lasts { answered = answer(errand, onThrown) }) return checkNotNull(answered)
            answered?.close()
            return if (errand is FfiErrand.Key) UNAVAILABLE else failed(HttpFailure.UNAVAILABLE)
        } catch (ended: Throwable) {
            answered?.close()
            throw ended
        } finally {
            errand.wipe()
        }
    }

    private suspend fun answer(errand: FfiErrand, onThrown: (Throwable) -> Unit): Answered = when (errand) {
        is FfiErrand.Key -> answer(errand.v1, onThrown)
        is FfiErrand.Http -> answer(errand.v1, onThrown)
    }

    private suspend fun answer(errand: FfiHttpErrand, onThrown: (Throwable) -> Unit): Answered = try {
        val response = platform.http.send(errand.toPublic())
        Answered(FfiAnswer.Http(response.toFfi()), response.body)
    } catch (thrown: Throwable) {
        // A cancellation of ours is none of the transport's, in whatever words that throws it on.
        currentCoroutineContext().ensureActive()
        onThrown((thrown as? HttpFailedException)?.cause ?: thrown)
        failed(failureOf(thrown))
    }

    private suspend fun answer(errand: FfiKeyErrand, onThrown: (Throwable) -> Unit): Answered = try {
        platform.beforeTheLine(errand)
        // Fair. A call that is cancelled holds the line until it has returned.
        line.withLock { platform.keys.perform(errand) }
    } catch (refused: KeyRefusedException) {
        Answered(FfiKeyAnswer.Refused(refused.refusal.toFfi()))
    } catch (thrown: Throwable) {
        // A cancellation of ours is none of the key store's, in whatever words that throws it on.
        currentCoroutineContext().ensureActive()
        onThrown(thrown)
        UNAVAILABLE
    }

    private suspend fun KeyProtector.perform(errand: FfiKeyErrand): Answered = when (errand) {
        is FfiKeyErrand.Create -> {
            create(KeyName(errand.key), errand.usage.toPublic(), errand.gate.toPublic())
            DONE
        }

        is FfiKeyErrand.Find -> {
            find(KeyName(errand.key))
            DONE
        }

        is FfiKeyErrand.Wrap -> {
            // What comes of it is no secret, and the key store may keep it.
            val wrapped = wrap(KeyName(errand.key), errand.plaintext)
            Answered(FfiKeyAnswer.Bytes(SecretBytes(wrapped)))
        }

        is FfiKeyErrand.Unwrap -> secret(unwrap(KeyName(errand.key), errand.wrapped))

        is FfiKeyErrand.Mac -> secret(mac(KeyName(errand.key), errand.message))

        is FfiKeyErrand.Delete -> {
            delete(KeyName(errand.key))
            DONE
        }

        is FfiKeyErrand.ReadAnchor ->
            Answered(FfiKeyAnswer.Anchor(readAnchor(VaultId(errand.vault))?.toULong()))

        is FfiKeyErrand.RaiseAnchor -> {
            raiseAnchor(VaultId(errand.vault), errand.generation.toLong())
            DONE
        }
    }

    private fun HttpResponse.toFfi() = FfiHttpAnswer.Response(status.toUShort(), body, date, hasAge)

    private fun failed(why: HttpFailure) = Answered(FfiAnswer.Http(FfiHttpAnswer.Failed(why.toFfi())))

    private fun secret(bytes: SecretBytes) = Answered(FfiKeyAnswer.Bytes(bytes), bytes)

    private companion object {
        val DONE = Answered(FfiKeyAnswer.Done)
        val UNAVAILABLE = Answered(FfiKeyAnswer.Refused(KeyRefusal.UNAVAILABLE.toFfi()))
    }
}
