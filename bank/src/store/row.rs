//! A credential as the columns of its row.

use sqlx::{Any, Row as _, any::AnyRow, query::Query};
use warifu::{
    credential::{CredentialId, Generator, Label},
    otp::{
        Algorithm, Digits,
        totp::{Period, Steps},
    },
    time::UnixMillis,
};
use warifu_verifier::{Row, State};

use super::{Credential, Numbered, SealedKeys, StoreError};
use crate::seeds::KeyId;

/// Binds the first ten parameters.
pub(super) fn bind_state<'q>(
    query: Query<'q, Any, sqlx::any::AnyArguments>,
    row: &Row,
) -> Query<'q, Any, sqlx::any::AnyArguments> {
    query
        .bind(i64::from(row.confirmed))
        .bind(i64::from(row.locked))
        .bind(i64::from(row.suspended))
        .bind(i64::from(row.revoked))
        .bind(row.spent.map(u64::cast_signed))
        .bind(sighted_text(&row.sighted))
        .bind(i64::from(row.drift))
        .bind(row.drift_confirmed_at)
        .bind(i64::from(row.failures))
        .bind(row.next_try_at)
}

/// The credential in a row.
pub(super) fn read(row: &AnyRow) -> Result<Numbered<Credential>, StoreError> {
    let id: &str = row.try_get("id")?;
    let state = Row {
        confirmed: flag(row, "confirmed")?,
        locked: flag(row, "locked")?,
        suspended: flag(row, "suspended")?,
        revoked: flag(row, "revoked")?,
        spent: row.try_get::<Option<i64>, _>("spent")?.map(i64::cast_unsigned),
        sighted: sighted(row.try_get("sighted")?).ok_or(corrupt("sighted"))?,
        drift: small(row, "drift")?,
        drift_confirmed_at: row.try_get("drift_confirmed_at")?,
        failures: small(row, "failures")?,
        next_try_at: row.try_get("next_try_at")?,
    };
    let generator = Columns {
        kind: row.try_get("kind")?,
        algorithm: row.try_get("algorithm")?,
        digits: row.try_get("digits")?,
        t0: row.try_get("t0")?,
        period: row.try_get("period")?,
        counter: row.try_get("counter")?,
    };
    let binding: Option<i64> = row.try_get("binding")?;
    let value = Credential {
        id: CredentialId::new(id).map_err(|_| corrupt("id"))?,
        issuer: label(row, "issuer")?,
        account: label(row, "account")?,
        account_ref: label(row, "account_ref")?,
        generator: generator.generator().ok_or(corrupt("generator"))?,
        keys: SealedKeys {
            key: KeyId(small(row, "key_id")?),
            code: row.try_get("code_key")?,
            sign: row.try_get("sign_key")?,
            device: row.try_get("device_key")?,
        },
        binding: binding.map(u8::try_from).transpose().map_err(|_| corrupt("binding"))?,
        state: State::try_from(state).map_err(|_| corrupt("state"))?,
        created_at: UnixMillis(row.try_get("created_at")?),
        expires_at: row.try_get::<Option<i64>, _>("expires_at")?.map(UnixMillis),
    };
    Ok(Numbered { version: row.try_get("version")?, value })
}

fn flag(row: &AnyRow, column: &'static str) -> Result<bool, StoreError> {
    match row.try_get(column)? {
        0_i64 => Ok(false),
        1 => Ok(true),
        _ => Err(corrupt(column)),
    }
}

fn small<T: TryFrom<i64>>(row: &AnyRow, column: &'static str) -> Result<T, StoreError> {
    T::try_from(row.try_get(column)?).map_err(|_| corrupt(column))
}

fn label(row: &AnyRow, column: &'static str) -> Result<Option<Label>, StoreError> {
    let text: Option<&str> = row.try_get(column)?;
    text.map(Label::new).transpose().map_err(|_| corrupt(column))
}

const fn corrupt(column: &'static str) -> StoreError {
    StoreError::Corrupt { column }
}

/// Steps or counters in decimal, with a comma between two.
fn sighted_text(sighted: &[u64]) -> String {
    sighted.iter().map(u64::to_string).collect::<Vec<_>>().join(",")
}

fn sighted(text: &str) -> Option<Vec<u64>> {
    let parts = text.split(',').filter(|_| !text.is_empty());
    parts.map(|part| part.parse().ok()).collect()
}

/// A generator as columns.
pub(super) struct Columns {
    pub(super) kind: i64,
    pub(super) algorithm: i64,
    pub(super) digits: i64,
    pub(super) t0: i64,
    pub(super) period: i64,
    pub(super) counter: i64,
}

impl Columns {
    fn generator(&self) -> Option<Generator> {
        let algorithm = match self.algorithm {
            1 => Algorithm::Sha1,
            256 => Algorithm::Sha256,
            512 => Algorithm::Sha512,
            _ => return None,
        };
        let digits = Digits::new(u8::try_from(self.digits).ok()?).ok()?;
        match self.kind {
            TOTP => {
                let period = Period::from_secs(u32::try_from(self.period).ok()?).ok()?;
                Some(Generator::Totp { algorithm, digits, steps: Steps { t0: self.t0, period } })
            }
            HOTP => {
                Some(Generator::Hotp { algorithm, digits, counter: self.counter.cast_unsigned() })
            }
            _ => None,
        }
    }
}

impl From<&Generator> for Columns {
    fn from(generator: &Generator) -> Self {
        let number = |algorithm: &Algorithm| match algorithm {
            Algorithm::Sha1 => 1,
            Algorithm::Sha256 => 256,
            Algorithm::Sha512 => 512,
        };
        match generator {
            Generator::Totp { algorithm, digits, steps } => Self {
                kind: TOTP,
                algorithm: number(algorithm),
                digits: digits.count().into(),
                t0: steps.t0,
                period: steps.period.secs().into(),
                counter: 0,
            },
            Generator::Hotp { algorithm, digits, counter } => Self {
                kind: HOTP,
                algorithm: number(algorithm),
                digits: digits.count().into(),
                t0: 0,
                period: 0,
                counter: counter.cast_signed(),
            },
        }
    }
}

const TOTP: i64 = 1;
const HOTP: i64 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sighted_comes_back_as_it_was() {
        for steps in [vec![], vec![0], vec![7, u64::MAX]] {
            assert_eq!(sighted(&sighted_text(&steps)), Some(steps));
        }
        for bad in [",", "1,", "-1", "x", "18446744073709551616"] {
            assert_eq!(sighted(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_generator_comes_back_as_it_was() {
        let steps = Steps { t0: -5, period: Period::from_secs(86_400).unwrap() };
        for generator in [
            Generator::Totp { algorithm: Algorithm::Sha512, digits: Digits::EIGHT, steps },
            Generator::Hotp { algorithm: Algorithm::Sha1, digits: Digits::SIX, counter: u64::MAX },
        ] {
            assert_eq!(Columns::from(&generator).generator(), Some(generator));
        }
    }
}
