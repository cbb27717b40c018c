//! Credentials from a bank's token service (`docs/enrolment.md`).
//!
//! What the vault keeps of an enrolment is all that there is of it: each step reads it anew, so that
//! while the flow waits for the network no key lies in memory, and another process may go on with it,
//! or discard it, at any moment.

pub(super) mod demand;
mod error;

use std::sync::Arc;

use zeroize::Zeroizing;

use super::{
    Entries, Error, Flow, HttpAnswer, HttpErrand, HttpMethod, Outcome, Shared,
    clock::between,
    entries::{Decision, put_new, twin},
    errand::Platform,
    flow::FlowKind,
};
use crate::{
    clock::{Sample, Source, Stamps},
    credential::{CredentialId, Generator, Label, NewCredential, UnlockPolicy},
    otp::{Code, hotp, totp},
    provision::enrol::{
        self, AwaitedVerdict, BeginError, BindingLevel, Confirmation, Issued, Link, Pending, Stage,
        Verdict,
    },
    secret::{Secret, scrubbed},
    time::{DeviceTime, Millis},
    vault::{self, Draft},
};

pub use error::EnrolmentError;

/// Enrolments of an unlocked token. At most one is pending.
pub struct Enrolment<'a>(pub(super) &'a Arc<Shared>);

/// An enrolment that was begun and has not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingEnrolment {
    /// The service's host, and its port if the link has one.
    pub host: String,
    /// What the service has answered, if it has.
    pub answered: Option<AnsweredEnrolment>,
}

/// The credential that a service has issued and that is not confirmed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredEnrolment {
    /// The bank.
    pub issuer: Option<Label>,
    /// Whose it is, where the bank says so.
    pub account: Option<Label>,
    /// Its ID.
    pub credential_id: Option<CredentialId>,
    /// Which unlock the bank demands before it is confirmed.
    pub unlock: UnlockPolicy,
}

impl Enrolment<'_> {
    /// The one that is pending.
    ///
    /// # Errors
    /// [`Error::Locked`]; [`EnrolmentError::Unreadable`].
    pub fn pending(&self) -> Result<Option<PendingEnrolment>, Error> {
        scrubbed(|| {
            let Some(pending) = kept(self.0.unlocked()?.pending()?)? else { return Ok(None) };
            let issued = pending.issued().map_err(EnrolmentError::from)?;
            let host = pending.host().to_owned();
            Ok(Some(PendingEnrolment { host, answered: issued.map(AnsweredEnrolment::of) }))
        })
    }

    /// Enrols with the service of a link, from the beginning to the end: [`Outcome::Enrolled`]. If
    /// one by the same link is pending, that goes on. If another is, it is forgotten, unless its
    /// service has answered.
    ///
    /// Whatever ends the flow before leaves what is kept as it is, and [`Enrolment::resume`] goes on;
    /// [`EnrolmentError::Ended`] alone forgets it.
    ///
    /// The flow's errors: an [`EnrolmentError`]; [`Error::Duplicate`]; a vault error, and `Changed` if
    /// another process went on with it meanwhile; [`Error::Locked`].
    pub fn begin(&self, link: Link, binding: BindingLevel, now: DeviceTime) -> Flow {
        Flow::begin(self.0, FlowKind::Enrol, now, move |shared, platform| async move {
            start(&shared, &link, binding)?;
            drop(link);
            go_on(&shared, &platform).await
        })
    }

    /// Goes on with the one that is pending.
    ///
    /// The flow's errors: [`EnrolmentError::NothingPending`], and those of [`Enrolment::begin`].
    pub fn resume(&self, now: DeviceTime) -> Flow {
        Flow::begin(self.0, FlowKind::Enrol, now, |shared, platform| async move {
            go_on(&shared, &platform).await
        })
    }

    /// Forgets the one that is pending, durably, and ends its flow. What the service issued for it is
    /// never accepted, and expires.
    ///
    /// # Errors
    /// [`Error::Locked`], a vault error.
    pub fn discard(&self) -> Result<(), Error> {
        self.0.current.overtake(FlowKind::Enrol);
        scrubbed(|| {
            self.0.commit(|draft| {
                draft.remove_pending();
                Ok(())
            })
        })
    }
}

impl AnsweredEnrolment {
    fn of(issued: Issued) -> Self {
        let NewCredential { names, policy, .. } = issued.into_credential();
        let (issuer, account, credential_id) = (names.issuer, names.account, names.credential_id);
        Self { issuer, account, credential_id, unlock: policy.unlock }
    }
}

/// Whether this version reads the pending record.
pub(super) fn can_read(plaintext: &[u8]) -> bool {
    Pending::decode(plaintext).is_ok()
}

