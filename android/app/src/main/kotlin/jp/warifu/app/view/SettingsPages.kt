package jp.warifu.app.view

import android.content.Context
import android.view.View
import android.widget.LinearLayout
import jp.warifu.app.R
import jp.warifu.app.Session
import jp.warifu.app.state.NamedEntry
import jp.warifu.app.state.Page

/** The settings. */
fun Context.settings(page: Page.Settings, session: Session, does: Does): View =
    page(getString(R.string.heading_settings)) { look ->
        val managing = session.managing
        row(getString(R.string.lock_heading), look, say(page.lock), session.locks::open)
        if (page.isLocking) row(getString(R.string.lock_now), look, press = session::lock)
        section(getString(R.string.section_entries), look)
        page.entries.forEach { entry -> row(title(entry), look, subtitle(entry)) { managing.open(entry) } }
        section(getString(R.string.time), look)
        page.clock.forEach { paragraph(say(it), look) }
        row(getString(R.string.check_time), look, press = managing::sync)
        languages(page.language, look, does)
        section(getString(R.string.help), look)
        help(session, look, does)
        button(getString(R.string.back), look) { session.back() }
    }

/** What there is for whoever cannot get any further. */
fun Context.help(page: Page.Help, session: Session, does: Does): View = page(getString(R.string.help)) { look ->
    help(session, look, does)
    languages(page.language, look, does)
    button(getString(R.string.back), look) { session.back() }
}

private fun LinearLayout.help(session: Session, look: Look, does: Does) {
    row(context.getString(R.string.heading_report), look, press = does::report)
    row(context.getString(R.string.heading_about), look, press = session.managing::about)
}

private fun LinearLayout.languages(chosen: String?, look: Look, does: Does) {
    section(context.getString(R.string.language), look)
    for ((tag, name) in LANGUAGES) {
        val isSpoken = chosen == tag
        val more = context.getString(R.string.chosen).takeIf { isSpoken }
        row(context.getString(name), look, more) { does.speak(tag) }.isSelected = isSpoken
    }
}

/** One credential's names, and the way to remove it. */
fun Context.entry(page: Page.OfEntry, session: Session): View = page(getString(R.string.rename)) { look ->
    paragraph(getString(R.string.rename_explain), look)
    val issuer = field(getString(R.string.issuer), look)
        .keptIn(session.drafts, R.string.issuer, page.entry.names.issuer)
    val account = field(getString(R.string.account), look)
        .keptIn(session.drafts, R.string.account, page.entry.names.account)
    button(getString(R.string.save), look, isMain = true) {
        session.managing.rename(page.entry, issuer.text.toString(), account.text.toString())
    }
    button(getString(R.string.remove), look) { session.managing.offerRemoval(page.entry) }
    button(getString(R.string.back), look) { session.back() }
}

/** Whether it shall be removed, and what that means. */
fun Context.remove(page: Page.Remove, session: Session): View = page(getString(R.string.remove_heading)) { look ->
    named(getString(R.string.issuer), title(page.entry), look)
    subtitle(page.entry)?.let { named(getString(R.string.account), it, look) }
    paragraph(getString(R.string.remove_explain), look)
    button(getString(R.string.remove), look, isMain = true) { session.managing.remove(page.entry) }
    button(getString(R.string.cancel), look) { session.back() }
}

/** What a call centre asks for. */
fun Context.report(page: Page.Report, session: Session, does: Does): View =
    page(getString(R.string.heading_report)) { look ->
        paragraph(getString(R.string.report_explain), look, look.faint)
        val lines = page.lines.map(::say)
        lines.forEach { paragraph(it, look) }
        button(getString(R.string.key_copy), look, isMain = true) { does.copyPlain(lines.joinToString("\n")) }
        button(getString(R.string.back), look) { session.back() }
    }

/** What this app is, and what it is made of. */
fun Context.about(session: Session): View = page(getString(R.string.heading_about)) { look ->
    paragraph(getString(R.string.about_explain), look)
    section(getString(R.string.licences), look)
    paragraph(resources.openRawResource(R.raw.licences).use { it.readBytes().decodeToString().trim() }, look)
    button(getString(R.string.back), look) { session.back() }
}

private fun Context.title(entry: NamedEntry) = entry.names.run { issuer ?: account } ?: getString(R.string.no_name)

private fun subtitle(entry: NamedEntry) = entry.names.run { account.takeIf { issuer != null } }

private val LANGUAGES = listOf(
    null to R.string.language_system,
    "ja" to R.string.language_ja,
    "en" to R.string.language_en,
)
