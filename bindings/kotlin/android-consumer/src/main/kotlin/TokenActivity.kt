import android.app.Activity
import android.os.Bundle
import android.view.WindowManager.LayoutParams.FLAG_SECURE
import android.widget.TextView
import jp.warifu.*
import jp.warifu.android.*
import kotlinx.coroutines.*
import java.io.File

class TokenActivity : Activity() {
    private val scope = CoroutineScope(Job())
    private val text by lazy { TextView(this) }

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        window.addFlags(FLAG_SECURE)
        setContentView(text)
        val keys = KeystoreKeyProtector(this, BiometricPrompts(this) { PromptText(title = "Unlock", cancel = "Use the PIN") })
        val clock = AndroidDeviceClock(this)
        val file = File(noBackupFilesDir, "token.warifu")
        val visibility = Visibility(this)
        scope.launch {
            val token = if (file.exists()) Token.open(file, clock, keys) else Token.createOnDevice(file, clock, keys)
            token.use {
                if (!token.isUnlocked) token.unlock(Unlock.Device)
                token.screensWhile(visibility).collect { screen -> runOnUiThread { draw(screen) } }
            }
        }
    }

    private fun draw(screen: Screen) {
        text.text = screen.cards.joinToString("\n") { card -> "${card.names.issuer}: ${(card.face as? Face.Totp)?.code?.grouped()}" }
    }

    override fun onStop() {
        text.text = ""
        super.onStop()
    }

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }
}
