package jp.warifu.tests.scenarios

import jp.warifu.KdfCost
import jp.warifu.WarifuException
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.withContext
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject

/** What came of a step, as the table writes it. */
sealed interface Outcome {
    data class Gave(val result: JsonObject) : Outcome

    data class Failed(val error: JsonObject) : Outcome
}

/** What a task that is finished failed with. */
class Finished(val outcome: Outcome.Failed) : Exception()

/** One step: what it does, with what it is to give, or the error that it is to end in. */
class Step private constructor(val text: String, val act: Act, val expect: JsonElement?, val error: JsonElement?) {
    companion object {
        fun parse(written: JsonObject): Step {
            val args = Args(written)
            val (expect, error) = args.elementOrNull("expect") to args.elementOrNull("error")
            require(expect == null || error == null) { "a result and an error: $written" }
            val name = args.text("op")
            val op = requireNotNull(ops[name]) { "unknown op $name: $written" }
            val act = op(args)
            args.end()
            return Step(written.toString(), act, expect, error)
        }
    }
}

suspend fun run(scenario: Scenario, kdf: KdfCost) {
    Phone(kdf).use { phone ->
        scenario.steps.forEach { run(phone, it) }
        phone.tasks.end()
    }
}

/** Runs a step and holds what it gave against what the table says. */
suspend fun run(phone: Phone, written: JsonObject): JsonObject {
    val step = Step.parse(written)
    val outcome = outcomeOf(phone, step)
    phone.tasks.settle()
    val misfit = when (outcome) {
        is Outcome.Gave -> if (step.error != null) {
            "no error: ${outcome.result}"
        } else {
            step.expect?.let { misfit(it, outcome.result, "result") }
        }

        is Outcome.Failed -> if (step.error != null) misfit(step.error, outcome.error, "error") else "${outcome.error}"
    }
    if (misfit != null) throw AssertionError("${step.text}\n$misfit")
    return when (outcome) {
        is Outcome.Gave -> outcome.result
        is Outcome.Failed -> outcome.error
    }
}

suspend fun outcomeOf(phone: Phone, step: Step): Outcome = try {
    Outcome.Gave(step.act(phone))
} catch (error: WarifuException) {
    Outcome.Failed(seen(error, phone))
} catch (finished: Finished) {
    finished.outcome
} catch (_: CancellationException) {
    Outcome.Failed(seen("code" to "cancelled"))
}

/** Runs that many steps, each in a coroutine of its own, all from one signal on. */
suspend fun atOnce(phone: Phone, count: Int, steps: List<JsonObject>): List<JsonObject> =
    withContext(Dispatchers.Default) {
        val signal = CompletableDeferred<Unit>()
        coroutineScope {
            val started = List(count) { n ->
                async {
                    signal.await()
                    run(phone, numbered(steps[n % steps.size], n))
                }
            }
            signal.complete(Unit)
            started.awaitAll()
        }
    }
