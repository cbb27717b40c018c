package jp.warifu.android

import jp.warifu.VaultId

/**
 * A number for each vault, kept where an app's files cannot be put back: in the *name* of a key in Keystore. The key does
 * nothing. It blocks.
 */
internal class Anchors(private val keystore: Keystore) {
    /** The greatest: where a raise was cut short there are two. */
    fun read(vault: VaultId): Long? = generations(vault).maxOrNull()

    /** The new one is there before the old ones go. */
    fun raise(vault: VaultId, generation: Long) {
        val kept = generations(vault)
        if (kept.none { it >= generation }) keystore.createMark(beginning(vault) + generation)
        val newest = maxOf(generation, kept.maxOrNull() ?: generation)
        kept.filter { it < newest }.forEach { keystore.delete(beginning(vault) + it) }
    }

    private fun generations(vault: VaultId): List<Long> =
        keystore.names(beginning(vault)).mapNotNull { it.removePrefix(beginning(vault)).toLongOrNull() }

    private fun beginning(vault: VaultId) = "${vault.hex}.$ANCHOR."

    companion object {
        private const val ANCHOR = "anchor"

        /** No key of a slot is named so: there a slot's hexadecimal stands. */
        fun isAnchor(name: String): Boolean = name.split('.').getOrNull(1) == ANCHOR
    }
}
