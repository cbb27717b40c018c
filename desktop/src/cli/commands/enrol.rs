use warifu::{
    provision::enrol::{ActivationCode, InvalidActivationCode},
    token::{self, Added, EnrolmentError, Token},
};
use zeroize::Zeroizing;

use super::{Session, output, print};
use crate::{
    cli::Stop,
    enrol::Enroller,
    failure::{Failure, PcError},
    http::Carrier,
    import::{ServiceLink, Source},
    patience::retry_busy,
    texts,
};

/// Credentials from a bank's token service.
impl Session {
    pub(super) fn enrol(
        &mut self,
        source: &str,
        activation: Option<Option<String>>,
        json: bool,
    ) -> Result<(), Stop> {
        // A code that was typed on the command line is known to others by now; but it works once.
        let typed = activation.map(|typed| typed.map(Zeroizing::new));
        let code = match &typed {
            Some(Some(typed)) => Some(ActivationCode::parse(typed.as_bytes())?),
            _ => None,
        };
        let (key, source) = self.read(source)?;
        let Source::Service(link) = source else { return Err(PcError::NotALink.into()) };
        let code = match (typed, code) {
            (Some(None), _) => Some(self.ask_code()?),
            (_, code) => code,
        };
        let token = self.open_with(key)?;
        self.enrol_with(&token, &link, code, json)
    }

    /// Where the service wants a code and the link has none, a person is asked for it.
    pub(super) fn enrol_with(
        &mut self,
        token: &Token,
        link: &ServiceLink,
        code: Option<ActivationCode>,
        json: bool,
    ) -> Result<(), Stop> {
        let parsed = link.link()?;
        let may_ask = code.is_none() && !parsed.has_activation() && self.prompter.is_attended();
        let with_code = match code {
            Some(code) => parsed.with_activation(code),
            None => parsed,
        };
        output::note(&texts::enrolling(self.lang, &with_code.host()));
        match self.enroller(|enroller| enroller.enrol(token, with_code)) {
            Err(token::Error::Enrolment(EnrolmentError::CodeRefused)) if may_ask => {
                let with_code = link.link()?.with_activation(self.ask_code()?);
                let added = self.enroller(|enroller| enroller.enrol(token, with_code))?;
                self.tell_enrolled(token, &added, json)
            }
            ended => self.tell_enrolled(token, &ended?, json),
        }
    }

    pub(super) fn resume_enrolment(&mut self, json: bool) -> Result<(), Stop> {
        let token = self.open()?;
        if let Some(pending) = token.enrolment().pending()? {
            output::note(&texts::enrolling(self.lang, &pending.host));
        }
        let added = self.enroller(|enroller| enroller.resume(&token))?;
        self.tell_enrolled(&token, &added, json)
    }

    pub(super) fn discard_enrolment(&mut self) -> Result<(), Stop> {
        let token = self.open()?;
        if token.enrolment().pending().is_ok_and(|pending| pending.is_none()) {
            return Err(token::Error::from(EnrolmentError::NothingPending).into());
        }
        retry_busy(|| token.enrolment().discard())?;
        print(&format!("{}\n", texts::enrolment_discarded(self.lang)))
    }

    fn enroller<T>(
        &self,
        work: impl FnOnce(&Enroller<'_>) -> Result<T, token::Error>,
    ) -> Result<T, token::Error> {
        work(&Enroller { carrier: &Carrier::default(), clock: &self.clock })
    }

    fn ask_code(&mut self) -> Result<ActivationCode, Failure> {
        loop {
            match self.prompter.activation() {
                Err(Failure::Core(error)) if is_mistyped(error) => {
                    output::note(&Failure::Core(error).explain(self.lang).to_string());
                }
                asked => return asked,
            }
        }
    }

    /// The ID is what the customer needs next.
    fn tell_enrolled(&self, token: &Token, added: &Added, json: bool) -> Result<(), Stop> {
        let entries = token.entries().list()?;
        let entry = entries.iter().find(|entry| entry.id == added.id);
        let entry = entry.ok_or(token::Error::from(warifu::vault::Error::UnknownEntry))?;
        if json {
            return print(&output::entry_json(entry));
        }
        let id = entry.names.credential_id.as_ref().map(|id| id.grouped()).unwrap_or_default();
        let issuer = entry.names.issuer.as_ref().map(ToString::to_string).unwrap_or_default();
        if !added.same_name.is_empty() {
            output::note(texts::same_name_line(self.lang));
        }
        print(&format!("{}\n", texts::enrolled(self.lang, &issuer, &id)))
    }
}

/// Told by the code itself, before anything is sent.
fn is_mistyped(error: token::Error) -> bool {
    let codes = [
        InvalidActivationCode::NotDigits,
        InvalidActivationCode::WrongLength,
        InvalidActivationCode::Mistyped,
    ];
    codes.map(token::Error::from).contains(&error)
}
