package jp.warifu.android

import jp.warifu.VaultId
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test

class AnchorsTest : OnKeystore() {
    @Test
    fun `an anchor never falls`() = runBlocking<Unit> {
        val keys = protector()
        assertNull(keys.readAnchor(vault))
        for ((raised, kept) in listOf(3L to 3L, 2L to 3L, 3L to 3L, 10L to 10L, 9L to 10L)) {
            keys.raiseAnchor(vault, raised)
            assertEquals(kept, keys.readAnchor(vault))
            assertEquals("old ones are left", 1, FakeAndroidKeyStore.keys.size)
        }
    }

    @Test
    fun `an anchor that was cut short is the greater, and is mended`() = runBlocking<Unit> {
        val keys = protector()
        keys.raiseAnchor(vault, 3)
        FakeAndroidKeyStore.keys["warifu.${vault.hex}.anchor.4"] = FakeAndroidKeyStore.keys.values.single()
        assertEquals(4L, keys.readAnchor(vault))
        keys.raiseAnchor(vault, 4)
        assertEquals(listOf("warifu.${vault.hex}.anchor.4"), FakeAndroidKeyStore.keys.keys.toList())
    }

    @Test
    fun `each vault has its own anchor`() = runBlocking<Unit> {
        val keys = protector()
        val other = VaultId(vault.hex.reversed())
        keys.raiseAnchor(vault, 7)
        assertNull(keys.readAnchor(other))
        keys.raiseAnchor(other, 2)
        assertEquals(7L to 2L, keys.readAnchor(vault) to keys.readAnchor(other))
    }
}
