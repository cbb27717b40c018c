package jp.warifu.app

import jp.warifu.Marker
import jp.warifu.Token
import jp.warifu.WarifuException
import kotlinx.coroutines.withContext
import java.io.File
import java.io.IOException

/**
 * The marker, which is all that a backup has of a token, and the banks of a token that is no more: where the customer has
 * to register anew. A token is as good without either, so a disk that fails is no trouble.
 */
internal class Markers(private val parts: Parts) {
    private val marker = parts.marker
    private val moved = beside("moved")
    private val erased = beside("erased")

    /** What a backup may hold follows what there is. Whoever registered with a bank anew is done with it. */
    suspend fun write(now: Marker) = onDisk(Unit) {
        marker.replace(now.banks)
        for (list in listOf(moved, erased)) {
            val left = banksIn(list).filterNot { lost -> now.banks.any { it.issuer == lost.issuer } }
            if (left.isEmpty()) list.delete() else list.replace(left)
        }
    }

    /** What is still to be registered anew, with a token there or without one. */
    suspend fun lost(hasToken: Boolean): Lost = onDisk(Lost(emptyList(), isErased = false)) {
        val lists = listOfNotNull(moved, erased, marker.takeUnless { hasToken })
        Lost(lists.flatMap(::banksIn).distinct(), isErased = erased.exists())
    }

    /** The token of the marker is no more. Its banks are kept apart from those of the next one. */
    suspend fun setAside(isErased: Boolean = erased.exists()) = onDisk(Unit) {
        val list = if (isErased) erased else moved
        val banks = (banksIn(list) + banksIn(marker)).distinct()
        if (banks.isNotEmpty()) list.replace(banks)
    }

    /** The customer does not want to be told of them any more. */
    suspend fun forgetLost(hasToken: Boolean) = onDisk(Unit) {
        for (list in listOfNotNull(moved, erased, marker.takeUnless { hasToken })) list.delete()
    }

    private fun banksIn(file: File): List<Marker.Bank> {
        if (!file.exists() || file.length() > MOST) return emptyList()
        return try {
            Token.readMarker(file.readText()).banks
        } catch (_: WarifuException) {
            emptyList()
        }
    }

    /** At once or not at all: a disk that is full leaves what was there. */
    private fun File.replace(banks: List<Marker.Bank>) {
        val new = beside("new")
        new.writeText(Token.writeMarker(Marker(banks)))
        if (!new.renameTo(this)) new.delete()
    }

    private fun beside(ending: String) = File("${marker.path}.$ending")

    private suspend fun <T> onDisk(otherwise: T, work: () -> T): T = withContext(parts.dispatcher) {
        try {
            work()
        } catch (_: IOException) {
            otherwise
        }
    }

    /**
     * Banks of a token that is no more.
     *
     * @property isErased Whether it was erased on this very device.
     */
    class Lost(val banks: List<Marker.Bank>, val isErased: Boolean)

    private companion object {
        /** In bytes: far more than the core's own bound on credentials makes. */
        const val MOST = 4L shl 20
    }
}
