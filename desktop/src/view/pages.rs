use warifu::{
    clock::Implausible,
    credential::{EntryId, Label, Names},
    time::Uptime,
    token,
};

use super::{Block, Page};
use crate::{
    app::{
        AddForm, App, NewPassphraseForm, Preview, Reading, RenameField, RenameForm, Scene,
        ServicePreview,
    },
    failure::{Failure, Trouble},
    instant,
    locale::Lang,
    texts,
    typed::Typed,
};

type Keys = Vec<&'static str>;

/// The page of every scene but the codes.
pub(super) fn page(app: &App, scene: &Scene, reading: &Reading, now: Uptime) -> (Page, Keys) {
    let lang = app.lang;
    let tick = app.working.map(|work| now.since(work.since).0 / 100);
    let (heading, mut blocks, keys) = match scene {
        Scene::FirstStart(form) => first_start(lang, form, tick),
        Scene::Keyring => keyring(lang, tick),
        Scene::Unlock { passphrase, trouble } => unlock(lang, passphrase, trouble.as_ref(), tick),
        Scene::Add(form) => add(lang, form),
        Scene::Confirm(preview) => confirm(lang, preview),
        Scene::Enrol(preview) => enrol(lang, preview),
        Scene::Rename(form) => rename(lang, form),
        Scene::Remove(id) => remove(lang, *id, reading),
        Scene::Help => help(lang),
        Scene::Message(troubles) => (
            texts::message_heading(lang),
            troubles.iter().cloned().map(Block::Trouble).collect(),
            vec![texts::key_any_back(lang)],
        ),
        Scene::Tokens => ("", Vec::new(), Vec::new()),
    };
    let shows_work = blocks.iter().any(|block| matches!(block, Block::Working { .. }));
    if let (Some(tick), false) = (tick, shows_work) {
        blocks.push(Block::Working { text: texts::working(lang), tick, expect: "" });
    }
    (Page { heading, blocks }, keys)
}

/// In place of the codes: why there are none.
pub(super) fn no_screen(lang: Lang, error: token::Error) -> (Page, Keys) {
    let mut blocks = vec![Block::Trouble(Failure::Core(error).explain(lang))];
    if let token::Error::Clock(
        Implausible::BeforeEarliest { wall } | Implausible::AfterLatest { wall },
    ) = error
    {
        blocks.push(Block::Text(texts::clock_says(lang, &instant::minutes(wall))));
    }
    let page = Page { heading: texts::message_heading(lang), blocks };
    (page, vec![texts::key_lock(lang), texts::key_quit(lang)])
}

fn first_start(
    lang: Lang,
    form: &NewPassphraseForm,
    tick: Option<u64>,
) -> (&'static str, Vec<Block>, Keys) {
    let mut blocks = vec![
        Block::Text(texts::first_explain(lang).to_owned()),
        Block::Text(texts::first_choose(lang).to_owned()),
        Block::Text(texts::first_forget(lang).to_owned()),
    ];
    if let Some(tick) = tick {
        let (text, expect) = (texts::creating(lang), texts::takes_a_moment(lang));
        blocks.push(Block::Working { text, tick, expect });
    } else {
        let is_active = form.again.is_none();
        blocks.push(secret(texts::new_passphrase(lang), &form.first, is_active));
        let again = form.again.as_ref();
        blocks.extend(again.map(|line| secret(texts::new_passphrase_again(lang), line, true)));
        blocks.extend(form.trouble.clone().map(Block::Trouble));
    }
    let escape = if form.again.is_none() { texts::key_esc_quit } else { texts::key_esc_cancel };
    let keys = vec![texts::key_enter_next(lang), escape(lang)];
    (texts::first_heading(lang), blocks, keys)
}

fn keyring(lang: Lang, tick: Option<u64>) -> (&'static str, Vec<Block>, Keys) {
    let (text, expect) = (texts::keyring_asking(lang), texts::keyring_may_prompt(lang));
    let working = Block::Working { text, tick: tick.unwrap_or_default(), expect };
    (texts::unlock_heading(lang), vec![working], vec![texts::key_esc_passphrase(lang)])
}

fn unlock(
    lang: Lang,
    passphrase: &Typed,
    trouble: Option<&Trouble>,
    tick: Option<u64>,
) -> (&'static str, Vec<Block>, Keys) {
    let mut blocks = Vec::new();
    if let Some(tick) = tick {
        let (text, expect) = (texts::checking(lang), texts::takes_a_moment(lang));
        blocks.push(Block::Working { text, tick, expect });
    } else {
        blocks.push(Block::Text(texts::unlock_explain(lang).to_owned()));
        blocks.push(secret(texts::passphrase(lang), passphrase, true));
        blocks.extend(trouble.cloned().map(Block::Trouble));
    }
    let keys = vec![texts::key_enter_open(lang), texts::key_esc_quit(lang)];
    (texts::unlock_heading(lang), blocks, keys)
}

