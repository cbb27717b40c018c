package jp.warifu.tests.scenarios

import jp.warifu.EntryId
import jp.warifu.KdfCost
import jp.warifu.Platform
import jp.warifu.RequestId
import jp.warifu.SecretBytes
import jp.warifu.SlotId
import jp.warifu.SlotKind
import jp.warifu.Token
import jp.warifu.WarifuException
import jp.warifu.ffi.KeyErrand
import jp.warifu.testing.FakeKeyProtector
import jp.warifu.testing.FakeKeyProtector.Errand
import kotlinx.coroutines.Dispatchers
import java.io.Closeable
import java.io.File
import java.nio.file.Files
import java.util.concurrent.ConcurrentHashMap

private const val MAIN = "main"

/** A file, a key store beside it, the clocks, and what the scenario calls things. */
class Phone(val kdf: KdfCost) :
    Called,
    Closeable {
    private val folder: File = Files.createTempDirectory("warifu").toFile()
    private val tokens = ConcurrentHashMap<String, Token>()
    private val entries = ConcurrentHashMap<String, EntryId>()
    private val requests = ConcurrentHashMap<String, RequestId>()
    private val kept = HashMap<String, ByteArray>()
    private var lock: Process? = null

    /** The kind of errand to be held, and how many of it still go before. */
    private var hold: Pair<Errand, Int>? = null

    val file = File(folder, "token.warifu")
    val tasks = Tasks()
    val keys = FakeKeyProtector()
    val network = Network(tasks)

    /** What the tokens stand on. An errand that is held has not come to the key store yet. */
    internal fun platform(timeHosts: List<String> = emptyList()) =
        Platform(tasks, keys, network, Dispatchers.IO, timeHosts) { errand ->
            if (holds(kindOf(errand))) tasks.hold()
        }

    // ---- What the scenario calls things. ----

    fun put(name: String?, token: Token) {
        tokens.put(name ?: MAIN, token)?.close()
    }

    fun token(name: String?): Token = checkNotNull(tokens[name ?: MAIN]) { "no token is called ${name ?: MAIN}" }

    fun put(name: String, entry: EntryId) {
        check(entries.put(name, entry) == null) { "two entries are called $name" }
    }

    fun entry(name: String): EntryId = checkNotNull(entries[name]) { "no entry is called $name" }

    fun request(name: String): RequestId = requests.computeIfAbsent(name) { RequestId.random() }

    suspend fun slot(token: Token, kind: SlotKind): SlotId =
        checkNotNull(token.lockedSlots().find { it.kind == kind }) { "there is no $kind slot" }.id

    override fun entry(id: EntryId): String? = entries.entries.find { it.value == id }?.key

    override suspend fun slot(id: SlotId): String? = tokens.values
        .flatMap {
            try {
                it.lockedSlots()
            } catch (_: WarifuException) {
                emptyList()
            }
        }
        .find { it.id == id }
        ?.let { nameOf(it.kind) }

    // ---- Its file. ----

    fun keep(name: String) {
        kept[name] = file.readBytes()
    }

    fun kept(name: String): ByteArray = checkNotNull(kept[name]) { "no file is kept as $name" }

    /** A process of its own, by util-linux's `flock`: the locks that Java takes are of another sort. */
    fun holdLock() {
        val held = ProcessBuilder("flock", "--exclusive", "--nonblock", "$file.lock", "sh", "-c", "echo held; cat")
            .redirectError(ProcessBuilder.Redirect.INHERIT).start()
        lock = held
        check(held.inputReader().readLine() == "held") { "the lock could not be taken" }
    }

    fun releaseLock() {
        val held = checkNotNull(lock) { "nobody holds the lock" }
        lock = null
        held.outputStream.close()
        check(held.waitFor() == 0)
    }

    // ---- Its key store. ----

    @Synchronized
    fun holdNext(errand: Errand, nth: Int) {
        check(nth > 0) { "nth counts from 1" }
        hold = errand to nth
    }

    @Synchronized
    private fun holds(errand: Errand): Boolean {
        val (kind, nth) = hold ?: return false
        if (kind != errand) return false
        hold = if (nth > 1) kind to nth - 1 else null
        return nth == 1
    }

    override fun close() {
        tokens.values.forEach(Token::close)
        lock?.destroy()
        folder.deleteRecursively()
    }

    companion object {
        private fun kindOf(errand: KeyErrand) = when (errand) {
            is KeyErrand.Create -> Errand.CREATE
            is KeyErrand.Find -> Errand.FIND
            is KeyErrand.Wrap -> Errand.WRAP
            is KeyErrand.Unwrap -> Errand.UNWRAP
            is KeyErrand.Mac -> Errand.MAC
            is KeyErrand.Delete -> Errand.DELETE
            is KeyErrand.ReadAnchor -> Errand.READ_ANCHOR
            is KeyErrand.RaiseAnchor -> Errand.RAISE_ANCHOR
        }

        /** `{link}` is the service's own. */
        fun enrolmentLink(text: String?, service: String) = secret(text?.replace("{link}", service) ?: service)

        fun secret(text: String) = SecretBytes(text.encodeToByteArray())

        /** `uri` or `uri_hex`, filled up with the letter `a`. */
        fun link(text: String?, hex: String?, filledTo: Int?): ByteArray {
            require((text == null) != (hex == null)) { "a link is given as text or in hexadecimal" }
            val link = text?.encodeToByteArray() ?: hex!!.hexToByteArray()
            val filling = ByteArray(((filledTo ?: link.size) - link.size).coerceAtLeast(0)) { 'a'.code.toByte() }
            return link.copyOf(minOf(link.size, filledTo ?: link.size)) + filling
        }
    }
}
