package jp.warifu.tests

import jp.warifu.BootId
import jp.warifu.DeviceClock
import jp.warifu.DeviceTime
import jp.warifu.EntryId
import jp.warifu.Face
import jp.warifu.KdfCost
import jp.warifu.KeyGate
import jp.warifu.KeyName
import jp.warifu.KeyProtector
import jp.warifu.KeyUse
import jp.warifu.NewSlot
import jp.warifu.PinHardware
import jp.warifu.SecretBytes
import jp.warifu.Token
import jp.warifu.Unlock
import jp.warifu.VaultId
import jp.warifu.WarifuException
import kotlinx.coroutines.runBlocking
import java.io.File
import java.net.UnixDomainSocketAddress
import java.nio.ByteBuffer
import java.nio.channels.SocketChannel
import kotlin.test.assertFailsWith
import kotlin.time.Duration.Companion.seconds
import kotlin.time.Instant

/**
 * The process whose memory `tests/residue_jvm.rs` reads: it lives a token's life, and stands still at each
 * point of interest. Its key store lives in the other process.
 */
object ResidueChild {
    private val clock =
        DeviceClock { DeviceTime(Instant.fromEpochSeconds(1_800_000_000), 1.seconds, BootId.ofCount(1)) }
    private val cost = KdfCost(memoryKib = 256, passes = 2, lanes = 2)

    @JvmStatic
    fun main(args: Array<String>) {
        Link(args.single()).use { link ->
            val folder = File(link.receive().second.decodeToString())
            runBlocking {
                holdAndForget(link)
                liveOnAPhone(link, File(folder, "phone"))
                liveOnAPc(link, File(folder, "pc"))
            }
            link.send(Link.END)
        }
    }

    private fun holdAndForget(link: Link) {
        val pin = link.give("first PIN")
        link.standStill("a PIN is held")
        pin.wipe()
        link.standStill("a PIN is forgotten")
    }

    private suspend fun liveOnAPhone(link: Link, file: File) {
        val token = Token.createOnDevice(file, clock, ParentsKeyStore(link))
        link.standStill("unlocked: made")
        val ids = addAll(link, token)
        link.standStill("unlocked: entries were added")
        token.slots.set(NewSlot.Pin(link.give("first PIN"), PinHardware.MAC, 5, cost))
        link.standStill("unlocked: the PIN is set")
        showCodes(link, token)
        link.standStill("unlocked: codes were made")
        token.lock()
        link.standStill("locked at first")
        assertFailsWith<WarifuException.WrongPin> { token.unlock(Unlock.Pin(link.give("wrong PIN"))) }
        link.standStill("after the failed unlock")
        token.unlock(Unlock.Pin(link.give("first PIN")))
        link.standStill("unlocked: by PIN")
        token.slots.set(NewSlot.Pin(link.give("second PIN"), PinHardware.UNWRAP, 5, cost))
        token.entries.rename(ids[0], "Another Bank", null)
        token.entries.remove(ids[1])
        showCodes(link, token)
        link.standStill("unlocked: changed")
        token.lock()
        token.unlock(Unlock.Pin(link.give("second PIN")))
        token.lock()
        link.standStill("after the lock")
        System.gc()
        link.standStill("after the lock and a collection")
        token.close()
    }

    private suspend fun liveOnAPc(link: Link, file: File) {
        val token = Token.create(file, link.give("first passphrase"), clock, cost = cost)
        addAll(link, token)
        showCodes(link, token)
        token.lock()
        val wrong = Unlock.Passphrase(link.give("wrong passphrase"))
        assertFailsWith<WarifuException.WrongPassphrase> { token.unlock(wrong) }
        link.standStill("after the wrong passphrase")
        token.unlock(Unlock.Passphrase(link.give("first passphrase")))
        token.slots.changePassphrase(link.give("first passphrase"), link.give("second passphrase"), cost)
        token.lock()
        link.standStill("after the PC's lock")
        System.gc()
        link.standStill("after the PC's lock and a collection")
        token.close()
    }

    private suspend fun addAll(link: Link, token: Token): List<EntryId> =
        generateSequence(0) { it + 1 }.map { link.give("uri $it") }.takeWhile { it.size > 0 }.toList()
            .map { token.entries.add(it).id }

