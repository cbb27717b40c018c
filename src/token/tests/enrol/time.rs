//! The time that the bank's service, and web servers, tell.

use super::{
    super::disk::{Call, Fault, When},
    *,
};
use crate::{
    clock::{Certainty, Neighbour},
    credential::WebAddress,
    time::{BootId, Span, Uptime},
    token::{ClockNotice, ClockView, SyncError},
};

/// A token with one credential of the bank, on a device that has started anew since.
fn restarted(synced: bool) -> (Bench, Token) {
    let (mut bench, token) = Bench::new();
    bench.service.synced = synced;
    let flow = bench.begin(&token);
    assert!(matches!(bench.run(&flow), Ok(Outcome::Enrolled(_))));
    bench.now.boot = BootId([9; 16]);
    bench.now.uptime = Uptime(60_000);
    (bench, token)
}

fn view(token: &Token, bench: &Bench) -> ClockView {
    token.screen(bench.now).unwrap().clock
}

fn face(token: &Token, now: DeviceTime) -> Face {
    token.screen(now).unwrap().cards.remove(0).face
}

fn sync(bench: &mut Bench, token: &Token) -> Result<Outcome, Error> {
    let flow = token.time().sync(bench.now);
    bench.run(&flow)
}

/// What the bank takes as the code of its present step.
fn bank_code(bench: &Bench) -> Code {
    let (id, _) = bench.service.rows.first_key_value().unwrap();
    let key = Secret::copy_of(&Service::code_key(id));
    let step = u64::try_from(bench.service.clock).unwrap() / 30_000;
    totp::code(&key, Algorithm::Sha1, Digits::SIX, step)
}

fn pass(bench: &mut Bench, millis: u64) {
    bench.now.uptime = bench.now.uptime.saturating_add(Millis(millis));
    bench.now.wall = bench.now.wall.saturating_add(Millis(millis));
    bench.service.clock += i64::try_from(millis).unwrap();
}

#[test]
fn a_restarted_device_is_sure_again_once_the_bank_has_told_its_time() {
    let (mut bench, token) = restarted(false);
    bench.now.wall.0 += 130_000;
    let before = view(&token, &bench);
    assert_eq!((before.certainty, before.uncertainty), (Certainty::Unsynced, None));
    assert_eq!(before.notice, Some(ClockNotice::NotSynced));
    assert!(before.sync_at.unwrap() <= bench.now.uptime);

    assert_eq!(sync(&mut bench, &token), Ok(Outcome::Synced));
    for token in [&token, &bench.open()] {
        let after = view(token, &bench);
        assert_eq!(after.certainty, Certainty::Sure);
        assert!(after.uncertainty.unwrap() <= Millis(3));
        let ahead = Span::Minutes { minutes: 2, seconds: 10 };
        let told = matches!(after.notice, Some(ClockNotice::Ahead(span)) if span == ahead);
        assert!(told, "{:?}", after.notice);
        assert!(after.sync_at.unwrap() > bench.now.uptime.saturating_add(Millis(3_600_000)));
        let Face::Totp { code, .. } = face(token, bench.now) else { panic!() };
        assert_eq!(code, bank_code(&bench));
        // A wall clock that is set changes nothing while the device runs.
        for wall in [0, NOON - 86_400_000, i64::MAX] {
            let set = DeviceTime { wall: UnixMillis(wall), ..bench.now };
            assert_eq!(face(token, set), face(token, bench.now));
        }
    }
    // In the next boot that is gone.
    let again = DeviceTime { boot: BootId([10; 16]), ..bench.now };
    assert_eq!(token.screen(again).unwrap().clock.certainty, Certainty::Unsynced);
}

