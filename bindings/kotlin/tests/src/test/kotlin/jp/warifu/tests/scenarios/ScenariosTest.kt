package jp.warifu.tests.scenarios

import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.assertThrows
import java.util.concurrent.atomic.AtomicInteger
import kotlin.test.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** The scenarios of `tests/scenarios.json`, on the real core, through the layer that apps use. */
class ScenariosTest {
    private val table = Table.read()

    @TestFactory
    fun `every scenario holds`(): List<DynamicTest> = table.scenarios.map { scenario ->
        DynamicTest.dynamicTest(scenario.name) {
            runBlocking { run(scenario, table.kdf) }
            held.incrementAndGet()
        }
    }

    @Test
    fun `the table lists the ops that this suite knows and each is used`() {
        assertEquals(table.ops.toSet(), ops.keys)
        assertEquals(table.ops.size, ops.size, "an op is listed twice")
        assertEquals(table.ops.toSet(), table.scenarios.flatMap { it.steps.flatMap(::opsOf) }.toSet())
    }

    @Test
    fun `a scenario has a name of its own and steps`() {
        assertEquals(table.scenarios.size, table.scenarios.map { it.name }.distinct().size)
        assertTrue(table.scenarios.all { it.steps.isNotEmpty() })
    }

    /** A runner that lets everything through would show nothing. */
    @Test
    fun `the runner refuses what does not hold and what it does not know`() {
        val create = """{"op": "create", "passphrase": "correct horse"}"""
        val held = """{"op": "start", "task": "t", "step": {"op": "unlock", "by": "passphrase", "passphrase": "x"}}"""
        for ((steps, says) in listOf(
            listOf("""{"op": "fly"}""") to "unknown op fly",
            listOf("""{"op": "lock", "when": "now"}""") to "unknown fields [when]",
            listOf("""{"op": "refuse_next", "refusal": "tired"}""") to "refusal is none of",
            listOf("""{"op": "open"}""") to "W-102",
            listOf(create, """{"op": "lock", "error": {"code": "W-101"}}""") to "no error",
            listOf(create, """{"op": "is_unlocked", "expect": {"unlocked": false}}""") to "true observed",
            listOf(create, """{"op": "screen", "expect": {"colour": 1}}""") to "there is no colour",
            listOf(create, """{"op": "screen", "expect": {"cards": [{}]}}""") to "1 in the table, 0 observed",
            listOf(create, """{"op": "remove", "entry": "nobody"}""") to "no entry is called nobody",
            listOf("""{"op": "hold_next", "errand": "create"}""", """{"op": "create_on_device"}""") to "is held",
            listOf(create, held) to "was not finished",
        )) {
            val made = Scenario("made up", steps.map { Json.parseToJsonElement(it).jsonObject })
            val thrown = assertThrows<Throwable>(says) { runBlocking { run(made, table.kdf) } }
            assertContains(thrown.message.orEmpty(), says)
        }
    }

    companion object {
        private val held = AtomicInteger()

        @JvmStatic
        @AfterAll
        fun count() {
            println("scenarios: $held of ${Table.read().scenarios.size} hold")
        }
    }
}
