use zeroize::Zeroizing;

use super::{Error, MAX_PARAMETERS, Parameter, encoding};
use crate::{
    credential::{CredentialId, Generator, InvalidLabel, Label, Names, Seed},
    otp::{
        Algorithm, Digits,
        totp::{Period, Steps},
    },
};

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Totp,
    Hotp,
}

impl Kind {
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        if text.eq_ignore_ascii_case("totp") {
            Ok(Self::Totp)
        } else if text.eq_ignore_ascii_case("hotp") {
            Ok(Self::Hotp)
        } else {
            Err(Error::UnknownType)
        }
    }
}

/// Decoded text, wiped on drop: it may be the secret's.
pub(super) type Text = Zeroizing<Vec<u8>>;

/// The known parameters, decoded, each at most once.
#[derive(Default)]
pub(super) struct Parameters {
    secret: Option<Text>,
    issuer: Option<Text>,
    algorithm: Option<Text>,
    digits: Option<Text>,
    period: Option<Text>,
    counter: Option<Text>,
    credential_id: Option<Text>,
}

impl Parameters {
    pub(super) fn parse(query: &str, kind: Kind) -> Result<Self, Error> {
        let mut parameters = Self::default();
        for (at, pair) in query.split('&').filter(|pair| !pair.is_empty()).enumerate() {
            if at >= MAX_PARAMETERS {
                return Err(Error::TooManyParameters);
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = encoding::decode_query(name)?;
            let value = encoding::decode_query(value)?;
            if let Some(parameter) = Parameter::named(&name, kind)
                && parameters.slot(parameter).replace(value).is_some()
            {
                return Err(Error::Repeated { parameter });
            }
        }
        Ok(parameters)
    }

    fn slot(&mut self, parameter: Parameter) -> &mut Option<Text> {
        match parameter {
            Parameter::Secret => &mut self.secret,
            Parameter::Issuer => &mut self.issuer,
            Parameter::Algorithm => &mut self.algorithm,
            Parameter::Digits => &mut self.digits,
            Parameter::Period => &mut self.period,
            Parameter::Counter => &mut self.counter,
            Parameter::CredentialId => &mut self.credential_id,
        }
    }

    pub(super) fn seed(&mut self) -> Result<Seed, Error> {
        let missing = Error::Missing { parameter: Parameter::Secret };
        let text = self.secret.take().filter(|text| !text.is_empty()).ok_or(missing)?;
        Ok(Seed::new(encoding::base32(text)?)?)
    }

    pub(super) fn generator(&mut self, kind: Kind) -> Result<Generator, Error> {
        let algorithm = match self.algorithm.take() {
            Some(name) => algorithm(&name)?,
            None => Algorithm::Sha1,
        };
        let digits = match self.number(Parameter::Digits)? {
            Some(number) => within(Parameter::Digits, number, |n| Digits::new(n).ok())?,
            None => Digits::SIX,
        };
        match kind {
            Kind::Totp => {
                let period = match self.number(Parameter::Period)? {
                    Some(number) => {
                        within(Parameter::Period, number, |n| Period::from_secs(n).ok())?
                    }
                    None => Period::THIRTY_SECONDS,
                };
                Ok(Generator::Totp { algorithm, digits, steps: Steps { t0: 0, period } })
            }
            Kind::Hotp => {
                let parameter = Parameter::Counter;
                let number = self.number(parameter)?.ok_or(Error::Missing { parameter })?;
                let counter = within(parameter, number, |n: u64| (n < u64::MAX).then_some(n))?;
                Ok(Generator::Hotp { algorithm, digits, counter })
            }
        }
    }

    fn number(&mut self, parameter: Parameter) -> Result<Option<u64>, Error> {
        let Some(text) = self.slot(parameter).take() else { return Ok(None) };
        // `u64::from_str` alone would take a plus sign too.
        std::str::from_utf8(&text)
            .ok()
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|text| text.parse().ok())
            .map(Some)
            .ok_or(Error::OutOfRange { parameter })
    }

    pub(super) fn names(&mut self, label: &str) -> Result<Names, Error> {
        let label = encoding::decode_path(label)?;
        let label = std::str::from_utf8(&label).map_err(|_| Error::NotUtf8)?;
        let (prefix, account) = label.split_once(':').unwrap_or(("", label));
        let prefix = shown(prefix).map_err(|why| Error::Issuer { why })?;
        let account = shown(account).map_err(|why| Error::Account { why })?;

        let parameter = self.issuer.take().unwrap_or_default();
        let parameter = std::str::from_utf8(&parameter).map_err(|_| Error::NotUtf8)?;
        let parameter = shown(parameter).map_err(|why| Error::Issuer { why })?;
        let issuer = match (prefix, parameter) {
            (Some(prefix), Some(parameter)) if prefix != parameter => {
                return Err(Error::IssuerMismatch);
            }
            (prefix, parameter) => parameter.or(prefix),
        };
        if issuer.is_none() && account.is_none() {
            return Err(Error::Nameless);
        }
        Ok(Names { issuer, account, credential_id: self.credential_id()? })
    }

    fn credential_id(&mut self) -> Result<Option<CredentialId>, Error> {
        let Some(text) = self.credential_id.take() else { return Ok(None) };
        let text = std::str::from_utf8(&text).map_err(|_| Error::NotUtf8)?;
        CredentialId::new(text).map(Some).map_err(|_| Error::CredentialId)
    }
}

impl Parameter {
    /// The parameter of this name, if it means something for this kind of code.
    fn named(name: &[u8], kind: Kind) -> Option<Self> {
        match (name, kind) {
            (b"secret", _) => Some(Self::Secret),
            (b"issuer", _) => Some(Self::Issuer),
            (b"algorithm", _) => Some(Self::Algorithm),
            (b"digits", _) => Some(Self::Digits),
            (b"period", Kind::Totp) => Some(Self::Period),
            (b"counter", Kind::Hotp) => Some(Self::Counter),
            (b"credential_id", _) => Some(Self::CredentialId),
            _ => None,
        }
    }
}

fn algorithm(name: &[u8]) -> Result<Algorithm, Error> {
    [("SHA1", Algorithm::Sha1), ("SHA256", Algorithm::Sha256), ("SHA512", Algorithm::Sha512)]
        .into_iter()
        .find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes()))
        .map(|(_, algorithm)| algorithm)
        .ok_or(Error::UnknownAlgorithm)
}

/// What `accept` makes of `number`, as far as the type that it asks for can hold it.
fn within<N: TryFrom<u64>, T>(
    parameter: Parameter,
    number: u64,
    accept: impl FnOnce(N) -> Option<T>,
) -> Result<T, Error> {
    N::try_from(number).ok().and_then(accept).ok_or(Error::OutOfRange { parameter })
}

/// A label, or nothing where there is only white space.
fn shown(text: &str) -> Result<Option<Label>, InvalidLabel> {
    match Label::new(text) {
        Ok(label) => Ok(Some(label)),
        Err(InvalidLabel::Empty) => Ok(None),
        Err(why) => Err(why),
    }
}