#[test]
fn where_the_bank_demands_its_time_no_code_comes_before_it() {
    let (mut bench, token) = restarted(true);
    assert_eq!(face(&token, bench.now), Face::NeedsSync);
    // Nor by a host's word, nor after a try that failed; that is due again by itself.
    token.time().set_hosts(vec![WebAddress::parse("https://bank.example").unwrap()]).unwrap();
    let flow = token.time().sync(bench.now);
    let date = |millis: i64| HttpAnswer::Response {
        status: 200,
        body: Secret::copy_of(&[]),
        date: Some(httpdate(millis / 1000)),
        has_age: false,
    };
    let mut step = flow.step(bench.now).unwrap();
    while let Step::Ask { ticket, errand: Errand::Http(errand) } = step {
        let lost = HttpAnswer::Failed(HttpFailure::Unreachable);
        let is_date = errand.method == HttpMethod::Head;
        let answer = if is_date { date(bench.service.clock) } else { lost };
        step = flow.answer(ticket, answer, bench.now).unwrap();
        if let Step::Wait { until } = step {
            let span = until.since(bench.now.uptime).0;
            pass(&mut bench, span);
            step = flow.step(bench.now).unwrap();
        }
    }
    assert_eq!(step, Step::Done(Outcome::Synced), "a host told its time");
    let screen = token.screen(bench.now).unwrap();
    assert_eq!(screen.cards[0].face, Face::NeedsSync);
    assert!(token.shared.clocks().of(None).plan(bench.now).date.is_none(), "the host was heard");
    assert_eq!(screen.refresh_at, screen.clock.sync_at);
    assert!(screen.refresh_at.unwrap() > bench.now.uptime);

    assert_eq!(sync(&mut bench, &token), Ok(Outcome::Synced));
    assert!(matches!(face(&token, bench.now), Face::Totp { certainty: Certainty::Sure, .. }));
}

#[test]
fn what_is_not_the_banks_time_changes_nothing_and_is_asked_for_again_later() {
    type Answer = fn(Reply) -> Option<Reply>;
    let cases: [(Answer, SyncError); 6] = [
        (|_| None, SyncError::Failed(HttpFailure::Unreachable)),
        (|_| Some((404, vec![])), SyncError::Status { status: 404 }),
        (|_| Some((503, vec![])), SyncError::Busy),
        (|(status, body)| Some((status, body[..48].to_vec())), SyncError::NotAuthentic),
        (
            |(status, mut body)| {
                body[8] ^= 1;
                Some((status, body))
            },
            SyncError::NotAuthentic,
        ),
        (|_| Some((200, vec![1; 49])), SyncError::NotAuthentic),
    ];
    for (net, error) in cases {
        let (mut bench, token) = restarted(false);
        let flow = token.time().sync(bench.now);
        let ended = bench.run_over(&flow, |_, errand, service| {
            net(service.post(&errand.url, errand.body.expose()))
        });
        assert_eq!(ended, Err(error.into()));
        let view = view(&token, &bench);
        assert_eq!(view.certainty, Certainty::Unsynced);
        assert!(view.sync_at.unwrap() >= bench.now.uptime.saturating_add(Millis(30_000)));
    }
}

#[test]
fn an_answer_to_an_earlier_question_is_nobodys() {
    let (mut bench, token) = restarted(false);
    let mut kept = None;
    let flow = token.time().sync(bench.now);
    let ended = bench.run_over(&flow, |_, errand, service| {
        kept = Some(service.post(&errand.url, errand.body.expose()));
        None
    });
    assert_eq!(ended, Err(SyncError::Failed(HttpFailure::Unreachable).into()));
    pass(&mut bench, 3_600_000);
    let flow = token.time().sync(bench.now);
    let ended = bench.run_over(&flow, |_, _, _| kept.clone());
    assert_eq!(ended, Err(SyncError::NotAuthentic.into()));
}

#[test]
fn two_answers_of_the_bank_that_contradict_are_shown_and_a_third_ends_it() {
    let (mut bench, token) = restarted(false);
    assert_eq!(sync(&mut bench, &token), Ok(Outcome::Synced));
    let Face::Totp { code: right, .. } = face(&token, bench.now) else { panic!() };
    bench.service.clock += 3_600_000;
    assert_eq!(sync(&mut bench, &token), Ok(Outcome::Synced));
    assert_eq!(view(&token, &bench).notice, Some(ClockNotice::Contradicted));
    let Face::Totp { code, .. } = face(&token, bench.now) else { panic!() };
    assert_eq!(code, right, "one answer moves no code");
    bench.service.clock -= 3_600_000;
    assert_eq!(sync(&mut bench, &token), Ok(Outcome::Synced));
    assert_eq!(view(&token, &bench).certainty, Certainty::Sure);
}