/// Has a pending record of this link in the vault, durably.
fn start(shared: &Shared, link: &Link, binding: BindingLevel) -> Result<(), Error> {
    Entries(shared).change(|draft| {
        match kept(draft.pending()?) {
            Err(error) => return Ok(Decision::Refused(error)),
            Ok(Some(pending)) if goes_on(&pending, link) => return Ok(Decision::Done(())),
            Ok(Some(pending)) if pending.stage() == Stage::Answered => {
                return Ok(Decision::Refused(EnrolmentError::AnotherPending.into()));
            }
            Ok(_) => {}
        }
        match Pending::begin(link, binding, &*shared.random) {
            Ok(pending) => draft.put_pending(pending.encode()).map(Decision::Done),
            Err(BeginError::Random(failed)) => Err(failed.into()),
            Err(BeginError::ServiceKey) => Ok(Decision::Refused(enrol::LinkError::BadKey.into())),
        }
    })
}

/// A link without a code goes on with the code that was sent before: the service may have taken it, and
/// its answer may be lost.
fn goes_on(pending: &Pending, link: &Link) -> bool {
    pending.is_for(link) || (!link.has_activation() && pending.is_with(link))
}

async fn go_on(shared: &Shared, platform: &Platform) -> Result<Outcome, Error> {
    let (which, request) = next(shared)?;
    if let Some((url, request)) = request {
        let answer = exchange(platform, url, request, enrol::MAX_ANSWER).await?;
        which.take_answer(shared, &answer)?;
    }
    let (code, confirmation) = which.confirmation(shared, platform.now())?;
    match confirm(shared, platform, &which, confirmation).await {
        // The verdict told the service's time: where that gives another code, it is the right one.
        Err(Error::Enrolment(EnrolmentError::CodeWrong { ahead_millis })) => {
            let (corrected, confirmation) = which.confirmation(shared, platform.now())?;
            if corrected == code {
                return Err(EnrolmentError::CodeWrong { ahead_millis }.into());
            }
            confirm(shared, platform, &which, confirmation).await
        }
        ended => ended,
    }
}

/// The enrolment that is kept, and what to send for it if it is still to be answered. What is kept stays
/// on the stack, which is wiped: while the network is waited for none of it may lie in the flow.
fn next(shared: &Shared) -> Result<(Which, Option<(String, Secret)>), Error> {
    scrubbed(|| {
        // A commit that changes nothing makes durable what is there: nothing is sent before that.
        let pending = kept(shared.commit(|draft| draft.pending())?)?;
        let pending = pending.ok_or(EnrolmentError::NothingPending)?;
        let is_to_be_sent = pending.stage() == Stage::Requested;
        let request =
            is_to_be_sent.then(|| (pending.request_url(), Secret::copy_of(pending.request())));
        Ok((Which(pending.id()), request))
    })
}

async fn confirm(
    shared: &Shared,
    platform: &Platform,
    which: &Which,
    Confirmation { url, message, awaited }: Confirmation,
) -> Result<Outcome, Error> {
    let sent = platform.now();
    let verdict = exchange(platform, url, message, enrol::VERDICT_LEN).await?;
    which.conclude(shared, &awaited, &verdict, (sent, platform.now()))
}

/// Which enrolment a flow is of, by its ID: the one that is kept may have become another.
struct Which([u8; 16]);

impl Which {
    /// Keeps the answer, durably.
    fn take_answer(&self, shared: &Shared, answer: &Secret) -> Result<(), Error> {
        Entries(shared).change(|draft| {
            let mut pending = match self.find(draft.pending()?) {
                Ok(pending) => pending,
                Err(error) => return Ok(Decision::Refused(error)),
            };
            if pending.stage() == Stage::Answered {
                // By another process.
                return Ok(Decision::Done(()));
            }
            match pending.take_answer(answer.expose()) {
                Ok(_) => draft.put_pending(pending.encode()).map(Decision::Done),
                Err(error) => Ok(Decision::Refused(EnrolmentError::from(error).into())),
            }
        })
    }

    /// The confirmation and its code, if the vault is as the bank demands.
    fn confirmation(
        &self,
        shared: &Shared,
        now: DeviceTime,
    ) -> Result<(Code, Confirmation), Error> {
        // Another process may have added a slot.
        shared.refresh()?;
        let vault = shared.unlocked()?;
        let pending = self.find(vault.pending()?)?;
        let issued = issued(&pending)?;
        let new = issued.credential();
        if let Some(existing) = twin(&vault.entries()?, new) {
            return Err(Error::Duplicate { existing });
        }
        demand::check(new.policy, &vault.slots())?;
        let code = code(shared, new, now)?;
        let confirmation = pending.confirmation(&issued, &code, &*shared.random)?;
        Ok((code, confirmation))
    }

