//! What credentials are called, and which one a name means.

use warifu::{
    credential::{Label, Names},
    token::Card,
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

/// The one credential that `name` means: its issuer, account, `issuer:account` or credential ID in
/// any grouping, else the one that begins so. No name means the only credential there is.
///
/// # Errors
/// [`PcError::EmptyVault`], [`PcError::NoMatch`], or [`PcError::Ambiguous`] with what it may mean.
pub fn resolve<'a>(cards: &'a [Card], name: Option<&str>) -> Result<&'a Card, PcError> {
    if cards.is_empty() {
        return Err(PcError::EmptyVault);
    }
    let Some(name) = name else { return only(cards.iter().collect(), String::new) };
    let exact: Vec<_> =
        cards.iter().filter(|card| spellings(&card.names).any(|s| s == fold(name))).collect();
    if !exact.is_empty() {
        return only(exact, String::new);
    }
    let begins = |card: &&Card| spellings(&card.names).any(|s| s.starts_with(&fold(name)));
    only(cards.iter().filter(begins).collect(), || name.to_owned())
}

fn only(fitting: Vec<&Card>, name: impl Fn() -> String) -> Result<&Card, PcError> {
    match fitting.as_slice() {
        [] => Err(PcError::NoMatch { name: name() }),
        [card] => Ok(card),
        cards => {
            Err(PcError::Ambiguous { candidates: cards.iter().map(|c| candidate(c)).collect() })
        }
    }
}

/// What tells this credential from others of the same name.
fn candidate(card: &Card) -> String {
    let name = display_name(&card.names);
    match &card.names.credential_id {
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