#[test]
fn a_sync_that_the_disk_refuses_holds_for_this_process() {
    let (mut bench, token) = restarted(false);
    bench.disk.watch(None);
    assert_eq!(sync(&mut bench, &token), Ok(Outcome::Synced));
    let call = bench.disk.calls().iter().position(|call| *call == Call::CreateTemp).unwrap();

    let (mut bench, token) = restarted(false);
    let kind = std::io::ErrorKind::StorageFull;
    bench.disk.watch(Some(Fault { call, kind, when: When::Before, lasting: false }));
    assert_eq!(sync(&mut bench, &token), Ok(Outcome::Synced));
    assert_eq!(view(&token, &bench).certainty, Certainty::Sure);
    token.lock();
    token.unlock(&passphrase(OLD)).unwrap();
    assert_eq!(view(&token, &bench).certainty, Certainty::Sure);
    assert_eq!(bench.open().screen(bench.now).unwrap().clock.certainty, Certainty::Unsynced);
}

#[test]
fn near_the_edge_of_a_step_the_neighbour_is_shown_and_the_screen_is_drawn_anew_when_it_changes() {
    let (mut bench, token) = restarted(false);
    assert_eq!(sync(&mut bench, &token), Ok(Outcome::Synced));
    // 100 ppm of 2.9 days are 25 s: more than is sure everywhere, less than is stale.
    pass(&mut bench, 250_000_000);
    let (mut kinds, end) = (Vec::new(), bench.now.uptime.saturating_add(Millis(30_000)));
    while bench.now.uptime < end {
        let screen = token.screen(bench.now).unwrap();
        let Face::Totp { code, next, certainty, neighbour, .. } = &screen.cards[0].face else {
            panic!()
        };
        assert_eq!(screen.clock.certainty, *certainty);
        let which = neighbour.as_ref().map(|neighbour| neighbour.which);
        match (certainty, which) {
            (Certainty::NearBoundary, Some(Neighbour::Next)) => {
                assert_eq!(neighbour.as_ref().unwrap().code, *next);
            }
            (Certainty::NearBoundary, Some(Neighbour::Previous)) => {
                assert_ne!(neighbour.as_ref().unwrap().code, *code);
            }
            other => assert_eq!(other, (&Certainty::Sure, None)),
        }
        // Until just before it is drawn anew it looks the same.
        let due = screen.refresh_at.unwrap().since(bench.now.uptime).0;
        pass(&mut bench, due - 1);
        let late = token.screen(bench.now).unwrap();
        let Face::Totp { certainty: then, .. } = late.cards[0].face else { panic!() };
        assert_eq!(then, *certainty);
        pass(&mut bench, 1);
        kinds.push((*certainty, which));
    }
    kinds.dedup();
    assert!(kinds.contains(&(Certainty::Sure, None)), "{kinds:?}");
    assert!(kinds.contains(&(Certainty::NearBoundary, Some(Neighbour::Next))), "{kinds:?}");
    assert!(kinds.contains(&(Certainty::NearBoundary, Some(Neighbour::Previous))), "{kinds:?}");
    // And after five days nobody knows.
    pass(&mut bench, 250_000_000);
    let view = view(&token, &bench);
    assert_eq!((view.certainty, view.notice), (Certainty::Stale, Some(ClockNotice::Stale)));
    assert!(view.sync_at.unwrap() < bench.now.uptime);
}

