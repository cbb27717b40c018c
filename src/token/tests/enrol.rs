//! Enrolment with a small service that stands in for the bank's.

mod clocks;
mod crash;
mod hostile;
mod later;
mod policy;
#[allow(dead_code, reason = "the services of other tests, which share it, use the rest")]
mod service;
mod sharing;
mod time;

use super::{
    disk::{SimDisk, State},
    operations::OLD,
    *,
};
use crate::{
    credential::UnlockPolicy,
    otp::totp,
    provision::enrol::{BindingLevel, Link, LinkError},
    time::Millis,
    token::{
        EnrolmentError, Errand, Flow, HttpAnswer, HttpErrand, HttpFailure, HttpMethod, Misuse,
        Outcome, Step, Ticket,
    },
};
use service::{Reply, Service};

/// A token's disk and its bank.
struct Bench {
    disk: SimDisk,
    service: Service,
    now: DeviceTime,
}

/// What the network does to one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Net {
    Whole,
    /// The request comes twice; the second reply is the one that arrives.
    Repeated,
    RequestLost,
    AnswerLost,
    AnswerCut,
}

impl Bench {
    /// With a new vault, unlocked.
    fn new() -> (Self, Token) {
        let disk = SimDisk::empty();
        let token = create_on(disk.clone(), OLD).unwrap();
        (Self { disk, service: Service::new(1, NOON), now: at(NOON) }, token)
    }

    /// A process that has just started, unlocked.
    fn open(&self) -> Token {
        let token = open_on(self.disk.clone()).unwrap();
        token.unlock(&passphrase(OLD)).unwrap();
        token
    }

    /// The machine loses its power, at its worst, and starts anew.
    fn cut_power(&mut self) -> Token {
        let left = self.disk.state().after_cut([]);
        self.disk = SimDisk::new(State::at_rest(left), None);
        self.open()
    }

    fn link(&self) -> Link {
        link(&self.service.link(None))
    }

    fn begin(&self, token: &Token) -> Flow {
        token.enrolment().begin(self.link(), BindingLevel::Hardware, self.now)
    }

    fn resume(&self, token: &Token) -> Flow {
        token.enrolment().resume(self.now)
    }

    fn run(&mut self, flow: &Flow) -> Result<Outcome, Error> {
        self.run_over(flow, |_, errand, service| {
            Some(service.post(&errand.url, errand.body.expose()))
        })
    }

    /// To the end of the flow; `carry` has each request, counted from 1, and gives what arrives.
    fn run_over(
        &mut self,
        flow: &Flow,
        mut carry: impl FnMut(usize, &HttpErrand, &mut Service) -> Option<Reply>,
    ) -> Result<Outcome, Error> {
        let (mut step, mut count) = (flow.step(self.now)?, 0);
        loop {
            step = match step {
                Step::Done(outcome) => return Ok(outcome),
                step => {
                    let (ticket, errand) = asked(Ok(step));
                    count += 1;
                    let reply = carry(count, &errand, &mut self.service);
                    flow.answer(ticket, answered(reply), self.now)?
                }
            };
        }
    }

    /// The same over a network that does `net` to the exchange of this number.
    fn run_disturbed(&mut self, flow: &Flow, at: usize, net: Net) -> Result<Outcome, Error> {
        self.run_over(flow, |count, errand, service| {
            let mut post = || service.post(&errand.url, errand.body.expose());
            match if count == at { net } else { Net::Whole } {
                Net::Whole => Some(post()),
                Net::Repeated => {
                    post();
                    Some(post())
                }
                Net::RequestLost => None,
                Net::AnswerLost => {
                    post();
                    None
                }
                Net::AnswerCut => {
                    let (status, mut body) = post();
                    body.truncate(body.len() / 2);
                    Some((status, body))
                }
            }
        })
    }
}

fn link(text: &str) -> Link {
    Link::parse(text.as_bytes()).unwrap()
}

/// A request, which is as the protocol has it.
fn asked(step: Result<Step, Error>) -> (Ticket, HttpErrand) {
    let (ticket, errand) = match step {
        Ok(Step::Ask { ticket, errand: Errand::Http(errand) }) => (ticket, errand),
        other => panic!("{other:?}"),
    };
    assert_eq!(errand.method, HttpMethod::Post);
    assert_eq!(errand.content_type, "application/octet-stream");
    assert_eq!(errand.timeout, Millis::from_secs(30));
    let most = match errand.url.rsplit('/').next() {
        Some("enrol") => 16_384,
        Some("time") => 49,
        _ => 42,
    };
    assert_eq!(errand.max_response, most);
    (ticket, errand)
}

