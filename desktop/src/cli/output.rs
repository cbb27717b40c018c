use std::io::Write as _;

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;
use warifu::{
    credential::{Generator, Label, Names},
    otp::Code,
    time::UnixMillis,
    token::EntryInfo,
};

use crate::{instant, locale::Lang, texts};

/// A code to print, and from when to when it is valid if it depends on the time.
pub(super) struct Shown {
    pub(super) code: Code,
    pub(super) life: Option<(UnixMillis, UnixMillis)>,
    pub(super) seconds_left: Option<u64>,
}

/// A remark for people, on standard error so that the output stays the output.
pub(super) fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// The digits alone.
pub(super) fn code_line(shown: &Shown) -> String {
    format!("{}\n", shown.code.expose())
}

/// The digits in groups, and how long they last.
pub(super) fn code_for_people(lang: Lang, shown: &Shown) -> String {
    let hint = match shown.seconds_left {
        Some(seconds) => texts::seconds_left(lang, &seconds),
        None if shown.life.is_none() => texts::counter_once(lang).to_owned(),
        None => texts::next_code(lang).to_owned(),
    };
    format!("{}  {hint}\n", shown.code.grouped().as_str())
}

pub(super) fn code_json(entry: &EntryInfo, shown: &Shown) -> String {
    let mut object = about(entry);
    let instant = |at: Option<UnixMillis>| at.map_or(Value::Null, |at| instant::rfc3339(at).into());
    let more = json!({
        "code": shown.code.expose(),
        "valid_from": instant(shown.life.map(|(from, _)| from)),
        "valid_until": instant(shown.life.map(|(_, until)| until)),
        "seconds_left": shown.seconds_left,
    });
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    format!("{object}\n")
}

pub(super) fn list_json(entries: &[EntryInfo]) -> String {
    format!("{}\n", Value::Array(entries.iter().map(about).collect()))
}

/// One credential a line, columns parted by tabs: issuer, account, credential ID, kind. No name can
/// hold a tab.
pub(super) fn list_lines(entries: &[EntryInfo]) -> String {
    entries.iter().map(|entry| format!("{}\n", columns(entry).join("\t"))).collect()
}

/// The same with headings and aligned columns.
pub(super) fn list_table(lang: Lang, entries: &[EntryInfo]) -> String {
    let headings = [
        texts::column_issuer(lang),
        texts::column_account(lang),
        texts::column_id(lang),
        texts::column_kind(lang),
    ];
    let mut rows = vec![headings.map(str::to_owned)];
    rows.extend(entries.iter().map(columns));
    let mut widths = [0; 4];
    for row in &rows {
        for (widest, text) in widths.iter_mut().zip(row) {
            *widest = text.width().max(*widest);
        }
    }
    let padded = |(text, column): (&String, &usize)| {
        format!("{text}{}", " ".repeat(column.saturating_sub(text.width())))
    };
    let line =
        |row: &[String; 4]| row.iter().zip(&widths).map(padded).collect::<Vec<_>>().join("  ");
    rows.iter().map(|row| format!("{}\n", line(row).trim_end())).collect()
}

fn columns(entry: &EntryInfo) -> [String; 4] {
    let Names { issuer, account, credential_id } = &entry.names;
    let text = |label: &Option<Label>| label.as_ref().map(Label::to_string).unwrap_or_default();
    let id = credential_id.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default();
    [text(issuer), text(account), id, kind(entry).to_owned()]
}

/// One entry, as a line of JSON.
pub(super) fn entry_json(entry: &EntryInfo) -> String {
    format!("{}\n", about(entry))
}

fn about(entry: &EntryInfo) -> Value {
    let Names { issuer, account, credential_id } = &entry.names;
    json!({
        "issuer": issuer.as_ref().map(Label::as_str),
        "account": account.as_ref().map(Label::as_str),
        "credential_id": credential_id.as_ref().map(|id| id.as_str()),
        "kind": kind(entry),
        "weak": entry.weakness.is_some(),
    })
}

/// As in the `otpauth` URI.
fn kind(entry: &EntryInfo) -> &'static str {
    match entry.generator {
        Generator::Hotp { .. } => "hotp",
        Generator::Totp { .. } => "totp",
    }
}
