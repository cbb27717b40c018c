package jp.warifu.tests.scenarios

import jp.warifu.BindingLevel
import jp.warifu.BootId
import jp.warifu.HttpFailure
import jp.warifu.KeyRefusal
import jp.warifu.NewSlot
import jp.warifu.PinHardware
import jp.warifu.SecretBytes
import jp.warifu.SlotKind
import jp.warifu.Token
import jp.warifu.Unlock
import jp.warifu.testing.FakeKeyProtector.Errand
import jp.warifu.testing.FakeKeyProtector.Person
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Instant

/** What a step does to the phone, and what it gives. */
typealias Act = suspend (Phone) -> JsonObject

private const val DEFAULT_LIMIT = 6

private val kinds = mapOf(
    "passphrase" to SlotKind.Passphrase,
    "device" to SlotKind.Device,
    "biometric" to SlotKind.Biometric,
    "pin" to SlotKind.Pin,
)

/** What becomes of a request. */
private val fates = HttpFailure.entries.associate { it.name.lowercase() to Network.Fate.Failed(it) } + mapOf(
    "lost" to Network.Fate.Lost,
    "answer_lost" to Network.Fate.AnswerLost,
    "cut" to Network.Fate.Cut,
    "thrown" to Network.Fate.Thrown,
)

private val nothing = seen()

