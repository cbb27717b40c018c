package jp.warifu.tests.scenarios

import jp.warifu.HttpFailedException
import jp.warifu.HttpFailure
import jp.warifu.HttpRequest
import jp.warifu.HttpResponse
import jp.warifu.HttpTransport
import jp.warifu.SecretBytes
import jp.warifu.tests.TokenService

/** The way to the scenario's token service, and what becomes of a request on it. */
class Network(private val tasks: Tasks) : HttpTransport {
    /** What becomes of a request. */
    sealed interface Fate {
        data object Lost : Fate

        data object AnswerLost : Fate

        data object Cut : Fate

        data object Thrown : Fate

        data class Failed(val why: HttpFailure) : Fate

        data class Status(val status: Int) : Fate
    }

    private var next: Pair<Fate, Int>? = null
    private var hold: Int? = null

    /** It begins when the scenario first has a use for it. */
    val service: TokenService by lazy { TokenService() }

    /** The `nth` request from now on. */
    @Synchronized
    fun setNext(fate: Fate, nth: Int) {
        next = fate to nth
    }

    @Synchronized
    fun holdNext(nth: Int) {
        hold = nth
    }

    @Synchronized
    private fun holds(): Boolean {
        val left = hold ?: return false
        hold = (left - 1).takeIf { it > 0 }
        return left == 1
    }

    @Synchronized
    private fun fate(): Fate? {
        val (fate, left) = next ?: return null
        next = if (left > 1) fate to left - 1 else null
        return fate.takeIf { left == 1 }
    }

    override suspend fun send(request: HttpRequest): HttpResponse {
        if (holds()) tasks.hold()
        return when (val fate = fate()) {
            null -> service.send(request)

            Fate.Lost -> throw HttpFailedException(HttpFailure.UNREACHABLE)

            Fate.AnswerLost -> {
                service.send(request)
                throw HttpFailedException(HttpFailure.UNREACHABLE)
            }

            Fate.Cut -> {
                val whole = service.send(request)
                HttpResponse(whole.status, SecretBytes(whole.body.expose().copyOf(whole.body.size / 2)))
            }

            Fate.Thrown -> throw Thrown()

            is Fate.Failed -> throw HttpFailedException(fate.why)

            is Fate.Status -> HttpResponse(fate.status)
        }
    }
}