    /// Does as the service has decided, durably.
    fn conclude(
        &self,
        shared: &Shared,
        awaited: &AwaitedVerdict,
        verdict: &Secret,
        (sent, heard): (DeviceTime, DeviceTime),
    ) -> Result<Outcome, Error> {
        // A slot may have been made while the confirmation was out.
        shared.refresh()?;
        let vault = shared.unlocked()?;
        let slots = vault.slots();
        let ended = Entries(shared).change(|draft| {
            let found = self.find(draft.pending()?).and_then(|pending| issued(&pending));
            let issued = match found {
                Ok(issued) => issued,
                Err(error) => return Ok(Decision::Refused(error)),
            };
            let judgement = match awaited.read_verdict(&issued, verdict.expose()) {
                Ok(judgement) => judgement,
                Err(error) => return Ok(Decision::Refused(EnrolmentError::from(error).into())),
            };
            let sample = Sample {
                source: Source::Verifier,
                exchange: between(sent, heard),
                stamps: Stamps::one(judgement.service_time, Millis(1)),
            };
            let service = issued.credential().service.as_ref();
            shared.put_sample_beside(draft, service, &sample, heard)?;
            let refused = match judgement.verdict {
                Verdict::Confirmed => {
                    return match demand::check(issued.credential().policy, &slots) {
                        Ok(()) => add(draft, issued),
                        Err(error) => Ok(Decision::Refused(error.into())),
                    };
                }
                Verdict::Ended => {
                    draft.remove_pending();
                    return Ok(Decision::Done(Err(EnrolmentError::Ended)));
                }
                Verdict::CodeWrong => {
                    let ahead_millis = heard.wall.0.saturating_sub(judgement.service_time.0);
                    EnrolmentError::CodeWrong { ahead_millis }
                }
                Verdict::Later => EnrolmentError::Wait,
                Verdict::Stopped => EnrolmentError::Stopped,
            };
            Ok(Decision::Refused(refused.into()))
        });
        Ok(ended??)
    }

    /// The enrolment as it is kept now, if it is still this one.
    fn find(&self, plaintext: Option<Zeroizing<Vec<u8>>>) -> Result<Pending, Error> {
        kept(plaintext)?
            .filter(|pending| pending.id() == self.0)
            .ok_or(vault::Error::Changed.into())
    }
}

fn kept(plaintext: Option<Zeroizing<Vec<u8>>>) -> Result<Option<Pending>, Error> {
    let pending = plaintext.map(|plaintext| Pending::decode(&plaintext)).transpose();
    pending.map_err(|_| EnrolmentError::Unreadable.into())
}

fn issued(pending: &Pending) -> Result<Issued, Error> {
    let issued = pending.issued().map_err(EnrolmentError::from)?;
    issued.ok_or(vault::Error::Changed.into())
}

/// Sends it by POST and returns the body of a response with status 200.
async fn exchange(
    platform: &Platform,
    url: String,
    body: Secret,
    most: usize,
) -> Result<Secret, Error> {
    let errand = HttpErrand {
        method: HttpMethod::Post,
        url,
        content_type: enrol::CONTENT_TYPE.to_owned(),
        body,
        max_response: u32::try_from(most).unwrap_or(u32::MAX),
        timeout: TIMEOUT,
    };
    match platform.http.send(errand).await? {
        HttpAnswer::Response { status: 200, body, .. } => Ok(body),
        HttpAnswer::Response { status, .. } => Err(EnrolmentError::of_status(status).into()),
        HttpAnswer::Failed(failure) => Err(EnrolmentError::from(failure).into()),
    }
}

/// The code that confirms: of the step before the present one, so that the one that the customer
/// reads next is not spent.
fn code(shared: &Shared, new: &NewCredential, now: DeviceTime) -> Result<Code, Error> {
    let seed = new.keys.code.secret();
    match new.generator {
        Generator::Totp { algorithm, digits, steps } => {
            // A device's clock that cannot be right gives a wrong code, and the verdict corrects it.
            let clock = shared.clocks().read(new.service.as_ref(), now);
            let shown = clock.map_or(now.wall, |estimate| estimate.at(steps).instant);
            let step = steps.at(shown).map_or(0, |step| step.number.saturating_sub(1));
            Ok(totp::code(seed, algorithm, digits, step))
        }
        Generator::Hotp { algorithm, digits, counter } => {
            Ok(hotp::code(seed, algorithm, digits, counter))
        }
    }
}

/// The entry comes and the pending record, with its keys, goes.
fn add(
    draft: &mut Draft<'_>,
    issued: Issued,
) -> Result<Decision<Result<Outcome, EnrolmentError>>, vault::Error> {
    let mut new = issued.into_credential();
    if let Some(existing) = twin(&draft.entries()?, &new) {
        return Ok(Decision::Refused(Error::Duplicate { existing }));
    }
    if let Generator::Hotp { counter, .. } = &mut new.generator {
        // The code of this one has confirmed.
        *counter = counter.saturating_add(1);
    }
    draft.remove_pending();
    Ok(Decision::Done(Ok(Outcome::Enrolled(put_new(draft, new)?))))
}

/// For each exchange.
const TIMEOUT: Millis = Millis::from_secs(30);