fn answered(reply: Option<Reply>) -> HttpAnswer {
    match reply {
        Some((status, body)) => HttpAnswer::from((status, Secret::copy_of(&body))),
        None => HttpAnswer::Failed(HttpFailure::Unreachable),
    }
}

fn failed(error: EnrolmentError) -> Result<Outcome, Error> {
    Err(error.into())
}

const UNREACHABLE: EnrolmentError = EnrolmentError::Failed(HttpFailure::Unreachable);

/// One credential on both sides, and nothing that is left of its enrolment.
fn assert_one_credential(bench: &Bench, token: &Token) {
    assert_eq!((bench.service.rows.len(), bench.service.active()), (1, 1));
    assert_eq!(token.entries().list().unwrap().len(), 1);
    assert_eq!(token.enrolment().pending(), Ok(None));
    let again = bench.open();
    assert_eq!(again.entries().list(), token.entries().list());
    assert_eq!(again.enrolment().pending(), Ok(None));
    assert_eq!(again.unlock(&passphrase(OLD)).unwrap().kept_unread, 0);
}

#[test]
fn an_enrolment_ends_with_a_card_whose_code_is_not_spent() {
    let (mut bench, token) = Bench::new();
    let flow = bench.begin(&token);
    let Ok(Outcome::Enrolled(added)) = bench.run(&flow) else { panic!("not enrolled") };
    assert_one_credential(&bench, &token);

    let (id, row) = bench.service.rows.first_key_value().unwrap();
    assert_eq!(row.binding, 2);
    let present = u64::try_from(NOON).unwrap() / 30_000;
    assert_eq!(row.confirmed_by, Some(present - 1), "not by the code that the customer reads");
    let key = Secret::copy_of(&Service::code_key(id));
    let screen = token.screen(bench.now).unwrap();
    let [card] = &screen.cards[..] else { panic!("{screen:?}") };
    assert_eq!(card.id, added.id);
    assert_eq!(card.names.issuer, label("割符信用金庫"));
    assert_eq!(card.names.credential_id.as_ref().unwrap().as_str(), "WRFU00000000");
    let Face::Totp { code, .. } = &card.face else { panic!("{card:?}") };
    assert_eq!(*code, totp::code(&key, Algorithm::Sha1, Digits::SIX, present));
}

#[test]
fn a_counters_first_code_confirms_and_the_next_is_the_customers() {
    let (mut bench, token) = Bench::new();
    bench.service.hotp_counter = Some(7);
    let flow = bench.begin(&token);
    assert!(matches!(bench.run(&flow), Ok(Outcome::Enrolled(_))));
    assert_eq!(bench.service.rows.first_key_value().unwrap().1.confirmed_by, Some(7));
    let Face::Hotp { counter } = token.screen(bench.now).unwrap().cards[0].face else { panic!() };
    assert_eq!(counter, 8);
}

#[test]
fn the_activation_code_goes_along_and_prints_nowhere() {
    let (mut bench, token) = Bench::new();
    let code = "1234567890123452";
    bench.service.codes.insert(code.to_owned());
    let without = bench.begin(&token);
    assert_eq!(bench.run(&without), failed(EnrolmentError::CodeRefused));
    let with = link(&bench.service.link(Some(code)));
    assert!(!format!("{with:?}").contains(code));
    let flow = token.enrolment().begin(with, BindingLevel::None, bench.now);
    assert!(matches!(bench.run(&flow), Ok(Outcome::Enrolled(_))));
    assert_one_credential(&bench, &token);
    assert!(bench.service.used.contains_key(code));
}

#[test]
fn nothing_is_sent_before_it_is_durable_and_only_those_bytes_are_ever_sent() {
    let (mut bench, token) = Bench::new();
    let flow = bench.begin(&token);
    let (_, first) = asked(flow.step(bench.now));
    drop((flow, token));
    // The power goes before the request has left.
    let token = bench.cut_power();
    let pending = token.enrolment().pending().unwrap().unwrap();
    assert_eq!((pending.host.as_str(), pending.answered), ("bank.example", None));
    for begin in [Bench::resume, Bench::begin] {
        let flow = begin(&bench, &token);
        let (ticket, errand) = asked(flow.step(bench.now));
        assert_eq!(errand.body, first.body);
        let lost = flow.answer(ticket, answered(None), bench.now).map(|_| Outcome::Removed);
        assert_eq!(lost, failed(UNREACHABLE));
    }
}

