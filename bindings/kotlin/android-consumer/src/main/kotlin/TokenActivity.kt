import android.app.Activity
import android.os.Bundle
import android.view.WindowManager.LayoutParams.FLAG_SECURE
import android.widget.TextView
import jp.warifu.*
import jp.warifu.android.*
import kotlinx.coroutines.*
import java.io.File

class TokenActivity : Activity() {
    private val scope by lazy { CoroutineScope(mainExecutor.asCoroutineDispatcher()) }
    private val codes by lazy { TextView(this) }

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        window.addFlags(FLAG_SECURE) // no screenshots
        setContentView(codes)
        val visibility = Visibility(this)
        val prompts = BiometricPrompts(this) { PromptText(title = "Unlock your token", cancel = "Use the PIN") }
        val (clock, keys) = AndroidDeviceClock(this) to KeystoreKeyProtector(this, prompts)
        val file = File(noBackupFilesDir, "token.warifu")
        scope.launch {
            val token = if (file.exists()) Token.open(file, clock, keys) else Token.createOnDevice(file, clock, keys)
            token.use {
                if (!token.isUnlocked) token.unlock(Unlock.Device)
                token.screensWhile(visibility).collect { codes.text = it.cards.joinToString("\n", transform = ::line) }
            }
        }
    }

    private fun line(card: Card) = "${card.names.issuer}: ${(card.face as? Face.Totp)?.code?.grouped()}"

    override fun onStop() = super.onStop().also { codes.text = "" } // nothing that has died meanwhile is seen again

    override fun onDestroy() = super.onDestroy().also { scope.cancel() }
}
