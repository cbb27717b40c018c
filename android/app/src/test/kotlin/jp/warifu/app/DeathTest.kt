package jp.warifu.app

import jp.warifu.app.state.NamedEntry
import jp.warifu.app.state.Offered
import jp.warifu.app.state.Page
import jp.warifu.app.state.Words
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** Where a PIN opens the app, a process that ends comes back locked from every page, and a rotation keeps every page. */
@RunWith(RobolectricTestRunner::class)
@Config(application = PhoneApp::class)
class DeathTest {
    @Test
    fun aProcessThatEndsComesBackLocked() = withPin { phone ->
        for (open in pages(phone)) {
            open()
            phone.settle()
            phone.restart()
            phone.awaitKeys()
            assertEquals("ロックされています", phone.texts().first())
            assertFalse(phone.texts().any { "637" in it || "割符銀行" in it })
            phone.typePin("2580", "開く")
            phone.awaitText("637 009")
        }
    }

    @Test
    fun aRotationKeepsEveryPage() = withPin { phone ->
        for (open in pages(phone)) {
            open()
            phone.settle()
            val (page, texts) = phone.session.page.value to phone.texts()
            phone.controller().recreate()
            phone.settle()
            assertEquals(page, phone.session.page.value)
            assertEquals(texts, phone.texts())
        }
    }

    private fun pages(phone: Phone): List<() -> Unit> = phone.session.run {
        val entry = runBlocking { checkNotNull(token).entries.list().single().let { NamedEntry(it.id, it.names) } }
        fun shown(page: Page): () -> Unit = { phone.session.show(page) }
        listOf(
            shown(Page.Offer(Offered.Credential(entry.names, isOnRequest = false, isWeak = false))),
            shown(Page.Busy(Words(R.string.registering))),
            shown(Page.Report(listOf(Words(R.string.lock_is_pin)))),
            shown(Page.Help(null)),
            { phone.session.managing.open().also { phone.awaitPage<Page.Settings>() } },
            { phone.session.locks.newPin().also { phone.awaitKeys() } },
            { phone.session.managing.remove(entry).also { phone.awaitKeys() } },
        )
    }
}
