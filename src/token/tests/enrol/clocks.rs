//! Many clocks: one for each service, and the hosts'.

use super::{
    super::disk::{Call, Fault, When},
    *,
};
use crate::{
    clock::{Certainty, ENCODED_LENGTH},
    credential::WebAddress,
    time::{BootId, Uptime},
    token::{ClockNotice, SyncError},
};

const HOUR: i64 = 3_600_000;

/// A token with a credential of each of these services, on a device that has started anew since.
fn restarted(services: &mut [Service]) -> (SimDisk, Token, DeviceTime) {
    let disk = SimDisk::empty();
    let token = create_on(disk.clone(), OLD).unwrap();
    let mut now = at(NOON);
    for place in 0..services.len() {
        enrol(&token, services, place, &mut now);
    }
    now.boot = BootId([9; 16]);
    now.uptime = Uptime(60_000);
    (disk, token, now)
}

fn enrol(token: &Token, services: &mut [Service], place: usize, now: &mut DeviceTime) {
    let there = services[place].link(None).replace(BANK, &base(place));
    let flow = token.enrolment().begin(link(&there), BindingLevel::Hardware, *now);
    let ended = drive(&flow, now, |errand| answered(Some(post(services, errand))));
    assert!(matches!(ended, Ok(Outcome::Enrolled(_))), "{ended:?}");
}

const BANK: &str = "https://bank.example/token";

/// The first is the bank's.
fn base(place: usize) -> String {
    if place == 0 { BANK.to_owned() } else { format!("https://bank{place}.example/token") }
}

/// Each service at its address.
fn post(services: &mut [Service], errand: &HttpErrand) -> Reply {
    let is_there = |place: &usize| errand.url.starts_with(&format!("{}/", base(*place)));
    let place = (0..services.len()).find(is_there).unwrap();
    let path = errand.url.replace(&base(place), BANK);
    services[place].post(&path, errand.body.expose())
}

fn drive(
    flow: &Flow,
    now: &mut DeviceTime,
    mut answer: impl FnMut(&HttpErrand) -> HttpAnswer,
) -> Result<Outcome, Error> {
    let mut step = flow.step(*now)?;
    loop {
        step = match step {
            Step::Ask { ticket, errand: Errand::Http(errand) } => {
                flow.answer(ticket, answer(&errand), *now)?
            }
            Step::Wait { until } => {
                let span = until.since(now.uptime);
                now.uptime = until;
                now.wall = now.wall.saturating_add(span);
                flow.step(*now)?
            }
            Step::Done(outcome) => return Ok(outcome),
            other => panic!("{other:?}"),
        };
    }
}

fn sync(
    token: &Token,
    now: &mut DeviceTime,
    answer: impl FnMut(&HttpErrand) -> HttpAnswer,
) -> Result<Outcome, Error> {
    drive(&token.time().sync(*now), now, answer)
}

fn faces(token: &Token, now: DeviceTime) -> Vec<Face> {
    token.screen(now).unwrap().cards.into_iter().map(|card| card.face).collect()
}

fn synced(seed: u8) -> Service {
    let mut service = Service::new(seed, NOON);
    service.synced = true;
    service
}

fn date(millis: i64) -> HttpAnswer {
    let since = std::time::Duration::from_millis(millis.try_into().unwrap());
    let date = Some(httpdate::fmt_http_date(std::time::UNIX_EPOCH + since));
    HttpAnswer::Response { status: 200, body: Secret::copy_of(&[]), date, has_age: false }
}

fn lost() -> HttpAnswer {
    HttpAnswer::Failed(HttpFailure::Unreachable)
}

#[test]
fn a_strangers_key_at_the_banks_own_address_is_another_service() {
    let mut bank = [synced(1)];
    let (_, token, mut now) = restarted(&mut bank);
    // Somebody answers at the bank's address, and the customer has scanned a link with their key.
    let mut stranger = Service::new(2, NOON + HOUR);
    let flow = token.enrolment().begin(link(&stranger.link(None)), BindingLevel::Hardware, now);
    let ended = drive(&flow, &mut now, |errand| {
        answered(Some(stranger.post(&errand.url, errand.body.expose())))
    });
    assert!(matches!(ended, Ok(Outcome::Enrolled(_))), "{ended:?}");
    let both = faces(&token, now);
    assert_eq!(both[0], Face::NeedsSync, "the bank was not heard");
    assert!(matches!(both[1], Face::Totp { certainty: Certainty::Sure, .. }));

    // Nor does it stand in for the bank when the time is asked for: each has its own credential.
    let ended = sync(&token, &mut now, |errand| {
        let body = errand.body.expose();
        let (status, reply) = bank[0].post(&errand.url, body);
        let reply = if status == 200 { (status, reply) } else { stranger.post(&errand.url, body) };
        answered(Some(reply))
    });
    assert_eq!(ended, Ok(Outcome::Synced));
    let [own, other] = &faces(&token, now)[..] else { panic!() };
    let from = |face: &Face| match face {
        Face::Totp { valid_from, certainty: Certainty::Sure, .. } => valid_from.0,
        other => panic!("{other:?}"),
    };
    assert_eq!(from(other) - from(own), HOUR);
}