/** Every op: it reads all its arguments first, and then is what it does. */
val ops: Map<String, (Args) -> Act> = mapOf(
    // ---- The device. ----
    "clock" to { args ->
        val wall = args.longOrNull("wall_ms")?.let(Instant::fromEpochMilliseconds)
        val uptime = args.longOrNull("uptime_ms")?.milliseconds
        val boot = args.intOrNull("boot")?.let { number -> BootId(ByteArray(16) { number.toByte() }) }
        val advance = args.longOrNull("advance_ms")?.milliseconds
        act { phone ->
            phone.tasks.moved {
                phone.tasks.clock.set(wall, uptime, boot)
                advance?.let(phone.tasks.clock::advance)
            }
        }
    },

    // ---- A token's life. ----
    "create" to { args ->
        val (name, passphrase) = args.textOrNull("token") to args.text("passphrase")
        val hosts = args.hosts()
        act { phone ->
            phone.put(name, Token.create(phone.file, Phone.secret(passphrase), phone.kdf, phone.platform(hosts)))
        }
    },
    "create_on_device" to { args ->
        val (name, hosts) = args.textOrNull("token") to args.hosts()
        act { phone -> phone.put(name, Token.createOnDevice(phone.file, phone.platform(hosts))) }
    },
    "open" to { args ->
        val (name, hosts) = args.textOrNull("token") to args.hosts()
        act { phone -> phone.put(name, Token.open(phone.file, phone.platform(hosts))) }
    },
    "close" to { args -> args.token { it.close() } },
    "lock" to { args -> args.token { it.lock() } },
    "is_unlocked" to { args -> args.tokenGives { _, token -> seen("unlocked" to token.isUnlocked) } },
    "unlock" to { args ->
        val by = args.word("by", kinds)
        val typed = when (by) {
            SlotKind.Passphrase -> args.text("passphrase")
            SlotKind.Pin -> args.text("pin")
            else -> null
        }
        args.tokenGives { _, token ->
            val way = when (by) {
                SlotKind.Passphrase -> Unlock.Passphrase(Phone.secret(typed!!))
                SlotKind.Pin -> Unlock.Pin(Phone.secret(typed!!))
                SlotKind.Device -> Unlock.Device
                SlotKind.Biometric -> Unlock.Biometric
                is SlotKind.Other -> error("no way")
            }
            seen(token.unlock(way))
        }
    },
    "screen" to { args ->
        val only = args.textsOrNull("only")
        args.tokenGives { phone, token ->
            val screen = token.screen()
            val now = phone.tasks.now().uptime
            val (refresh, sync) = listOf(screen.refreshAt, screen.clock.syncAt).map { at ->
                at?.let { (it - now).inWholeMilliseconds.coerceAtLeast(0) }
            }
            JsonObject(seen(screen, only, phone) + seen("refresh_in_ms" to refresh, "sync_in_ms" to sync))
        }
    },
    "refresh" to { args -> args.tokenGives { _, token -> seen("changed" to token.refresh()) } },
    "anchor" to { args -> args.token { it.anchor() } },
    "marker" to { args -> args.tokenGives { _, token -> seen("text" to Token.writeMarker(token.marker())) } },
    "read_marker" to { args ->
        val text = args.text("text");
        {
            val banks = Token.readMarker(text).banks
            seen("banks" to banks.map { seen("issuer" to it.issuer, "last_four" to it.lastFour) })
        }
    },

    // ---- Its credentials. ----
    "preview" to { args ->
        val link = args.link();
        {
            val preview = Token.preview(SecretBytes(link))
            seen(preview.names, preview.generator, preview.weakness)
        }
    },
    "add" to { args ->
        val (link, name) = args.link() to args.textOrNull("as")
        args.tokenGives { phone, token ->
            seen(token.entries.add(SecretBytes(link.copyOf())), name, phone)
        }
    },
    "rename" to { args ->
        val (entry, issuer) = args.text("entry") to args.textOrNull("issuer")
        val account = args.textOrNull("account")
        args.tokenGives { phone, token -> nothing.also { token.entries.rename(phone.entry(entry), issuer, account) } }
    },
    "remove" to { args ->
        val entry = args.text("entry")
        args.tokenGives { phone, token -> nothing.also { token.entries.remove(phone.entry(entry)) } }
    },
    "entries" to { args ->
        args.tokenGives { phone, token ->
            val entries = token.entries.list().map { entry ->
                val name = seen("entry" to phone.entry(entry.id))
                JsonObject(name + seen(entry.names, entry.generator, entry.weakness))
            }
            seen("count" to entries.size, "entries" to entries)
        }
    },
    "advance" to { args ->
        val (entry, request) = args.text("entry") to args.text("request")
        args.tokenGives { phone, token -> seen(token.entries.advance(phone.entry(entry), phone.request(request))) }
    },

    // ---- The time. ----
    "sync_time" to { args -> args.token { it.time.sync() } },

    // ---- Enrolment. ----
    "service" to { args ->
        val orders = listOfNotNull(
            args.longOrNull("wall_ms")?.let { "clock $it" },
            args.textOrNull("code")?.let { "code $it" },
            args.wordOrNull("unlock", mapOf("any" to "any", "user_verification" to "user-verification"))
                ?.let { "unlock $it" },
            args.wordOrNull("verdict", mapOf("wrong" to 2, "ended" to 3, "wait" to 4, "stopped" to 5))
                ?.let { "verdict $it" },
            args.booleanOrNull("synced")?.let { "synced $it" },
            args.booleanOrNull("ages")?.let { "ages $it" },
        )
        act { phone -> orders.forEach(phone.network.service::order) }
    },
    "network" to { args ->
        val status = args.intOrNull("status")
        val fate = if (status != null) Network.Fate.Status(status) else args.word("next", fates)
        val nth = args.intOrNull("nth") ?: 1
        act { it.network.setNext(fate, nth) }
    },
    "preview_enrolment" to { args ->
        val link = args.textOrNull("link");
        { phone ->
            val preview = Token.previewEnrolment(Phone.enrolmentLink(link, phone.network.service.link))
            seen("host" to preview.host, "has_activation" to preview.hasActivation)
        }
    },
    "enrol" to { args ->
        val (link, activation) = args.textOrNull("link") to args.textOrNull("activation")
        val name = args.textOrNull("as")
        args.tokenGives { phone, token ->
            val sent = Phone.enrolmentLink(link, phone.network.service.link)
            seen(token.enrolment.begin(sent, activation?.let(Phone::secret), BindingLevel.HARDWARE), name, phone)
        }
    },
    "resume_enrolment" to { args ->
        val name = args.textOrNull("as")
        args.tokenGives { phone, token -> seen(token.enrolment.resume(), name, phone) }
    },
    "pending_enrolment" to { args ->
        args.tokenGives { _, token -> seen("pending" to token.enrolment.pending()?.let(::seen)) }
    },
    "discard_enrolment" to { args -> args.token { it.enrolment.discard() } },

    // ---- Its slots. ----
    "slots" to { args -> args.tokenGives { _, token -> seen(token.slots.list()) } },
    "locked_slots" to { args -> args.tokenGives { _, token -> seen(token.lockedSlots()) } },
    "set_slot" to { args ->
        val new = args.newSlot()
        args.tokenGives { phone, token -> nothing.also { token.slots.set(new(phone)) } }
    },
    "remake_slot" to { args ->
        val kind = args.word("slot", kinds)
        args.tokenGives { phone, token -> nothing.also { token.slots.remake(phone.slot(token, kind)) } }
    },
    "remove_slot" to { args ->
        val kind = args.word("slot", kinds)
        args.tokenGives { phone, token -> nothing.also { token.slots.remove(phone.slot(token, kind)) } }
    },
    "change_passphrase" to { args ->
        val (current, new) = args.text("current") to args.text("new")
        args.tokenGives { phone, token ->
            token.slots.changePassphrase(Phone.secret(current), Phone.secret(new), phone.kdf)
            nothing
        }
    },

    // ---- Its file. ----
    "keep_file" to { args -> args.text("as").let { name -> act { it.keep(name) } } },
    "put_file" to { args -> args.text("kept").let { name -> act { it.file.writeBytes(it.kept(name)) } } },
    "compare_file" to { args ->
        val name = args.text("kept");
        { phone -> seen("same" to (phone.file.exists() && phone.file.readBytes().contentEquals(phone.kept(name)))) }
    },
    "damage_file" to { args ->
        val isAtStart = args.word("from", mapOf("start" to true, "end" to false))
        val (offset, xor) = args.int("offset") to args.int("xor")
        act { phone ->
            val bytes = phone.file.readBytes()
            val at = if (isAtStart) offset else bytes.size - 1 - offset
            bytes[at] = (bytes[at].toInt() xor xor).toByte()
            phone.file.writeBytes(bytes)
        }
    },
    "cut_file" to { args ->
        val keep = args.int("keep")
        act { phone -> phone.file.writeBytes(phone.file.readBytes().copyOf(keep)) }
    },
    "write_file" to { args -> args.text("hex").let { hex -> act { it.file.writeBytes(hex.hexToByteArray()) } } },
    "remove_file" to { _ -> act { phone -> check(phone.file.delete()) } },
    "hold_lock" to { _ -> act { it.holdLock() } },
    "release_lock" to { _ -> act { it.releaseLock() } },

    // ---- The key store, and the person in front of it. ----
    "key_store" to { _ -> { phone -> seen("keys" to phone.keys.keyCount, "prompts" to phone.keys.promptCount) } },
    "refuse_next" to { args ->
        val refusal = args.word("refusal", KeyRefusal.entries.associateBy { it.name.lowercase() })
        act { it.keys.refuseNext(refusal) }
    },
    "throw_next" to { _ -> act { it.keys.throwNext(Thrown()) } },
    "empty_next" to { _ -> act { it.keys.emptyNext() } },
    "hold_next" to { args ->
        val isRequest = args.text("errand") == "request"
        val errand = if (isRequest) null else args.word("errand", Errand.entries.associateBy { it.name.lowercase() })
        val nth = args.intOrNull("nth") ?: 1
        act { phone -> if (errand == null) phone.network.holdNext(nth) else phone.holdNext(errand, nth) }
    },
    "release" to { _ -> act { it.tasks.release() } },
    "lose_keys" to { args ->
        val kind = args.wordOrNull("slot", kinds)
        act { phone ->
            if (kind == null) {
                phone.keys.loseEverything()
            } else {
                Token.open(phone.file, phone.platform()).use { phone.keys.loseKeys(phone.slot(it, kind)) }
            }
        }
    },
    "answer_prompts" to { args ->
        val people = mapOf(
            "accept" to Person.ACCEPTS,
            "cancel" to Person.CANCELS,
            "lock_out" to Person.IS_LOCKED_OUT,
        )
        val person = args.word("with", people)
        act { it.keys.person = person }
    },
    "change_biometrics" to { _ -> act { it.keys.changeBiometrics() } },

    // ---- Several at once. ----
    "start" to { args ->
        val (name, step) = args.text("task") to Step.parse(args.element("step").jsonObject)
        require(step.expect == null && step.error == null) { "what a task gives stands with its finish" };
        { phone ->
            phone.tasks.start(name) { outcomeOf(phone, step) }
            phone.tasks.settle()
            phone.tasks.look(name)
        }
    },
    "task" to { args -> args.text("task").let { name -> { phone -> phone.tasks.look(name) } } },
    "cancel" to { args -> args.text("task").let { name -> act { it.tasks.cancel(name) } } },
    "finish" to { args ->
        args.text("task").let { name ->
            { phone ->
                when (val outcome = phone.tasks.finish(name)) {
                    is Outcome.Gave -> outcome.result
                    is Outcome.Failed -> throw Finished(outcome)
                }
            }
        }
    },
    "repeat" to { args ->
        val (count, steps) = args.int("count") to args.steps("steps")
        act { phone -> repeat(count) { n -> steps.forEach { run(phone, numbered(it, n)) } } }
    },
    "at_once" to { args ->
        val (count, steps) = args.int("count") to args.steps("steps");
        { phone -> seen("distinct" to atOnce(phone, count, steps).distinct().size) }
    },
)