#[test]
fn once_answered_the_request_is_not_sent_again() {
    let (mut bench, token) = Bench::new();
    let flow = bench.begin(&token);
    assert_eq!(bench.run_disturbed(&flow, 2, Net::RequestLost), failed(UNREACHABLE));
    let answered = token.enrolment().pending().unwrap().unwrap().answered.unwrap();
    assert_eq!(answered.issuer, label("割符信用金庫"));
    assert_eq!(answered.credential_id.unwrap().as_str(), "WRFU00000000");
    assert_eq!((answered.account, answered.unlock), (None, UnlockPolicy::Any));
    assert!(token.entries().list().unwrap().is_empty(), "nothing is an entry before");

    let token = bench.cut_power();
    for begin in [Bench::resume, Bench::begin] {
        let (_, errand) = asked(begin(&bench, &token).step(bench.now));
        assert_eq!(errand.url, "https://bank.example/token/confirm");
    }
    let again = bench.resume(&token);
    assert!(matches!(bench.run(&again), Ok(Outcome::Enrolled(_))));
    assert_one_credential(&bench, &token);
}

#[test]
fn of_another_link_the_one_that_was_begun_is_forgotten_unless_it_was_answered() {
    let (mut bench, token) = Bench::new();
    let first = bench.begin(&token);
    let (_, errand) = asked(first.step(bench.now));
    let other = Service::new(2, NOON);
    let another = |token: &Token| {
        token.enrolment().begin(link(&other.link(None)), BindingLevel::None, at(NOON))
    };
    let second = another(&token);
    let (_, changed) = asked(second.step(bench.now));
    assert_ne!(errand.body, changed.body);
    assert!(other.open(changed.body.expose()).is_some(), "it is for the other service");

    // Another code is another link.
    let code = link(&bench.service.link(Some("1234567890123452")));
    let with_code = token.enrolment().begin(code, BindingLevel::None, bench.now);
    let (_, of_code) = asked(with_code.step(bench.now));
    assert_ne!(of_code.body, changed.body);

    // Without a code it goes on with the one that was sent: the service may have taken it.
    let again = bench.begin(&token);
    assert_eq!(asked(again.step(bench.now)).1.body, of_code.body);
    token.enrolment().discard().unwrap();

    let first = bench.begin(&token);
    assert_eq!(bench.run_disturbed(&first, 2, Net::RequestLost), failed(UNREACHABLE));
    let refused = another(&token);
    assert_eq!(bench.run(&refused), failed(EnrolmentError::AnotherPending));
    token.enrolment().discard().unwrap();
    assert_eq!(token.enrolment().pending(), Ok(None));
    let second = another(&token);
    assert!(other.open(asked(second.step(bench.now)).1.body.expose()).is_some());
}

#[test]
fn without_one_there_is_nothing_to_go_on_with() {
    let (mut bench, token) = Bench::new();
    let flow = bench.resume(&token);
    assert_eq!(bench.run(&flow), failed(EnrolmentError::NothingPending));
    assert_eq!(token.enrolment().discard(), Ok(()));
    token.lock();
    assert_eq!(token.enrolment().pending(), Err(Error::Locked));
    assert_eq!(token.enrolment().discard(), Err(Error::Locked));
    let flow = bench.begin(&token);
    assert_eq!(bench.run(&flow), Err(Error::Locked));
}

#[test]
fn a_link_that_agrees_on_no_secret_is_refused_and_nothing_is_kept() {
    let (mut bench, token) = Bench::new();
    let low_order = format!("https://bank.example/token#k={}", "A".repeat(52));
    let flow = token.enrolment().begin(link(&low_order), BindingLevel::None, bench.now);
    assert_eq!(bench.run(&flow), Err(LinkError::BadKey.into()));
    assert_eq!(token.enrolment().pending(), Ok(None));
}

#[test]
fn what_a_later_version_began_is_kept_until_it_is_discarded() {
    let (mut bench, token) = Bench::new();
    let later = || zeroize::Zeroizing::new(b"\x02 as a later version has it".to_vec());
    token.shared.commit(|draft| draft.put_pending(later())).unwrap();
    let token = bench.open();
    assert_eq!(token.unlock(&passphrase(OLD)).unwrap().kept_unread, 1);
    let unreadable: Error = EnrolmentError::Unreadable.into();
    assert_eq!(token.enrolment().pending(), Err(unreadable));
    for begin in [Bench::begin, Bench::resume] {
        let flow = begin(&bench, &token);
        assert_eq!(bench.run(&flow), Err(unreadable));
    }
    let kept = token.shared.unlocked().unwrap().pending().unwrap();
    assert_eq!(kept, Some(later()));
    token.enrolment().discard().unwrap();
    let flow = bench.begin(&token);
    assert!(matches!(bench.run(&flow), Ok(Outcome::Enrolled(_))));
    assert_one_credential(&bench, &token);
}
