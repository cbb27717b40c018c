package jp.warifu.android

import android.content.DialogInterface
import android.hardware.biometrics.BiometricPrompt
import android.hardware.biometrics.BiometricPrompt.AuthenticationCallback
import android.hardware.biometrics.BiometricPrompt.AuthenticationResult
import android.hardware.biometrics.BiometricPrompt.CryptoObject
import android.os.Bundle
import android.os.CancellationSignal
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.annotation.RealObject
import org.robolectric.util.ReflectionHelpers
import java.util.concurrent.Executor

/** Who sits before the phone when the system prompts. */
object Person {
    /** What the person, or the sensor, does with a prompt. */
    var does: (Prompt) -> Unit = Prompt::showFinger

    /** Those that there were. */
    val saw = mutableListOf<Prompt>()

    fun comes() {
        does = Prompt::showFinger
        saw.clear()
    }

    fun sees(prompt: Prompt) {
        saw += prompt
        does(prompt)
    }
}

/** A prompt of the system's, as it lies on the display. */
class Prompt(
    private val prompt: BiometricPrompt,
    private val crypto: CryptoObject,
    val signal: CancellationSignal,
    private val executor: Executor,
    private val callback: AuthenticationCallback,
) {
    fun showFinger() {
        crypto.cipher?.let(FakeAndroidKeyStore::allow)
        crypto.mac?.let(FakeAndroidKeyStore::allow)
        // Its one constructor differs from version to version.
        val constructor = AuthenticationResult::class.java.declaredConstructors.maxBy { it.parameterCount }
        constructor.isAccessible = true
        val others = constructor.parameterTypes.drop(1).map<Class<*>, Any?> { if (it == Int::class.java) 0 else null }
        val result = constructor.newInstance(crypto, *others.toTypedArray()) as AuthenticationResult
        executor.execute { callback.onAuthenticationSucceeded(result) }
    }

    /** The system says so, and lets the prompt stay. */
    fun showWrongFinger() = executor.execute { callback.onAuthenticationFailed() }

    fun end(error: Int) = executor.execute { callback.onAuthenticationError(error, "the system's own words") }

    fun pressButton() {
        val button = ReflectionHelpers.getField<Any>(prompt, "mNegativeButtonInfo")
        val pressed = ReflectionHelpers.getField<DialogInterface.OnClickListener>(button, "listener")
        ReflectionHelpers.getField<Executor>(button, "executor").execute { pressed.onClick(null, 0) }
    }

    /** Its first line; Android keeps it here or there. */
    fun title(): CharSequence? {
        val isOld = BiometricPrompt::class.java.declaredFields.any { it.name == "mBundle" }
        if (isOld) return ReflectionHelpers.getField<Bundle>(prompt, "mBundle").getCharSequence("title")
        return ReflectionHelpers.callInstanceMethod(ReflectionHelpers.getField<Any>(prompt, "mPromptInfo"), "getTitle")
    }
}

/** Hands each prompt to [Person] and draws none. */
@Implements(BiometricPrompt::class)
class PromptShadow {
    @RealObject
    lateinit var prompt: BiometricPrompt

    @Implementation
    fun authenticate(
        crypto: CryptoObject,
        signal: CancellationSignal,
        executor: Executor,
        callback: AuthenticationCallback,
    ) = Person.sees(Prompt(prompt, crypto, signal, executor, callback))
}