fn add(lang: Lang, form: &AddForm) -> (&'static str, Vec<Block>, Keys) {
    let shown = if form.holds_seed() {
        texts::add_hidden(lang, &form.source.chars())
    } else {
        form.source.expose().to_owned()
    };
    let label = texts::add_source(lang);
    let mut blocks = vec![
        Block::Text(texts::add_explain(lang).to_owned()),
        Block::Field { label, shown, is_active: true },
    ];
    blocks.extend(form.trouble.clone().map(Block::Trouble));
    let keys = vec![texts::key_enter_next(lang), texts::key_esc_cancel(lang)];
    (texts::add_heading(lang), blocks, keys)
}

fn confirm(lang: Lang, preview: &Preview) -> (&'static str, Vec<Block>, Keys) {
    let kind = if preview.is_counter { texts::kind_hotp } else { texts::kind_totp };
    let mut pairs = names(lang, &preview.names);
    pairs.push((texts::kind(lang), kind(lang).to_owned()));
    let mut blocks =
        vec![Block::Text(texts::confirm_explain(lang).to_owned()), Block::Pairs(pairs)];
    if preview.is_weak {
        blocks.push(Block::Text(texts::weak(lang).to_owned()));
    }
    let keys = vec![texts::key_enter_register(lang), texts::key_esc_cancel(lang)];
    (texts::confirm_heading(lang), blocks, keys)
}

fn enrol(lang: Lang, preview: &ServicePreview) -> (&'static str, Vec<Block>, Keys) {
    let blocks = vec![
        Block::Text(texts::enrol_explain(lang).to_owned()),
        Block::Pairs(vec![(texts::service(lang), preview.host.clone())]),
    ];
    let keys = vec![texts::key_enter_register(lang), texts::key_esc_cancel(lang)];
    (texts::enrol_heading(lang), blocks, keys)
}

fn rename(lang: Lang, form: &RenameForm) -> (&'static str, Vec<Block>, Keys) {
    let line = |label, typed: &Typed, field| Block::Field {
        label,
        shown: typed.expose().to_owned(),
        is_active: form.field == field,
    };
    let mut blocks = vec![
        Block::Text(texts::rename_explain(lang).to_owned()),
        line(texts::issuer(lang), &form.issuer, RenameField::Issuer),
        line(texts::account(lang), &form.account, RenameField::Account),
    ];
    blocks.extend(form.trouble.clone().map(Block::Trouble));
    let keys =
        vec![texts::key_tab_other(lang), texts::key_enter_save(lang), texts::key_esc_cancel(lang)];
    (texts::rename_heading(lang), blocks, keys)
}

fn remove(lang: Lang, id: EntryId, reading: &Reading) -> (&'static str, Vec<Block>, Keys) {
    let screen = reading.as_ref().ok();
    let card = screen.and_then(|screen| screen.cards.iter().find(|card| card.id == id));
    let mut blocks: Vec<_> =
        card.map(|card| Block::Pairs(names(lang, &card.names))).into_iter().collect();
    blocks.push(Block::Text(texts::remove_explain(lang).to_owned()));
    let keys = vec![texts::key_y_remove(lang), texts::key_esc_cancel(lang)];
    (texts::remove_heading(lang), blocks, keys)
}

fn help(lang: Lang) -> (&'static str, Vec<Block>, Keys) {
    let pairs = [
        (texts::help_select(lang), texts::help_select_does(lang)),
        (texts::help_copy(lang), texts::help_copy_does(lang)),
        (texts::help_space(lang), texts::help_space_does(lang)),
        ("A", texts::help_add_does(lang)),
        ("R", texts::help_rename_does(lang)),
        ("D", texts::help_remove_does(lang)),
        ("S", texts::help_sync_does(lang)),
        ("L", texts::help_lock_does(lang)),
        ("Q", texts::help_quit_does(lang)),
    ];
    let pairs = pairs.map(|(key, does)| (key, does.to_owned())).to_vec();
    (texts::help_heading(lang), vec![Block::Pairs(pairs)], vec![texts::key_any_back(lang)])
}

/// A line of which only the length is shown.
fn secret(label: &'static str, typed: &Typed, is_active: bool) -> Block {
    Block::Field { label, shown: "*".repeat(typed.chars()), is_active }
}

fn names(lang: Lang, names: &Names) -> Vec<(&'static str, String)> {
    let text = |label: &Option<Label>| {
        label.as_ref().map_or_else(|| texts::none(lang).to_owned(), Label::to_string)
    };
    let id = names.credential_id.as_ref();
    let id = id.map_or_else(|| texts::none(lang).to_owned(), |id| id.grouped());
    vec![
        (texts::issuer(lang), text(&names.issuer)),
        (texts::account(lang), text(&names.account)),
        (texts::credential_id(lang), id),
    ]
}