#[test]
fn a_plain_entry_asks_the_hosts_that_are_named_and_is_never_sure() {
    let token = create_on(SimDisk::empty(), OLD).unwrap();
    token.entries().add(totp("plain")).unwrap();
    let mut now = at(NOON - 125_000);
    let nobody = token.time().sync(now).step(now);
    assert_eq!(nobody, Err(SyncError::NothingToAsk.into()));
    assert_eq!(token.screen(now).unwrap().clock.sync_at, None);

    let hosts = ["https://bank.example", "https://time.example/path"];
    let hosts = hosts.map(|host| WebAddress::parse(host).unwrap()).to_vec();
    token.time().set_hosts(hosts.clone()).unwrap();
    assert!(token.screen(now).unwrap().clock.sync_at.is_some());
    // The hosts are right; the phone is 125 s behind.
    let (begun, mut asked) = (now, Vec::new());
    let flow = token.time().sync(now);
    let mut step = flow.step(now).unwrap();
    let pass = |now: &mut DeviceTime, millis| {
        now.uptime = now.uptime.saturating_add(Millis(millis));
        now.wall = now.wall.saturating_add(Millis(millis));
    };
    let ended = loop {
        step = match step {
            Step::Ask { ticket, errand: Errand::Http(errand) } => {
                assert_eq!((errand.method, errand.max_response), (HttpMethod::Head, 0));
                asked.push(errand.url.clone());
                pass(&mut now, 900);
                let utc = NOON + i64::try_from(now.uptime.since(begun.uptime).0).unwrap();
                let date = Some(httpdate(utc / 1000));
                let body = Secret::copy_of(&[]);
                pass(&mut now, 900);
                // The first host's answer comes of a cache, and is another time's.
                let has_age = asked.len() == 1;
                let answer = HttpAnswer::Response { status: 302, body, date, has_age };
                flow.answer(ticket, answer, now).unwrap()
            }
            Step::Wait { until } => {
                let span = until.since(now.uptime).0;
                assert!(span <= 2_000);
                pass(&mut now, span);
                flow.step(now).unwrap()
            }
            step => break step,
        };
    };
    assert_eq!(ended, Step::Done(Outcome::Synced));
    assert_eq!(asked[..2], ["https://bank.example/", "https://time.example/path/"]);
    assert!((3..=8).contains(&asked.len()), "{asked:?}");
    let screen = token.screen(now).unwrap();
    assert_eq!(screen.clock.certainty, Certainty::Unsynced);
    assert!(screen.clock.uncertainty.unwrap() <= Millis(2_000), "{:?}", screen.clock);
    // Nobody authenticated it: how far the phone is off is not told as a fact.
    assert_eq!((screen.clock.notice, screen.clock.wall_ahead), (None, None));
    let utc = NOON + i64::try_from(now.uptime.since(begun.uptime).0).unwrap();
    let Face::Totp { valid_from, valid_until, .. } = screen.cards[0].face else { panic!() };
    assert!((valid_from.0 - 2_000..valid_until.0 + 2_000).contains(&utc));

    let many = vec![hosts[0].clone(); 9];
    assert_eq!(token.time().set_hosts(many), Err(SyncError::TooManyHosts.into()));
}

#[test]
fn a_host_that_contradicts_the_device_is_shown_and_moves_nothing() {
    let token = create_on(SimDisk::empty(), OLD).unwrap();
    token.entries().add(totp("plain")).unwrap();
    let now = at(NOON);
    token.time().set_hosts(vec![WebAddress::parse("https://bank.example").unwrap()]).unwrap();
    let before = face(&token, now);
    let flow = token.time().sync(now);
    let (ticket, _) = match flow.step(now).unwrap() {
        Step::Ask { ticket, errand: Errand::Http(errand) } => (ticket, errand),
        other => panic!("{other:?}"),
    };
    let date = Some(httpdate(NOON / 1000 + 86_400));
    let answer =
        HttpAnswer::Response { status: 200, body: Secret::copy_of(&[]), date, has_age: false };
    assert_eq!(flow.answer(ticket, answer, now), Ok(Step::Done(Outcome::Synced)));
    let screen = token.screen(now).unwrap();
    assert_eq!(screen.clock.notice, Some(ClockNotice::Contradicted));
    let (Face::Totp { code, .. }, Face::Totp { code: was, .. }) = (&screen.cards[0].face, &before)
    else {
        panic!()
    };
    assert_eq!(code, was);
}

/// IMF-fixdate.
fn httpdate(secs: i64) -> String {
    let secs = u64::try_from(secs).unwrap();
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + std::time::Duration::from_secs(secs))
}

#[test]
fn a_date_so_wrong_that_no_certificate_is_valid_is_told_until_a_time_is_heard() {
    let (mut bench, token) = restarted(false);
    let flow = token.time().sync(bench.now);
    let (ticket, _) = asked(flow.step(bench.now));
    let refused = HttpAnswer::Failed(HttpFailure::CertificateTime);
    let ended = flow.answer(ticket, refused, bench.now);
    assert_eq!(ended, Err(SyncError::Failed(HttpFailure::CertificateTime).into()));
    assert_eq!(view(&token, &bench).notice, Some(ClockNotice::SetDate));
    assert_eq!(sync(&mut bench, &token), Ok(Outcome::Synced));
    assert_eq!(view(&token, &bench).notice, None);
}