#[test]
fn no_host_leads_back_behind_what_the_bank_has_proven() {
    let (_, token, mut now) = restarted(&mut [Service::new(1, NOON)]);
    now.wall.0 -= 365 * 24 * HOUR;
    let at_floor = |now| {
        let screen = token.screen(now).unwrap();
        assert_eq!(screen.clock.notice, Some(ClockNotice::Contradicted));
        let Face::Totp { valid_from, .. } = screen.cards[0].face else { panic!() };
        assert!((NOON - 60_000..=NOON).contains(&valid_from.0), "{valid_from:?}");
    };
    at_floor(now);
    token.time().set_hosts(vec![WebAddress::parse("https://wrong.example").unwrap()]).unwrap();
    let mut said = 0;
    let _ = sync(&token, &mut now, |errand| match errand.method {
        HttpMethod::Head => {
            said += 1;
            date(NOON - 365 * 24 * HOUR)
        }
        _ => lost(),
    });
    assert!(said > 0);
    at_floor(now);
}

#[test]
fn of_many_services_each_is_asked_in_its_turn() {
    let mut services: Vec<_> = (1..=9).map(synced).collect();
    let (_, token, mut now) = restarted(&mut services);
    for (asked, unheard) in [(8, 1), (8, 0)] {
        assert!(token.screen(now).unwrap().clock.sync_at.unwrap() <= now.uptime);
        let mut times = 0;
        let ended = sync(&token, &mut now, |errand| {
            times += 1;
            answered(Some(post(&mut services, errand)))
        });
        assert_eq!((ended, times), (Ok(Outcome::Synced), asked));
        let needing = faces(&token, now).iter().filter(|face| **face == Face::NeedsSync).count();
        assert_eq!(needing, unheard);
    }
    let due = token.screen(now).unwrap().clock.sync_at.unwrap();
    assert!(due > now.uptime.saturating_add(Millis(3_600_000)), "all were heard");
}

#[test]
fn more_services_than_are_kept_forget_the_one_that_was_not_heard_for_the_longest() {
    let mut services: Vec<_> = (1..=70).map(synced).collect();
    let (disk, token, now) = restarted(&mut []);
    let mut now = DeviceTime { boot: at(NOON).boot, ..now };
    for place in 0..services.len() {
        now.uptime = now.uptime.saturating_add(Millis(10));
        enrol(&token, &mut services, place, &mut now);
        let last = faces(&token, now).pop().unwrap();
        assert!(matches!(last, Face::Totp { .. }), "{place} was just heard: {last:?}");
    }
    let again = open_on(disk).unwrap();
    again.unlock(&passphrase(OLD)).unwrap();
    let needing: Vec<_> = faces(&again, now).iter().map(|face| *face == Face::NeedsSync).collect();
    let kept = needing.iter().filter(|needs| !**needs).count();
    assert!(kept >= 60, "{kept}");
    assert!(
        needing[..70 - kept].iter().all(|needs| *needs),
        "the first were heard the longest ago"
    );
}

#[test]
fn who_sets_the_date_as_told_does_not_wait_for_the_next_try() {
    let mut services = [synced(1)];
    let (_, token, mut now) = restarted(&mut services);
    now.wall.0 -= 400 * 24 * HOUR;
    for _ in 0..12 {
        let refused = |_: &HttpErrand| HttpAnswer::Failed(HttpFailure::CertificateTime);
        let ended = sync(&token, &mut now, refused);
        assert_eq!(ended, Err(SyncError::Failed(HttpFailure::CertificateTime).into()));
    }
    let view = |now| token.screen(now).unwrap().clock;
    assert_eq!(view(now).notice, Some(ClockNotice::SetDate));
    assert!(view(now).sync_at.unwrap() > now.uptime.saturating_add(Millis(3_600_000)));

    now.wall = UnixMillis(NOON);
    assert_ne!(view(now).notice, Some(ClockNotice::SetDate));
    assert!(view(now).sync_at.unwrap() <= now.uptime);
    // Another failure than that is waited for as ever.
    assert!(sync(&token, &mut now, |_| lost()).is_err());
    assert!(view(now).sync_at.unwrap() > now.uptime);
    let ended = sync(&token, &mut now, |errand| answered(Some(post(&mut services, errand))));
    assert_eq!(ended, Ok(Outcome::Synced));
}

