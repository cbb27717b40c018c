use warifu::{
    credential::{EntryId, Generator, InvalidLabel, Label, Names, NewCredential},
    provision::enrol::LinkError,
    token,
};

use crate::{
    failure::Trouble,
    import::{ServiceLink, Uri},
    names::label,
    typed::Typed,
};

/// A passphrase to choose, typed twice.
#[derive(Debug)]
pub struct NewPassphraseForm {
    /// The passphrase so far.
    pub first: Typed,
    /// The same once more, once the first is done.
    pub again: Option<Typed>,
    /// Why it was not taken.
    pub trouble: Option<Trouble>,
}

impl NewPassphraseForm {
    /// Nothing typed yet.
    pub(super) fn new() -> Self {
        Self { first: Typed::new(Typed::PASSPHRASE), again: None, trouble: None }
    }

    /// The line that takes the keys.
    pub(super) fn active(&mut self) -> &mut Typed {
        self.again.as_mut().unwrap_or(&mut self.first)
    }
}

/// Where a credential comes from: a URI or a picture's path.
#[derive(Debug)]
pub struct AddForm {
    /// The line so far; it may hold a seed.
    pub source: Typed,
    /// Why the last one was not taken.
    pub trouble: Option<Trouble>,
}

impl AddForm {
    /// Nothing typed yet.
    pub(super) fn new() -> Self {
        Self { source: Typed::new(Typed::INPUT), trouble: None }
    }

    /// Whether the line may hold a seed: it is then not shown, and does not stay after an error.
    pub(crate) fn holds_seed(&self) -> bool {
        may_hold_seed(self.source.expose())
    }
}

/// A credential that is not added yet.
#[derive(Debug)]
pub struct Preview {
    /// Where it is; `None` from the moment that it goes into the vault.
    pub uri: Option<Uri>,
    /// Its names, to show.
    pub names: Names,
    /// Whether its codes come from a counter.
    pub is_counter: bool,
    /// Whether its seed is short.
    pub is_weak: bool,
}

impl Preview {
    /// Of a credential just read.
    pub(super) fn of(uri: Uri) -> Result<Self, token::Error> {
        let NewCredential { names, keys, generator, .. } = uri.credential()?;
        let is_counter = matches!(generator, Generator::Hotp { .. });
        let is_weak = keys.code.weakness().is_some();
        Ok(Self { uri: Some(uri), names, is_counter, is_weak })
    }
}

/// A bank's service that was not asked yet.
#[derive(Debug)]
pub struct ServicePreview {
    /// The link to it; `None` from the moment that it is asked.
    pub link: Option<ServiceLink>,
    /// Its host, to show.
    pub host: String,
}

impl ServicePreview {
    /// Of a link just read.
    pub(super) fn of(link: ServiceLink) -> Result<Self, LinkError> {
        let host = link.link()?.host().to_owned();
        Ok(Self { link: Some(link), host })
    }
}

/// New names for a credential.
#[derive(Debug)]
pub struct RenameForm {
    /// Which one.
    pub id: EntryId,
    /// The bank.
    pub issuer: Typed,
    /// The account.
    pub account: Typed,
    /// Which line takes the keys.
    pub field: RenameField,
    /// Why the last names were not taken.
    pub trouble: Option<Trouble>,
}

/// A line of [`RenameForm`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenameField {
    /// The bank.
    Issuer,
    /// The account.
    Account,
}

impl RenameForm {
    /// Begins with the names that the credential has.
    pub(super) fn of(id: EntryId, names: &Names) -> Self {
        let line = |label: &Option<Label>| {
            Typed::with(Typed::NAME, label.as_ref().map(Label::as_str).unwrap_or_default())
        };
        Self {
            id,
            issuer: line(&names.issuer),
            account: line(&names.account),
            field: RenameField::Issuer,
            trouble: None,
        }
    }

    /// The line that takes the keys.
    pub(super) fn active(&mut self) -> &mut Typed {
        match self.field {
            RenameField::Issuer => &mut self.issuer,
            RenameField::Account => &mut self.account,
        }
    }

    /// The other line takes the keys.
    pub(super) fn switch(&mut self) {
        self.field = match self.field {
            RenameField::Issuer => RenameField::Account,
            RenameField::Account => RenameField::Issuer,
        };
    }

    /// Both names; an empty line is no name.
    pub(super) fn names(&self) -> Result<(Option<Label>, Option<Label>), InvalidLabel> {
        Ok((label(self.issuer.expose())?, label(self.account.expose())?))
    }
}

/// Whether a text may hold a seed, whatever stands before it, as the words around a copied link.
/// Only what cannot be a path counts.
pub(super) fn may_hold_seed(text: &str) -> bool {
    let contains = |part: &[u8]| {
        text.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
    };
    crate::picture::is_otpauth(text.as_bytes()) || contains(b"://") || contains(b"secret=")
}
