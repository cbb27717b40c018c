package jp.warifu.android

import android.content.Context
import android.hardware.biometrics.BiometricManager.Authenticators.BIOMETRIC_STRONG
import android.hardware.biometrics.BiometricPrompt
import android.hardware.biometrics.BiometricPrompt.CryptoObject
import android.os.Build
import android.os.CancellationSignal
import jp.warifu.KeyRefusal
import jp.warifu.KeyRefusedException
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import java.util.concurrent.Executor
import kotlin.time.Duration.Companion.seconds

/** Why a person is asked for a finger or the face. */
public enum class PromptPurpose {
    /** Biometrics are being added to the ways that open the token. */
    ADD,

    /** The token is being unlocked. */
    UNLOCK,
}

/**
 * What a prompt says.
 *
 * @property title Its first line: why it is there.
 * @property cancel The button that ends it, like "Use the PIN".
 * @property description More, if there is more to say.
 */
public class PromptText(
    public val title: CharSequence,
    public val cancel: CharSequence,
    public val description: CharSequence? = null,
)

/**
 * The platform's own prompt for a finger or the face. The system draws it and checks what the sensor sees; an app gives
 * its words, and is told what came of it.
 *
 * The system shows prompts of the app in front alone. One that is begun behind another, or left, ends as
 * [KeyRefusal.CANCELLED].
 *
 * @param context Any of the app's.
 * @param text What to say; asked for each prompt, so that it is in the language of the moment.
 */
public class BiometricPrompts(private val context: Context, private val text: (PromptPurpose) -> PromptText) {
    /** Comes back when the operation may go on; refuses if the person did not show to be there. */
    internal suspend fun authenticate(operation: CryptoObject, purpose: PromptPurpose) {
        val ended = CompletableDeferred<Unit>()
        val signal = CancellationSignal()
        prompt(text(purpose), ended).authenticate(operation, signal, AT_ONCE, Outcome(ended))
        try {
            ended.await()
        } catch (cancelled: CancellationException) {
            signal.cancel()
            // The system says when its window is away. A prompt that comes before may be taken for this one.
            withContext(NonCancellable) { withTimeoutOrNull(PATIENCE) { ended.join() } }
            throw cancelled
        }
    }

    private fun prompt(text: PromptText, ended: CompletableDeferred<Unit>): BiometricPrompt =
        BiometricPrompt.Builder(context).run {
            setTitle(text.title)
            text.description?.let(::setDescription)
            setNegativeButton(text.cancel, AT_ONCE) { _, _ -> ended.refuse(KeyRefusal.CANCELLED) }
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) setAllowedAuthenticators(BIOMETRIC_STRONG)
            build()
        }

    private class Outcome(private val ended: CompletableDeferred<Unit>) :
        BiometricPrompt.AuthenticationCallback() {
        override fun onAuthenticationSucceeded(result: BiometricPrompt.AuthenticationResult) {
            ended.complete(Unit)
        }

        // A wrong finger is no end: the prompt says so and stays.

        override fun onAuthenticationError(errorCode: Int, errString: CharSequence?) {
            ended.refuse(refusalOf(errorCode))
        }
    }

    private companion object {
        private val AT_ONCE = Executor { it.run() }
        private val PATIENCE = 1.seconds

        private fun CompletableDeferred<Unit>.refuse(refusal: KeyRefusal) {
            completeExceptionally(KeyRefusedException(refusal))
        }

        private fun refusalOf(error: Int): KeyRefusal = when (error) {
            BiometricPrompt.BIOMETRIC_ERROR_CANCELED,
            BiometricPrompt.BIOMETRIC_ERROR_USER_CANCELED,
            BiometricPrompt.BIOMETRIC_ERROR_TIMEOUT,
            -> KeyRefusal.CANCELLED

            BiometricPrompt.BIOMETRIC_ERROR_LOCKOUT,
            BiometricPrompt.BIOMETRIC_ERROR_LOCKOUT_PERMANENT,
            -> KeyRefusal.LOCKED_OUT

            BiometricPrompt.BIOMETRIC_ERROR_NO_BIOMETRICS,
            BiometricPrompt.BIOMETRIC_ERROR_NO_DEVICE_CREDENTIAL,
            -> KeyRefusal.NOT_ENROLLED

            else -> KeyRefusal.UNAVAILABLE
        }
    }
}
