package jp.warifu.app

import android.content.Context
import android.content.pm.PackageManager
import android.hardware.biometrics.BiometricManager
import android.os.Build

/** What the phone has of biometrics. */
internal object Biometrics {
    /**
     * Whether it knows fingers or faces as surely as a key asks for: class 3, strong. Nobody has to be enrolled. Before
     * Android 11 no phone tells how sure it is.
     */
    fun canOpen(context: Context): Boolean = when {
        Build.VERSION.SDK_INT >= Build.VERSION_CODES.R ->
            manager(context).canAuthenticate(BiometricManager.Authenticators.BIOMETRIC_STRONG) != NONE

        Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q -> {
            @Suppress("DEPRECATION")
            manager(context).canAuthenticate() != NONE
        }

        else -> context.packageManager.hasSystemFeature(PackageManager.FEATURE_FINGERPRINT)
    }

    private fun manager(context: Context): BiometricManager = context.getSystemService(BiometricManager::class.java)

    private const val NONE = BiometricManager.BIOMETRIC_ERROR_NO_HARDWARE
}
