package jp.warifu.app

import android.app.LocaleManager
import android.content.Context
import android.content.res.Configuration
import android.os.Build
import android.os.LocaleList
import java.util.Locale

/** The language that was chosen for this app alone: the system keeps it since Android 13, the app before. */
class Language(private val app: Context) {
    private val kept = app.getSharedPreferences("language", Context.MODE_PRIVATE)

    /** Its tag, or null for the device's own. */
    var chosen: String?
        get() = if (isSystems) {
            manager().applicationLocales.takeIf {
                !it.isEmpty
            }?.get(0)?.language
        } else {
            kept.getString(TAG, null)
        }
        set(tag) {
            if (isSystems) {
                manager().applicationLocales = tag?.let(LocaleList::forLanguageTags) ?: LocaleList.getEmptyLocaleList()
            } else {
                kept.edit().putString(TAG, tag).apply()
            }
        }

    /** A context that speaks it. */
    fun over(context: Context): Context {
        val tag = if (isSystems) null else chosen
        val locale = Locale.forLanguageTag(tag ?: return context)
        return context.createConfigurationContext(Configuration().apply { setLocale(locale) })
    }

    private fun manager(): LocaleManager = app.getSystemService(LocaleManager::class.java)

    private companion object {
        const val TAG = "tag"
        val isSystems = Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU
    }
}
