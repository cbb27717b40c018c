package jp.warifu.tests.scenarios

import jp.warifu.Added
import jp.warifu.Algorithm
import jp.warifu.AnsweredEnrolment
import jp.warifu.Card
import jp.warifu.ClockNotice
import jp.warifu.Code
import jp.warifu.EntryId
import jp.warifu.Face
import jp.warifu.Generator
import jp.warifu.LockStatus
import jp.warifu.Names
import jp.warifu.NeighbourCode
import jp.warifu.PendingEnrolment
import jp.warifu.Screen
import jp.warifu.Slot
import jp.warifu.SlotId
import jp.warifu.SlotKind
import jp.warifu.Span
import jp.warifu.TimeHostFault
import jp.warifu.UnlockReport
import jp.warifu.VaultPart
import jp.warifu.WarifuException
import jp.warifu.Weakness
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** What the scenario calls things. */
interface Called {
    fun entry(id: EntryId): String?

    suspend fun slot(id: SlotId): String?
}

/** What a step gave, as the table writes it. */
fun seen(vararg fields: Pair<String, Any?>): JsonObject = JsonObject(fields.associate { it.first to json(it.second) })

private fun json(value: Any?): JsonElement = when (value) {
    null -> JsonNull
    is JsonElement -> value
    is String -> JsonPrimitive(value)
    is Boolean -> JsonPrimitive(value)
    is Number -> JsonPrimitive(value)
    is List<*> -> JsonArray(value.map(::json))
    else -> error("$value has no place in the table")
}

private operator fun JsonObject.plus(other: JsonObject) = JsonObject(toMap() + other)

/** Why what was observed does not hold what the table says, or null. What it does not mention may be anything. */
fun misfit(expected: JsonElement, observed: JsonElement, path: String): String? {
    if (expected is JsonObject && observed is JsonObject) {
        for ((key, value) in expected) {
            val other = observed[key] ?: return "$path: there is no $key"
            misfit(value, other, "$path.$key")?.let { return it }
        }
        return null
    }
    if (expected is JsonArray && observed is JsonArray) {
        if (expected.size != observed.size) return "$path: ${expected.size} in the table, ${observed.size} observed"
        return expected.indices.firstNotNullOfOrNull { misfit(expected[it], observed[it], "$path[$it]") }
    }
    return if (expected == observed) null else "$path: $expected in the table, $observed observed"
}

fun seen(screen: Screen, only: List<String>?, called: Called): JsonObject {
    val named = screen.cards.map { called.entry(it.id) to it }
    val shown = named.filter { (name, _) -> only == null || name in only }
    return seen(
        "lock" to when (screen.lock) {
            LockStatus.LOCKED -> "locked"
            LockStatus.UNLOCKED -> "unlocked"
        },
        "clock" to screen.clock.certainty.name.lowercase(),
        "clock_uncertainty_ms" to screen.clock.uncertainty?.inWholeMilliseconds,
        "clock_ahead_ms" to screen.clock.wallAhead?.inWholeMilliseconds,
        "clock_notice" to screen.clock.notice?.let(::seen),
        "card_count" to screen.cards.size,
        "cards" to shown.map { (name, card) -> seen("entry" to name) + seen(card) },
    )
}

/** As `ahead 2 min 10 s`. */
private fun seen(notice: ClockNotice): String = when (notice) {
    ClockNotice.SetDate -> "set_date"
    ClockNotice.Contradicted -> "contradicted"
    ClockNotice.Stale -> "stale"
    is ClockNotice.Ahead -> "ahead ${seen(notice.by)}"
    is ClockNotice.Behind -> "behind ${seen(notice.by)}"
    ClockNotice.NotSynced -> "not_synced"
}

private fun seen(span: Span): String = when (span) {
    is Span.Days -> "${span.days} d ${span.hours} h"
    is Span.Hours -> "${span.hours} h ${span.minutes} min"
    is Span.Minutes -> "${span.minutes} min ${span.seconds} s"
    is Span.Seconds -> "${span.seconds} s"
}

private fun seen(card: Card): JsonObject {
    val face = when (val face = card.face) {
        is Face.Totp -> seen(
            "face" to "totp",
            "code" to face.code.digits(),
            "grouped" to face.code.grouped(),
            "next" to face.next.digits(),
            "valid_from_ms" to face.validFrom.toEpochMilliseconds(),
            "valid_until_ms" to face.validUntil.toEpochMilliseconds(),
            "remaining_ms" to face.remaining.inWholeMilliseconds,
            "period_ms" to face.period.inWholeMilliseconds,
            "seconds_left" to face.secondsLeft,
            "certainty" to face.certainty.name.lowercase(),
            "neighbour" to face.neighbour?.let(::seen),
        )

        Face.NeedsSync -> seen("face" to "needs_sync")

        is Face.Hotp -> seen("face" to "hotp", "counter" to face.counter.toString())

        is Face.NotYet -> seen("face" to "not_yet", "from_ms" to face.from.toEpochMilliseconds())
    }
    val copy = seen("clear_after_ms" to card.copy.clearAfter.inWholeMilliseconds)
    return copy + seen(card.names) + seen(card.weakness) + face
}

private fun seen(neighbour: NeighbourCode) =
    seen("which" to neighbour.which.name.lowercase(), "code" to neighbour.code.digits())

fun seen(code: Code): JsonObject = seen("code" to code.digits(), "grouped" to code.grouped())

