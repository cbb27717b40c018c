//! All that the bank's customer and its staff do with a token, by itself and over HTTP, each step told.
//!
//! The customer's part goes through the bank's pages, as a browser goes; the staff's through the API.
//! No step knows anything of the bank but what these two say.

mod visits;

use serde_json::Value;
use warifu::{
    time::{Millis, UnixMillis},
    token::{self, Token},
};
use warifu_desktop::{
    cli::print, device_clock::DeviceClock, failure::Failure, import::ServiceLink, locale::Lang,
    texts,
};
use warifu_verifier::Rules;

use crate::{
    browser::{Browser, BrowserError},
    clock::Skipped,
    desk::{Desk, DeskError},
    phone::Phone,
};

/// How far the phone's clock is off in the step that says so.
const OFF: Millis = Millis::from_secs(600);
/// A few minutes more than the bank lets a new token wait: the wait began a moment before.
const THREE_DAYS: Millis = Millis::from_secs(3 * 86_400 + 300);

/// A step that did not end as it must.
#[derive(Debug, thiserror::Error)]
#[error("{step}: {why}")]
pub(crate) struct StepFailed {
    pub(crate) step: String,
    why: String,
}

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Why {
    #[error(transparent)]
    Token(#[from] token::Error),
    #[error(transparent)]
    Desk(#[from] DeskError),
    #[error(transparent)]
    Browser(#[from] BrowserError),
    #[error(transparent)]
    Link(#[from] Failure),
    #[error("the answer was {0}")]
    Unexpected(Value),
    #[error("the page of {path} should say “{expected}”; it says: {said}")]
    Page { path: String, expected: String, said: String },
    #[error("the token shows no code")]
    NoCode,
}

/// What a step says of itself when it is done.
type Told = Result<String, Why>;

/// A token that is to enrol, and the link that it gets its keys by.
pub(crate) struct Enrolling<'l, 't> {
    pub(crate) token: &'t Token,
    pub(crate) link: &'l ServiceLink,
}

/// Who takes part.
pub(crate) struct Walk<'a> {
    pub(crate) lang: Lang,
    pub(crate) browser: Browser,
    pub(crate) desk: &'a Desk,
    pub(crate) clock: DeviceClock,
    pub(crate) skipped: &'a Skipped,
}

impl<'a> Walk<'a> {
    /// Goes through all steps, with a token and the one that it is exchanged for.
    pub(crate) fn run(
        &mut self,
        first: &Enrolling<'_, 'a>,
        second: &'a Token,
    ) -> Result<(), StepFailed> {
        let lang = self.lang;
        let mut phone = self.step(texts::walk_enrol(lang), |walk| walk.enrol(first))?;
        let phone = &mut phone;
        self.tell(texts::walk_register(lang), |walk| walk.register(phone))?;
        self.tell(texts::walk_login(lang), Self::log_in)?;
        self.tell(texts::walk_new_payee(lang), Self::pay_too_early)?;
        let paid = self.step(texts::walk_transfer(lang), |walk| {
            walk.skipped.pass(THREE_DAYS);
            walk.transfer(phone)
        })?;
        self.tell(texts::walk_again(lang), |walk| walk.send_again(&paid))?;
        self.tell(texts::walk_replayed(lang), |walk| walk.replay(&paid))?;
        self.tell(texts::walk_ask(lang), |walk| walk.ask_at_login(phone))?;
        self.tell(texts::walk_login_code(lang), |walk| walk.log_in_with_code(phone))?;
        self.tell(texts::walk_clock(lang), |walk| walk.lose_the_time(phone))?;
        self.tell(texts::walk_resync(lang), |walk| walk.resync(phone))?;
        self.tell(texts::walk_hear(lang), |walk| walk.hear_time(phone))?;
        let new = self.step(texts::walk_exchange(lang), |walk| walk.exchange(phone, second))?;
        self.tell(texts::walk_old_token(lang), |walk| walk.try_old(phone, &new))?;
        let tries = Rules::default().failures_until_locked();
        self.tell(&texts::walk_lock(lang, &tries), |walk| walk.lock(&new))?;
        self.tell(texts::walk_unlock(lang), |walk| {
            walk.act(&new, "unlock", "active")?;
            walk.finish_login(&new)
        })?;
        self.tell(texts::walk_suspend(lang), |walk| walk.suspend(&new))?;
        self.tell(texts::walk_revoke(lang), |walk| walk.revoke(&new))
    }

    fn tell(&mut self, step: &str, work: impl FnOnce(&mut Self) -> Told) -> Result<(), StepFailed> {
        self.step(step, |walk| Ok(((), work(walk)?)))
    }

    /// Does a step, and tells that it is done.
    fn step<T>(
        &mut self,
        step: &str,
        work: impl FnOnce(&mut Self) -> Result<(T, String), Why>,
    ) -> Result<T, StepFailed> {
        let failed = |why: String| StepFailed { step: step.to_owned(), why };
        let (done, told) = work(self).map_err(|why| failed(why.to_string()))?;
        print(&format!("{step}: {told}\n")).map_err(|_| failed(String::new()))?;
        Ok(done)
    }

    fn enrol(&self, enrolling: &Enrolling<'_, 'a>) -> Result<(Phone<'a>, String), Why> {
        let Enrolling { token, link } = *enrolling;
        let phone = Phone::enrol(token, link, self.clock, self.skipped)?;
        // The service says so itself.
        expect(&self.desk.view(phone.id.as_str())?, "status", "active")?;
        let id = phone.id.grouped();
        Ok((phone, id))
    }

    /// Wrong codes until it is locked, with the wait that the service asks for after each.
    fn lock(&mut self, phone: &Phone<'_>) -> Told {
        for _ in 0..MOST_TRIES {
            let judged = self.desk.verify(phone.id.as_str(), &phone.wrong_code()?)?;
            match judged.get("verdict").and_then(Value::as_str) {
                Some("wrong") => {}
                Some("too_soon") => {
                    let until = judged.get("until").and_then(Value::as_i64);
                    let until = UnixMillis(until.ok_or(Why::Unexpected(judged.clone()))?);
                    self.skipped.pass(until.since(self.skipped.of_bank().now()));
                }
                Some("locked") => return self.locked_at_login(phone),
                _ => return Err(Why::Unexpected(judged)),
            }
        }
        Err(Why::Unexpected(self.desk.view(phone.id.as_str())?))
    }

    /// What staff do, and how the credential stands afterwards.
    fn act(&self, phone: &Phone<'_>, act: &str, status: &str) -> Result<(), Why> {
        expect(&self.desk.act(phone.id.as_str(), act)?, "status", status)
    }
}

fn expect(answer: &Value, name: &str, expected: &str) -> Result<(), Why> {
    let is_it = answer.get(name).and_then(Value::as_str) == Some(expected);
    if is_it { Ok(()) } else { Err(Why::Unexpected(answer.clone())) }
}

/// More than the rules let be made, each with a wait before it.
const MOST_TRIES: u16 = 250;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use warifu::{
        secret::{Secret, SystemRandom},
        vault::{KdfParams, Passphrase},
    };
    use warifu_desktop::import::{self, Source};

    use super::*;

    #[test]
    fn a_walk_that_fails_names_its_step() {
        let folder = tempfile::tempdir().unwrap();
        let (random, quick) = (SystemRandom::new(), KdfParams::new(8, 1, 1).unwrap());
        let passphrase = Passphrase::new(b"correct horse battery").unwrap();
        let path = folder.path().join("t.warifu");
        let clock = DeviceClock::new(&random).unwrap();
        let token = Token::create(&path, &passphrase, quick, Arc::new(random)).unwrap();
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let link =
            format!("http://{nobody}/token#k=BEFQUBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HZAEERA");
        let Source::Service(link) = import::from_source(&link).unwrap() else { unreachable!() };
        let url = format!("http://{nobody}");
        let desk = Desk::new(&url, Secret::copy_of(b"key"));
        let skipped = Skipped::default();
        let browser = Browser::new(&url, Lang::En);
        let mut walk = Walk { lang: Lang::En, browser, desk: &desk, clock, skipped: &skipped };
        let enrolling = Enrolling { token: &token, link: &link };
        let failed = walk.run(&enrolling, &token).unwrap_err();
        assert_eq!(failed.step, texts::walk_enrol(Lang::En));
        assert!(failed.to_string().contains("cannot be reached"), "{failed}");
        let failed = walk.tell("3 log in", Walk::log_in).unwrap_err();
        assert_eq!(failed.step, "3 log in");
        assert!(failed.to_string().contains("does not answer"), "{failed}");
    }
}
