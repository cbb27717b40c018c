package jp.warifu.app.view

import android.content.Context
import android.text.InputType
import android.view.View
import android.widget.LinearLayout
import jp.warifu.app.R
import jp.warifu.app.Session
import jp.warifu.app.state.Offered
import jp.warifu.app.state.Page

/** The ways in. */
fun Context.ways(page: Page.Add, session: Session, does: Does): View {
    val adding = session.adding
    val heading = when {
        page.restored.isNotEmpty() && page.isErased -> R.string.erased_heading
        page.restored.isNotEmpty() -> R.string.restored_heading
        page.isFirst -> R.string.first_heading
        else -> R.string.add_heading
    }
    return page(getString(heading)) { look ->
        explained(page, look)
        page.pending?.let { host ->
            paragraph(getString(R.string.pending_explain, host), look)
            button(getString(R.string.pending_go_on), look, isMain = true, press = adding::resume)
            button(getString(R.string.pending_discard), look, press = adding::discard)
        }
        if (page.isUnreadable) {
            paragraph(getString(R.string.pending_unreadable), look)
            button(getString(R.string.pending_discard), look, press = adding::discard)
        }
        if (page.pending != null || page.isUnreadable) {
            ending(page, session, look)
            return@page
        }
        paragraph(getString(R.string.first_choose), look, look.faint)
        page.bank?.let {
            button(getString(R.string.first_from_bank, it), look, isMain = true, press = adding::offerBank)
        }
        if (does.hasCamera()) {
            button(
                getString(R.string.first_scan),
                look,
                isMain = page.bank == null,
                press = does::scan,
            )
        }
        button(getString(R.string.first_picture), look, press = does::choosePicture)
        button(getString(R.string.first_link), look, press = adding::paste)
        if (page.restored.isNotEmpty()) button(getString(R.string.lost_done), look, press = adding::forgetLost)
        ending(page, session, look)
    }
}

/** Back to the codes; or, where there are none yet, to what there is for whoever cannot get any further. */
private fun LinearLayout.ending(page: Page.Add, session: Session, look: Look) {
    if (page.isFirst) {
        button(context.getString(R.string.help), look, press = session.managing::help)
    } else {
        button(context.getString(R.string.back), look) { session.back() }
    }
}

private fun LinearLayout.explained(page: Page.Add, look: Look) {
    when {
        page.restored.isNotEmpty() -> {
            val explain = if (page.isErased) R.string.erased_explain else R.string.restored_explain
            paragraph(context.getString(explain), look)
            page.restored.forEach { words("・" + context.restored(it), 18f, look.text).below(look.dp(8)) }
            section(context.getString(R.string.register_anew), look)
        }

        page.isFirst -> paragraph(context.getString(R.string.first_explain), look)
    }
}

private fun Context.restored(bank: jp.warifu.Marker.Bank): String {
    val name = bank.issuer ?: getString(R.string.no_name)
    return bank.lastFour?.let { getString(R.string.restored_bank, name, it) } ?: name
}

/** A link is pasted. */
fun Context.paste(session: Session, does: Does): View = page(getString(R.string.paste_heading)) { look ->
    paragraph(getString(R.string.paste_explain), look)
    val link = field(getString(R.string.link), look, InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_VARIATION_URI)
        .keptIn(session.drafts, R.string.link)
    button(getString(R.string.key_paste), look) { does.pasted()?.let(link::setText) }
    button(getString(R.string.go_on), look, isMain = true) { session.adding.offer(link.text.toString()) }
    button(getString(R.string.cancel), look) { session.back() }
}

/** What would be added, before it is. */
fun Context.offer(page: Page.Offer, session: Session): View = page(getString(R.string.offer_heading)) { look ->
    var code: (() -> String)? = null
    when (val offered = page.offered) {
        is Offered.Credential -> credential(offered, look)

        is Offered.Service -> {
            paragraph(getString(R.string.offer_service_explain), look)
            named(getString(R.string.service), offered.host, look)
            if (offered.asksForCode) {
                val typed = field(getString(R.string.activation_code), look, InputType.TYPE_CLASS_PHONE)
                    .keptIn(session.drafts, R.string.activation_code)
                paragraph(getString(R.string.activation_explain), look, look.faint)
                code = { typed.text.toString() }
            }
        }
    }
    button(getString(R.string.register), look, isMain = true) { session.adding.accept(code?.invoke().orEmpty()) }
    button(getString(R.string.cancel), look) { session.back() }
}

private fun LinearLayout.credential(offered: Offered.Credential, look: Look) {
    val none = context.getString(R.string.none)
    paragraph(context.getString(R.string.offer_explain), look)
    named(context.getString(R.string.issuer), offered.names.issuer ?: none, look)
    named(context.getString(R.string.account), offered.names.account ?: none, look)
    val kind = if (offered.isOnRequest) R.string.kind_hotp else R.string.kind_totp
    named(context.getString(R.string.kind), context.getString(kind), look)
    if (offered.isWeak) paragraph(context.getString(R.string.weak), look)
}