#[test]
fn one_banks_time_is_none_for_anothers_codes() {
    let (mut bench, token) = restarted(true);
    // A stranger's service, an hour ahead of everybody.
    let mut stranger = Service::new(2, bench.service.clock + 3_600_000);
    let elsewhere = "https://stranger.example/token";
    let there = stranger.link(None).replace("https://bank.example/token", elsewhere);
    let flow = token.enrolment().begin(link(&there), BindingLevel::Hardware, bench.now);
    let post = |service: &mut Service, errand: &HttpErrand| {
        let path = errand.url.replace(elsewhere, "https://bank.example/token");
        Some(service.post(&path, errand.body.expose()))
    };
    let ended = bench.run_over(&flow, |_, errand, _| post(&mut stranger, errand));
    assert!(matches!(ended, Ok(Outcome::Enrolled(_))), "{ended:?}");
    let faces = |now| token.screen(now).unwrap().cards.into_iter().map(|card| card.face);
    let faces: Vec<_> = faces(bench.now).collect();
    assert_eq!(faces[0], Face::NeedsSync, "the bank's own time was not heard");
    assert!(matches!(faces[1], Face::Totp { certainty: Certainty::Sure, .. }));

    let flow = token.time().sync(bench.now);
    let mut times = 0;
    let ended = bench.run_over(&flow, |_, errand, service| {
        times += 1;
        let is_strange = errand.url.starts_with(elsewhere);
        post(if is_strange { &mut stranger } else { service }, errand)
    });
    assert_eq!((ended, times), (Ok(Outcome::Synced), 2));
    for token in [&token, &bench.open()] {
        let screen = token.screen(bench.now).unwrap();
        assert_eq!(screen.clock.certainty, Certainty::Sure);
        let Face::Totp { code, .. } = &screen.cards[0].face else { panic!() };
        assert_eq!(*code, bank_code(&bench));
        assert!(screen.clock.sync_at.unwrap() > bench.now.uptime.saturating_add(Millis(60_000)));
    }
}

#[test]
fn a_credential_that_the_bank_has_exchanged_does_not_keep_the_new_one_from_its_time() {
    let (mut bench, token) = restarted(false);
    let flow = bench.begin(&token);
    assert!(matches!(bench.run(&flow), Ok(Outcome::Enrolled(_))));
    bench.now.boot = BootId([11; 16]);
    // Whichever of the two is revoked.
    let rows = bench.service.rows.clone();
    for id in rows.keys() {
        bench.service.rows = rows.clone();
        bench.service.rows.remove(id);
        assert_eq!(sync(&mut bench, &token), Ok(Outcome::Synced));
        assert_eq!(view(&token, &bench).certainty, Certainty::Sure);
        bench.now.boot = BootId([12; 16]);
    }
    bench.service.rows.clear();
    assert_eq!(sync(&mut bench, &token), Err(SyncError::Status { status: 404 }.into()));
}

#[test]
fn while_the_banks_time_is_known_no_host_is_asked_and_what_failed_is_told() {
    let (mut bench, token) = restarted(false);
    token.time().set_hosts(vec![WebAddress::parse("https://bank.example").unwrap()]).unwrap();
    assert_eq!(sync(&mut bench, &token), Ok(Outcome::Synced));
    let flow = token.time().sync(bench.now);
    let mut heads = 0;
    let ended = bench.run_over(&flow, |_, errand, _| {
        heads += usize::from(errand.method == HttpMethod::Head);
        None
    });
    assert_eq!(ended, Err(SyncError::Failed(HttpFailure::Unreachable).into()));
    assert_eq!((heads, view(&token, &bench).certainty), (0, Certainty::Sure));
}

#[test]
fn a_dispute_of_a_host_that_is_no_longer_named_ends() {
    let token = create_on(SimDisk::empty(), OLD).unwrap();
    token.entries().add(totp("plain")).unwrap();
    let now = at(NOON);
    let named = |host| token.time().set_hosts(vec![WebAddress::parse(host).unwrap()]).unwrap();
    for (host, ahead, notice) in [
        ("https://wrong.example", 86_400, Some(ClockNotice::Contradicted)),
        ("https://right.example", 0, None),
    ] {
        named(host);
        let flow = token.time().sync(now);
        let Step::Ask { ticket, .. } = flow.step(now).unwrap() else { panic!() };
        let date = Some(httpdate(NOON / 1000 + ahead));
        let body = Secret::copy_of(&[]);
        let answer = HttpAnswer::Response { status: 200, body, date, has_age: false };
        assert_eq!(flow.answer(ticket, answer, now), Ok(Step::Done(Outcome::Synced)));
        assert_eq!(token.screen(now).unwrap().clock.notice, notice);
    }
}