private fun act(work: suspend (Phone) -> Unit): Act = { phone -> nothing.also { work(phone) } }

private fun Args.token(work: suspend (Token) -> Unit): Act = tokenGives { _, token -> nothing.also { work(token) } }

private fun Args.tokenGives(work: suspend (Phone, Token) -> JsonObject): Act {
    val name = textOrNull("token")
    return { phone -> work(phone, phone.token(name)) }
}

private fun Args.hosts(): List<String> = textsOrNull("hosts").orEmpty()

private fun Args.link(): ByteArray = Phone.link(textOrNull("uri"), textOrNull("uri_hex"), intOrNull("filled_to"))

private fun Args.newSlot(): (Phone) -> NewSlot = when (word("slot", kinds)) {
    SlotKind.Device -> { _ -> NewSlot.Device }

    SlotKind.Biometric -> { _ -> NewSlot.Biometric }

    SlotKind.Passphrase -> text("passphrase").let { typed ->
        { phone -> NewSlot.Passphrase(Phone.secret(typed), phone.kdf) }
    }

    SlotKind.Pin -> {
        val (pin, limit) = text("pin") to (intOrNull("limit") ?: DEFAULT_LIMIT)
        val hardware = word("hardware", mapOf("mac" to PinHardware.MAC, "unwrap" to PinHardware.UNWRAP));
        { phone -> NewSlot.Pin(Phone.secret(pin), hardware, limit, phone.kdf) }
    }

    is SlotKind.Other -> error("no kind")
}
