use warifu::{
    clock::Certainty,
    credential::Label,
    token::{Card, ClockNotice, Face, Screen},
};

use super::{Block, Body, FaceView, LargeCard, Page, Row, TokensView};
use crate::{app::App, clock_text, instant, locale::Lang, texts};

/// From when on a code is said to change soon. The bank's page may take a moment to type it in.
const SOON_SECONDS: u64 = 5;

pub(super) fn tokens(app: &App, screen: &Screen) -> (Option<String>, Body, Vec<&'static str>) {
    let lang = app.lang;
    let Some(selected) = app.selected_card(screen) else {
        let page = Page {
            heading: texts::empty_heading(lang),
            blocks: vec![Block::Text(texts::empty_explain(lang).to_owned())],
        };
        return (None, Body::Page(page), keys(lang, None, false));
    };
    let rows: Vec<_> = screen.cards.iter().map(|card| row(app, card, card == selected)).collect();
    let all = rows.len();
    let at = rows.iter().position(|row| row.is_selected).unwrap_or_default().saturating_add(1);
    let page = (all > 1).then(|| texts::page(lang, &at, &all));
    let rows = if all > 1 { rows } else { Vec::new() };
    let large = large(app, selected);
    let checks = asks_for_a_check(screen);
    (page, Body::Tokens(TokensView { large, rows }), keys(lang, Some((selected, all)), checks))
}

/// What is to be told of the time; where nobody but this PC's own clock says what it is, that.
pub(super) fn clock_hint(app: &App, screen: &Screen) -> Option<String> {
    if let Some(notice) = screen.clock.notice {
        return Some(clock_text::notice(app.lang, notice));
    }
    let card = app.selected_card(screen)?;
    let Face::Totp { certainty: Certainty::Unsynced, .. } = card.face else { return None };
    Some(texts::clock_hint(app.lang).to_owned())
}

fn large(app: &App, card: &Card) -> LargeCard {
    let lang = app.lang;
    let text = |label: &Option<Label>| label.as_ref().map(Label::to_string);
    let names = &card.names;
    let (name, account) = match (text(&names.issuer), text(&names.account)) {
        (Some(issuer), account) => (issuer, account),
        (None, account) => (account.unwrap_or_default(), None),
    };
    let credential_id = names.credential_id.as_ref();
    LargeCard {
        name,
        account,
        credential_id: credential_id.map(|id| (texts::credential_id(lang), id.grouped())),
        face: face(app, card),
        weakness: card.weakness.map(|_| texts::weak(lang)),
    }
}

fn face(app: &App, card: &Card) -> FaceView {
    let lang = app.lang;
    match &card.face {
        Face::Totp { code, next, remaining, period, seconds_left, neighbour, .. } => {
            FaceView::Timed {
                code: code.clone(),
                remaining: (remaining.0, period.0),
                seconds: texts::seconds_left(lang, seconds_left),
                soon: (*seconds_left <= SOON_SECONDS).then(|| texts::changes_soon(lang)),
                next: match neighbour {
                    Some(neighbour) => (texts::try_instead(lang), neighbour.code.clone()),
                    None => (texts::next_code(lang), next.clone()),
                },
            }
        }
        Face::NeedsSync => FaceView::Text(texts::needs_sync(lang).to_owned()),
        Face::Hotp { .. } => match app.counter_code.as_ref().filter(|made| made.id == card.id) {
            Some(made) => {
                FaceView::Counted { code: made.code.clone(), hint: texts::counter_once(lang) }
            }
            None => FaceView::Text(texts::counter_press(lang).to_owned()),
        },
        Face::NotYet { from } => FaceView::Text(texts::not_yet(lang, &instant::minutes(*from))),
    }
}

fn row(app: &App, card: &Card, is_selected: bool) -> Row {
    let lang = app.lang;
    let (code, seconds) = match &card.face {
        Face::Totp { code, seconds_left, .. } => {
            (Ok(code.clone()), Some(texts::seconds_left(lang, seconds_left)))
        }
        Face::Hotp { .. } => match app.counter_code.as_ref().filter(|made| made.id == card.id) {
            Some(made) => (Ok(made.code.clone()), None),
            None => (Err(texts::counter_short(lang)), None),
        },
        Face::NeedsSync => (Err(texts::needs_sync_short(lang)), None),
        Face::NotYet { .. } => (Err(texts::not_yet_short(lang)), None),
    };
    let labels = [&card.names.issuer, &card.names.account].into_iter().flatten();
    let name = labels.map(Label::as_str).collect::<Vec<_>>().join("  ");
    Row { name, code, seconds, is_selected }
}

/// Whether what is told of the time is mended by checking it.
fn asks_for_a_check(screen: &Screen) -> bool {
    matches!(
        screen.clock.notice,
        Some(ClockNotice::Contradicted | ClockNotice::Stale | ClockNotice::NotSynced)
    )
}

fn keys(lang: Lang, selected: Option<(&Card, usize)>, checks: bool) -> Vec<&'static str> {
    let mut keys = Vec::new();
    let waits = matches!(selected, Some((Card { face: Face::NeedsSync, .. }, _)));
    if waits || checks {
        keys.push(texts::key_sync(lang));
    }
    if let Some((card, all)) = selected {
        if all > 1 {
            keys.push(texts::key_select(lang));
        }
        if matches!(card.face, Face::Hotp { .. }) {
            keys.push(texts::key_make(lang));
        }
        keys.push(texts::key_copy(lang));
    }
    keys.push(texts::key_add(lang));
    if selected.is_some() {
        keys.extend([texts::key_rename(lang), texts::key_remove(lang)]);
    }
    keys.extend([texts::key_lock(lang), texts::key_help(lang), texts::key_quit(lang)]);
    keys
}
