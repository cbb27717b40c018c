package jp.warifu.app

import android.app.Application
import jp.warifu.UrlTransport
import jp.warifu.android.AndroidDeviceClock
import jp.warifu.android.BiometricPrompts
import jp.warifu.android.KeystoreKeyProtector
import jp.warifu.android.PromptPurpose
import jp.warifu.android.PromptText
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import java.io.File

/** The process: its token, and its clipboard. Both outlive an activity. */
open class TokenApp : Application() {
    /** What is shown, and what is behind it. */
    open val session: Session by lazy { Session(parts()) }

    /** Where codes are copied to. */
    val clipboard: CodeClipboard by lazy {
        CodeClipboard(this, session.parts.clock, CoroutineScope(SupervisorJob() + MainThread))
    }

    /** The language that the app speaks. */
    val language: Language by lazy { Language(this) }

    /** What it stands on: the device's own. */
    protected open fun parts(): Parts {
        val keys = KeystoreKeyProtector(this, BiometricPrompts(this, ::promptText))
        return Parts(
            clock = AndroidDeviceClock(this),
            keys = keys,
            http = UrlTransport(),
            vault = File(noBackupFilesDir, VAULT),
            marker = File(filesDir, MARKER),
            bank = bank(),
            forgetKeys = keys::deleteAll,
            binding = keys::bindingLevel,
        )
    }

    /** The bank of the resources. */
    protected fun bank(): Bank? {
        val link = getString(R.string.bank_link)
        return if (link.isEmpty()) null else Bank(getString(R.string.bank_name), link)
    }

    private fun promptText(purpose: PromptPurpose): PromptText {
        val words = language.over(this)
        val title = when (purpose) {
            PromptPurpose.ADD -> R.string.add_biometrics
            PromptPurpose.UNLOCK -> R.string.use_biometrics
        }
        return PromptText(words.getString(title), words.getString(R.string.cancel))
    }

    /** The names of its files. */
    companion object {
        /** In the folder that no backup has. */
        const val VAULT = "token.warifu"

        /** The one file that the backup's rules name. */
        const val MARKER = "marker"
    }
}
