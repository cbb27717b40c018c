package jp.warifu.tests.scenarios

import jp.warifu.KdfCost
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import java.io.File

/** The table as data: what a step may say, and nothing else. `docs/scenarios.md` describes it. */
class Table private constructor(val kdf: KdfCost, val ops: List<String>, val scenarios: List<Scenario>) {
    companion object {
        fun read(): Table {
            val file = File(System.getProperty("warifu.core"), "tests/scenarios.json")
            val table = Args(Json.parseToJsonElement(file.readText()).jsonObject)
            check(table.int("format") == 1) { "a format that is not known" }
            val kdf = Args(table.element("kdf").jsonObject)
            val cost = KdfCost(kdf.int("memory_kib"), kdf.int("passes"), kdf.int("lanes")).also { kdf.end() }
            val ops = table.element("ops").jsonArray.map { it.jsonPrimitive.content }
            val scenarios = table.element("scenarios").jsonArray.map(Scenario::of)
            table.end()
            return Table(cost, ops, scenarios)
        }
    }
}

class Scenario(val name: String, val steps: List<JsonObject>) {
    companion object {
        fun of(written: JsonElement): Scenario {
            val scenario = Args(written.jsonObject)
            return Scenario(scenario.text("name"), scenario.steps("steps")).also { scenario.end() }
        }
    }
}

/** The fields of an object. One that nobody asked for is a failure. */
class Args(private val fields: JsonObject) {
    private val asked = HashSet<String>()

    fun elementOrNull(name: String): JsonElement? {
        asked += name
        return fields[name].takeIf { it != JsonNull }
    }

    fun element(name: String): JsonElement = requireNotNull(elementOrNull(name)) { "$fields: no $name" }

    fun text(name: String): String = requireNotNull(textOrNull(name)) { "$fields: no $name" }

    fun textOrNull(name: String): String? = elementOrNull(name)?.let {
        require(it is JsonPrimitive && it.isString) { "$fields: $name is no text" }
        it.content
    }

    fun int(name: String): Int = element(name).jsonPrimitive.int

    fun intOrNull(name: String): Int? = elementOrNull(name)?.jsonPrimitive?.int

    fun booleanOrNull(name: String): Boolean? = elementOrNull(name)?.jsonPrimitive?.boolean

    fun longOrNull(name: String): Long? = elementOrNull(name)?.jsonPrimitive?.long

    fun textsOrNull(name: String): List<String>? = elementOrNull(name)?.jsonArray?.map { it.jsonPrimitive.content }

    fun steps(name: String): List<JsonObject> =
        element(name).jsonArray.map { it.jsonObject }.also { require(it.isNotEmpty()) { "no step" } }

    /** One of the words, whose values stand behind them. */
    fun <T : Any> word(name: String, words: Map<String, T>): T = requireNotNull(wordOrNull(name, words)) { "no $name" }

    fun <T : Any> wordOrNull(name: String, words: Map<String, T>): T? = textOrNull(name)?.let {
        requireNotNull(words[it]) { "$fields: $name is none of ${words.keys}" }
    }

    /** All fields must have been asked for. */
    fun end() {
        val unknown = fields.keys - asked
        require(unknown.isEmpty()) { "unknown fields $unknown in $fields" }
    }
}

/** The ops of a step and of those within it. */
fun opsOf(step: JsonObject): Set<String> {
    val within = (step["steps"] as? JsonArray).orEmpty() + listOfNotNull(step["step"])
    return setOf(step.getValue("op").jsonPrimitive.content) + within.flatMap { opsOf(it.jsonObject) }
}

/** The step with `{n}` written out: the number's last three decimal digits as letters, A for 0. */
fun numbered(step: JsonObject, n: Int): JsonObject {
    val letters = n.toString().padStart(3, '0').takeLast(3).map { 'A' + (it - '0') }.joinToString("")
    return Json.parseToJsonElement(step.toString().replace("{n}", letters)).jsonObject
}