/** A credential as a list or a preview shows it. */
fun seen(names: Names, generator: Generator, weakness: Weakness?): JsonObject {
    val algorithm = when (generator.algorithm) {
        Algorithm.SHA1 -> "sha1"
        Algorithm.SHA256 -> "sha256"
        Algorithm.SHA512 -> "sha512"
    }
    val kind = when (generator) {
        is Generator.Totp -> seen("type" to "totp", "period_ms" to generator.period.inWholeMilliseconds)
        is Generator.Hotp -> seen("type" to "hotp", "counter" to generator.counter.toString())
    }
    return seen(names) + seen("algorithm" to algorithm, "digits" to generator.digits) + kind + seen(weakness)
}

private fun seen(names: Names) =
    seen("issuer" to names.issuer, "account" to names.account, "credential_id" to names.credentialId)

fun seen(weakness: Weakness?): JsonObject = seen(
    "weakness_bits" to when (weakness) {
        is Weakness.ShortSeed -> weakness.bits
        null -> null
    },
)

/** What was added, which the scenario calls so from now on. */
fun seen(added: Added, name: String?, phone: Phone): JsonObject {
    name?.let { phone.put(it, added.id) }
    return seen(added.weakness) + seen("same_name" to added.sameName.map(phone::entry))
}

fun seen(pending: PendingEnrolment): JsonObject = seen(
    "host" to pending.host,
    "answered" to pending.answered?.let(::seen),
)

private fun seen(answered: AnsweredEnrolment): JsonObject =
    seen(answered.names) + seen("unlock" to answered.unlock.name.lowercase())

fun seen(report: UnlockReport): JsonObject = seen(
    "damaged_slots" to report.damagedSlots.map { nameOf(it.kind) }.sorted(),
    "kept_unread" to report.keptUnread,
)

/** By the names of their kinds: their order in the file is as random as their IDs. */
fun seen(slots: List<Slot>): JsonObject = seen(
    "slots" to slots.sortedBy { nameOf(it.kind) }
        .map { seen("kind" to nameOf(it.kind), "damage" to it.damage?.name?.lowercase()) },
)

fun nameOf(kind: SlotKind): String = when (kind) {
    SlotKind.Passphrase -> "passphrase"
    SlotKind.Device -> "device"
    SlotKind.Biometric -> "biometric"
    SlotKind.Pin -> "pin"
    is SlotKind.Other -> kind.number.toString()
}

suspend fun seen(error: WarifuException, called: Called): JsonObject {
    val code = seen("code" to if (error is WarifuException.Closed) "closed" else error.supportCode)
    val cause = if (error.cause is Thrown) seen("cause" to "thrown") else seen()
    val data = when (error) {
        is WarifuException.WrongPin ->
            seen("tries_left" to error.triesLeft, "wait_ms" to error.wait.inWholeMilliseconds)

        is WarifuException.KeyInvalidated -> seen("slot" to called.slot(error.slot))

        is WarifuException.KeyLost -> seen("slot" to called.slot(error.slot))

        is WarifuException.Corrupt -> seen(error.part, called)

        is WarifuException.UnsupportedVersion -> seen("found" to error.found)

        is WarifuException.Duplicate -> seen("existing" to called.entry(error.existing))

        is WarifuException.ClockImplausible -> seen("wall_ms" to error.wall.toEpochMilliseconds())

        is WarifuException.SyncFailed -> seen(error)

        is WarifuException.TimeHostsRefused -> seen(
            "why" to when (error.why) {
                TimeHostFault.NOT_A_HOST -> "not_a_host"
                TimeHostFault.TOO_MANY -> "too_many_hosts"
            },
        )

        is WarifuException.NameRefused -> seen("why" to error.why.name.lowercase())

        is WarifuException.LinkRefused -> seen(error)

        is WarifuException.EnrolmentLinkRefused -> seen("why" to error.why.name.lowercase())

        is WarifuException.ActivationCodeRefused -> seen("why" to error.why.name.lowercase())

        is WarifuException.RequestFailed -> seen("why" to error.why.name.lowercase())

        is WarifuException.UnexpectedStatus -> seen("status" to error.status)

        is WarifuException.SlotTooWeak -> seen("slot" to called.slot(error.slot))

        is WarifuException.ServiceRefusedCode -> seen("ahead_ms" to error.ahead.inWholeMilliseconds)

        is WarifuException.Superseded -> seen("why" to "stale")

        else -> seen()
    }
    return code + cause + data
}

private suspend fun seen(part: VaultPart, called: Called): JsonObject = when (part) {
    VaultPart.Contents -> seen("part" to "contents")
    VaultPart.RootTag -> seen("part" to "root_tag")
    is VaultPart.Slot -> seen("part" to "slot", "slot" to called.slot(part.id))
    is VaultPart.Record -> seen("part" to "record", "entry" to called.entry(part.id))
    VaultPart.Envelopes -> seen("part" to "envelopes")
}

private fun seen(failed: WarifuException.SyncFailed): JsonObject {
    val status = failed.status?.let { seen("status" to it) } ?: seen()
    return seen("why" to (failed.failure?.name ?: failed.why.name).lowercase()) + status
}

private fun seen(refused: WarifuException.LinkRefused): JsonObject {
    val parameter = refused.parameter?.let { seen("parameter" to it) } ?: seen()
    val label = refused.name?.let { seen("label" to it.name.lowercase()) } ?: seen()
    return seen("why" to refused.why.name.lowercase()) + parameter + label
}

/** What no key store and no transport is meant to throw. */
class Thrown : RuntimeException("something else than a refusal was thrown")
