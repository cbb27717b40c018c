package jp.warifu.app.view

import android.content.Context
import android.text.SpannableString
import android.text.SpannableStringBuilder
import android.text.Spanned
import android.text.style.TtsSpan
import jp.warifu.app.ErrorTexts
import jp.warifu.app.R
import jp.warifu.app.state.Words
import java.text.DateFormat
import java.util.Date
import kotlin.time.Instant

/** The words in the language of the screen. */
fun Context.say(words: Words): String =
    getString(words.id, *words.fills.map { if (it is Words) say(it) else it }.toTypedArray())

/** What happened, by its support code, and what to do next. */
fun Context.sayTrouble(supportCode: String?): Pair<String, String> {
    val (what, next) = supportCode?.let(ErrorTexts::of)
        ?: intArrayOf(R.string.unexpected_what, R.string.unexpected_next)
    return getString(what) to getString(next)
}

/** A moment as people here write it. */
fun Context.sayMoment(at: Instant): String {
    // The app's own language, which may be another than the device's.
    val language = resources.configuration.locales[0]
    return DateFormat.getDateTimeInstance(DateFormat.MEDIUM, DateFormat.SHORT, language)
        .format(Date(at.toEpochMilliseconds()))
}

/**
 * A sentence with a code in it, of which each digit is to be read by itself. How a digit sounds is the voice's own
 * matter, in whichever language it speaks.
 */
fun Context.spelled(id: Int, code: String): CharSequence {
    val digits = code.filter { it != ' ' }
    val sentence = getString(id, digits)
    val at = sentence.indexOf(digits)
    return SpannableString(sentence).apply {
        setSpan(TtsSpan.DigitsBuilder(digits).build(), at, at + digits.length, Spanned.SPAN_EXCLUSIVE_EXCLUSIVE)
    }
}

/** The same of letters and digits: each is read by itself. */
fun Context.spelledVerbatim(id: Int, text: String): CharSequence {
    val sentence = getString(id, text)
    val at = sentence.indexOf(text)
    return SpannableStringBuilder(sentence).apply {
        val span = TtsSpan.VerbatimBuilder(text.filter { it != ' ' }).build()
        setSpan(span, at, at + text.length, Spanned.SPAN_EXCLUSIVE_EXCLUSIVE)
    }
}
