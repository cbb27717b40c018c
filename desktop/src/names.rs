//! What credentials are called, and which one a name means.

use warifu::{
    credential::{InvalidLabel, Label, Names},
    token::EntryInfo,
};

use crate::failure::PcError;

/// Issuer and account in one line, as a list and the command line name a credential.
pub fn display_name(names: &Names) -> String {
    let text = |label: &Option<Label>| label.as_ref().map(Label::to_string);
    match (text(&names.issuer), text(&names.account)) {
        (Some(issuer), Some(account)) => format!("{issuer}:{account}"),
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => String::new(),
    }
}

/// A name as typed: nothing but white space is no name.
///
/// # Errors
/// [`InvalidLabel`] if it cannot be shown.
pub fn label(text: &str) -> Result<Option<Label>, InvalidLabel> {
    match Label::new(text) {
        Ok(label) => Ok(Some(label)),
        Err(InvalidLabel::Empty) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The one credential that `name` means: its issuer, account, `issuer:account` or credential ID in
/// any grouping, else the one that begins so. No name means the only credential there is.
///
/// # Errors
/// [`PcError::EmptyVault`], [`PcError::NoMatch`], or [`PcError::Ambiguous`] with what it may mean.
pub fn resolve<'a>(entries: &'a [EntryInfo], name: Option<&str>) -> Result<&'a EntryInfo, PcError> {
    if entries.is_empty() {
        return Err(PcError::EmptyVault);
    }
    let Some(name) = name else { return only(entries.iter().collect(), "") };
    match resolve_exact(entries, name) {
        Err(PcError::NoMatch { .. }) if !is_blank(name) => {
            let begins =
                |entry: &&EntryInfo| spellings(&entry.names).any(|s| s.starts_with(&fold(name)));
            only(entries.iter().filter(begins).collect(), name)
        }
        result => result,
    }
}

/// The one credential that has this very name or credential ID: where something is changed, the
/// beginning of a name is not enough.
///
/// # Errors
/// As [`resolve`].
pub fn resolve_exact<'a>(entries: &'a [EntryInfo], name: &str) -> Result<&'a EntryInfo, PcError> {
    if entries.is_empty() {
        return Err(PcError::EmptyVault);
    }
    let is_called = |entry: &&EntryInfo| {
        !is_blank(name) && spellings(&entry.names).any(|spelling| spelling == fold(name))
    };
    only(entries.iter().filter(is_called).collect(), name)
}

fn is_blank(name: &str) -> bool {
    fold(name).is_empty()
}

fn only<'a>(fitting: Vec<&'a EntryInfo>, name: &str) -> Result<&'a EntryInfo, PcError> {
    match fitting.as_slice() {
        [] => Err(PcError::NoMatch { name: name.to_owned() }),
        [entry] => Ok(entry),
        entries => {
            Err(PcError::Ambiguous { candidates: entries.iter().map(|e| candidate(e)).collect() })
        }
    }
}

/// What tells this credential from others of the same name.
fn candidate(entry: &EntryInfo) -> String {
    let name = display_name(&entry.names);
    match &entry.names.credential_id {
        Some(id) => format!("{name} ({})", id.grouped()),
        None => name,
    }
}

/// All that a credential is called, compared without regard to case.
fn spellings(names: &Names) -> impl Iterator<Item = String> {
    let labels = [&names.issuer, &names.account].into_iter().flatten().map(Label::as_str);
    let id = names.credential_id.as_ref();
    let mut all: Vec<_> = labels.map(fold).collect();
    all.push(fold(&display_name(names)));
    all.extend(id.map(|id| fold(id.as_str())));
    all.extend(id.map(|id| fold(&id.grouped())));
    all.extend(id.map(|id| fold(&id.grouped().replace(' ', "-"))));
    all.into_iter()
}

fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}
