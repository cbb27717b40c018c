use serde::{Deserialize, Serialize};
use warifu::{
    credential::{CredentialId, Generator},
    otp::Digits,
    time::UnixMillis,
};
use warifu_verifier::{Accepted, State, TypedCode, Verdict, Verifier};

use super::{Service, ServiceError};
use crate::{
    seeds::Purpose,
    store::{AnswerKey, Credential},
};

/// What became of a code: the verifier's verdict, as it is told and kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Judged {
    /// The code is right, and spent now.
    Accepted {
        /// The time step, of a credential that goes by time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<u64>,
        /// How many steps it lay ahead of now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        offset: Option<i64>,
        /// By how many steps the device's clock is ahead, as it was learned.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        drift: Option<i8>,
        /// The counter, of a credential that goes by a counter.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        counter: Option<u64>,
        /// Failures since the last code that was accepted: how somebody else's tries come to light.
        failures_before: u8,
    },
    /// The code is wrong, and counted.
    Wrong {
        /// How many more failures there may be.
        left: u8,
    },
    /// The code is dead: sent twice, or older than one that was accepted. Nothing is counted.
    Replayed,
    /// The code is right some way off, and counted: a resync helps.
    OutOfSync {
        /// How many more failures there may be.
        left: u8,
    },
    /// Not judged: a wait is not over.
    TooSoon {
        /// When a code will be judged, in Unix milliseconds.
        until: i64,
    },
    /// Not judged: too many failures.
    Locked,
    /// Not judged: the first code is not confirmed.
    NotConfirmed,
    /// Not judged: it is confirmed already.
    AlreadyConfirmed,
    /// Not judged: the bank has suspended the credential.
    Suspended,
    /// Not judged: the credential has ended.
    Revoked,
}

impl Service {
    /// Judges the first code, which shows that the seed has arrived.
    ///
    /// # Errors
    /// [`ServiceError`]; a code that cannot be one costs nothing.
    pub async fn confirm(
        &self,
        id: &CredentialId,
        code: &str,
        key: Option<&AnswerKey>,
        now: UnixMillis,
    ) -> Result<Judged, ServiceError> {
        self.judge(id, key, now, |verifier, state, digits| {
            Ok(verifier.confirm(state, &TypedCode::new(code, digits)?, now))
        })
        .await
    }

    /// Judges a code.
    ///
    /// # Errors
    /// [`ServiceError`]; a code that cannot be one costs nothing.
    pub async fn verify(
        &self,
        id: &CredentialId,
        code: &str,
        key: Option<&AnswerKey>,
        now: UnixMillis,
    ) -> Result<Judged, ServiceError> {
        self.judge(id, key, now, |verifier, state, digits| {
            Ok(verifier.verify(state, &TypedCode::new(code, digits)?, now))
        })
        .await
    }

    /// Judges two consecutive codes, and learns how far the clock or the counter is off.
    ///
    /// # Errors
    /// [`ServiceError`]; a code that cannot be one costs nothing.
    pub async fn resync(
        &self,
        id: &CredentialId,
        codes: (&str, &str),
        key: Option<&AnswerKey>,
        now: UnixMillis,
    ) -> Result<Judged, ServiceError> {
        self.judge(id, key, now, |verifier, state, digits| {
            let (first, second) = codes;
            let (first, second) = (TypedCode::new(first, digits)?, TypedCode::new(second, digits)?);
            Ok(verifier.resync(state, &first, &second, now))
        })
        .await
    }

    async fn judge(
        &self,
        id: &CredentialId,
        key: Option<&AnswerKey>,
        now: UnixMillis,
        ask: impl Fn(&Verifier<'_>, &State, Digits) -> Result<(Verdict, State), ServiceError>,
    ) -> Result<Judged, ServiceError> {
        self.settle(id, key, now, |credential: &Credential| {
            let seed = self.open(credential, Purpose::Code)?.ok_or(ServiceError::SeedLength)?;
            let verifier = Verifier::new(&credential.generator, &seed, &self.rules);
            let digits = digits(&credential.generator);
            let (verdict, next) = ask(&verifier, &credential.state, digits)?;
            Ok((Judged::new(verdict, &credential.state), next))
        })
        .await
    }
}

impl Judged {
    /// The verdict, with the failures of the state that it was given about.
    pub(super) fn new(verdict: Verdict, before: &State) -> Self {
        let failures_before = before.failures();
        match verdict {
            Verdict::Accepted(Accepted::Step { step, offset, drift }) => Self::Accepted {
                step: Some(step),
                offset: Some(offset),
                drift: Some(drift),
                counter: None,
                failures_before,
            },
            Verdict::Accepted(Accepted::Counter { counter }) => Self::Accepted {
                step: None,
                offset: None,
                drift: None,
                counter: Some(counter),
                failures_before,
            },
            Verdict::Wrong { left } => Self::Wrong { left },
            Verdict::Replayed => Self::Replayed,
            Verdict::OutOfSync { left } => Self::OutOfSync { left },
            Verdict::TooSoon { until } => Self::TooSoon { until: until.0 },
            Verdict::Locked => Self::Locked,
            Verdict::NotConfirmed => Self::NotConfirmed,
            Verdict::AlreadyConfirmed => Self::AlreadyConfirmed,
            Verdict::Suspended => Self::Suspended,
            Verdict::Revoked => Self::Revoked,
        }
    }

    /// Whether the person may go on.
    pub const fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted { .. })
    }
}

pub(super) fn digits(generator: &Generator) -> Digits {
    match generator {
        Generator::Totp { digits, .. } | Generator::Hotp { digits, .. } => *digits,
    }
}