    private suspend fun showCodes(link: Link, token: Token) {
        for (face in token.screen().cards.mapNotNull { it.face as? Face.Totp }) {
            listOf(face.code, face.next).forEach { link.ask(Link.CODE, it.digits().encodeToByteArray()) }
        }
    }

    private class ParentsKeyStore(private val link: Link) : KeyProtector {
        override suspend fun create(key: KeyName, usage: KeyUse, gate: KeyGate) = done(Link.CREATE, key)

        override suspend fun find(key: KeyName) = done(Link.FIND, key)

        override suspend fun wrap(key: KeyName, plaintext: SecretBytes) = bytes(Link.WRAP, key, plaintext.expose())

        override suspend fun unwrap(key: KeyName, wrapped: ByteArray) = SecretBytes(bytes(Link.UNWRAP, key, wrapped))

        override suspend fun mac(key: KeyName, message: SecretBytes) =
            SecretBytes(bytes(Link.MAC, key, message.expose()))

        override suspend fun delete(key: KeyName) = done(Link.DELETE, key)

        override suspend fun readAnchor(vault: VaultId): Long? =
            link.ask(Link.READ_ANCHOR).takeIf { it.isNotEmpty() }?.let { ByteBuffer.wrap(it).getLong() }

        override suspend fun raiseAnchor(vault: VaultId, generation: Long) {
            link.ask(Link.RAISE_ANCHOR, ByteBuffer.allocate(Long.SIZE_BYTES).putLong(generation).array())
        }

        private fun done(kind: Char, key: KeyName) {
            link.ask(kind, key.alias.encodeToByteArray())
        }

        private fun bytes(kind: Char, key: KeyName, contents: ByteArray): ByteArray {
            link.send(kind, key.alias.encodeToByteArray())
            return link.ask(Link.BYTES, contents)
        }
    }

    /** Frames over a socket, by one buffer outside of the heap that is wiped after each. */
    private class Link(socket: String) : AutoCloseable {
        private val channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))
        private val buffer = ByteBuffer.allocateDirect(SIZE)

        fun give(what: String) = SecretBytes(ask(GIVE, what.encodeToByteArray()))

        fun standStill(place: String) {
            ask(STANDSTILL, place.encodeToByteArray())
        }

        fun ask(kind: Char, contents: ByteArray = ByteArray(0)): ByteArray {
            send(kind, contents)
            return receive().second
        }

        fun send(kind: Char, contents: ByteArray = ByteArray(0)) {
            buffer.clear().put(kind.code.toByte()).putInt(contents.size)
            everyOther(contents.size) { buffer.put(HEAD + it, contents[it]) }
            buffer.position(HEAD + contents.size).flip()
            while (buffer.hasRemaining()) channel.write(buffer)
            wipe()
        }

        fun receive(): Pair<Char, ByteArray> {
            read(HEAD)
            val (kind, size) = buffer.get().toInt().toChar() to buffer.getInt()
            read(size)
            val contents = ByteArray(size)
            everyOther(size) { contents[it] = buffer.get(it) }
            wipe()
            return kind to contents
        }

        private fun read(size: Int) {
            buffer.clear().limit(size)
            while (buffer.hasRemaining()) check(channel.read(buffer) >= 0) { "the other process is gone" }
            buffer.flip()
        }

        private fun wipe() {
            buffer.clear().put(ByteArray(SIZE))
        }

        /** As the layer copies: a copy as a whole goes through the machine's vector registers. */
        private inline fun everyOther(size: Int, copy: (Int) -> Unit) {
            for (parity in 0..1) for (at in parity until size step 2) copy(at)
        }

        override fun close() {
            channel.close()
        }

        companion object {
            const val SIZE = 4096
            const val HEAD = 1 + Int.SIZE_BYTES
            const val GIVE = 'g'
            const val STANDSTILL = '!'
            const val CODE = 'c'
            const val END = '.'
            const val CREATE = 'C'
            const val FIND = 'F'
            const val WRAP = 'W'
            const val UNWRAP = 'U'
            const val MAC = 'M'
            const val DELETE = 'D'
            const val READ_ANCHOR = 'R'
            const val RAISE_ANCHOR = 'A'
            const val BYTES = 'b'
        }
    }
}