#[test]
fn a_wrong_date_is_told_whichever_service_met_it_and_not_where_another_was_reached() {
    let mut services = [Service::new(1, NOON), Service::new(2, NOON)];
    let refused = || HttpAnswer::Failed(HttpFailure::CertificateTime);
    for wrong in [0, 1] {
        let (_, token, mut now) = restarted(&mut services);
        let is_wrong = |errand: &HttpErrand| errand.url.starts_with(&format!("{}/", base(wrong)));
        let notice = |now| token.screen(now).unwrap().clock.notice;
        let ended = sync(&token, &mut now, |e| if is_wrong(e) { refused() } else { lost() });
        assert!(ended.is_err());
        assert_eq!(notice(now), Some(ClockNotice::SetDate));
        let ended = sync(&token, &mut now, |errand| {
            if is_wrong(errand) { refused() } else { answered(Some(post(&mut services, errand))) }
        });
        assert_eq!(ended, Ok(Outcome::Synced));
        assert_ne!(notice(now), Some(ClockNotice::SetDate));
    }
}

#[test]
fn where_a_card_has_nothing_but_an_impossible_clock_the_date_is_to_be_set() {
    let mut services = [Service::new(1, NOON)];
    let (_, token, mut now) = restarted(&mut services);
    token.entries().add(totp("plain")).unwrap();
    let ended = sync(&token, &mut now, |errand| answered(Some(post(&mut services, errand))));
    assert_eq!(ended, Ok(Outcome::Synced));
    now.wall = UnixMillis(0);
    let screen = token.screen(now).unwrap();
    assert!(matches!(screen.cards[0].face, Face::Totp { certainty: Certainty::Sure, .. }));
    assert_eq!(screen.cards[1].face, Face::NeedsSync);
    assert_eq!(screen.clock.notice, Some(ClockNotice::SetDate));
}

#[test]
fn a_host_that_told_the_time_makes_a_synchronisation_one() {
    let (_, token, mut now) = restarted(&mut [Service::new(1, NOON)]);
    token.time().set_hosts(vec![WebAddress::parse("https://right.example").unwrap()]).unwrap();
    let ended = sync(&token, &mut now, |errand| match errand.method {
        HttpMethod::Head => date(NOON),
        _ => lost(),
    });
    assert_eq!(ended, Ok(Outcome::Synced));
}

/// A later version's record is kept as it is, and the disk refuses besides.
#[test]
fn one_lie_of_the_bank_counts_once_wherever_the_clock_is_kept() {
    for fails in [false, true] {
        let mut services = [Service::new(1, NOON)];
        let (disk, token, mut now) = restarted(&mut services);
        let mut later = vec![2, 1];
        later.resize(2 + 32 + ENCODED_LENGTH, 7);
        let later = || zeroize::Zeroizing::new(later.clone());
        token.shared.commit(|draft| draft.put_clock(later())).unwrap();
        let mut told = |token: &Token, now: &mut DeviceTime| {
            sync(token, now, |errand| answered(Some(post(&mut services, errand))))
        };
        disk.watch(None);
        assert_eq!(told(&token, &mut now), Ok(Outcome::Synced));
        let call = disk.calls().iter().position(|call| *call == Call::SyncFolder).unwrap();
        let before = faces(&token, now);
        assert!(matches!(before[0], Face::Totp { certainty: Certainty::Sure, .. }));
        if fails {
            let kind = std::io::ErrorKind::StorageFull;
            disk.watch(Some(Fault { call, kind, when: When::Before, lasting: false }));
        }
        services[0].clock += HOUR;
        let ended = sync(&token, &mut now, |errand| answered(Some(post(&mut services, errand))));
        assert_eq!(ended, Ok(Outcome::Synced));
        let screen = token.screen(now).unwrap();
        assert_eq!(screen.clock.certainty, Certainty::Contradicted);
        let from = |face: &Face| match face {
            Face::Totp { valid_from, .. } => *valid_from,
            other => panic!("{other:?}"),
        };
        assert_eq!(from(&screen.cards[0].face), from(&before[0]));
    }
}
