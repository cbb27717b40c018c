//! The service within the test's own process, for what takes another clock than the system's.
#![allow(unreachable_pub, clippy::unwrap_used)]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{runtime::Runtime, sync::oneshot};
use warifu::{
    credential::{Generator, Label},
    otp::{Algorithm, Digits, totp::Steps},
    secret::{Secret, SystemRandom},
    time::UnixMillis,
};
use warifu_bank::{
    api::{App, Clients, Limits, Listening, router, serve},
    clock::Clock,
    enrolment::{Enrolments, Rate},
    seeds::{KeyRing, RingKeys},
    service::{Service, Terms},
    store::{self, Store},
};
use warifu_issuer::{Offer, PublicBase, Unlock};
use warifu_verifier::Rules;

use crate::support::{Database, read};

/// Serves from a database that a service has left, while `ask` asks at its address. Each reading of the
/// clock is the next of these, and the last for ever.
pub fn with_clock<T, const N: usize>(
    database: &Database,
    readings: [i64; N],
    ask: impl FnOnce(&str) -> T + Send,
) -> T
where
    T: Send,
{
    let read = AtomicUsize::new(0);
    let clock = Clock::from_fn(move || {
        let at = read.fetch_add(1, Ordering::Relaxed);
        UnixMillis(*readings.get(at).or(readings.last()).unwrap())
    });
    Runtime::new().unwrap().block_on(async {
        let listening = Listening::at(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = listening.address().unwrap().to_string();
        let (stop, stopped) = oneshot::channel::<()>();
        let app = app(database, clock).await;
        let serving = tokio::spawn(serve(listening, router(app), async {
            let _ = stopped.await;
        }));
        let asked = tokio::task::block_in_place(|| ask(&address));
        drop(stop);
        serving.await.unwrap();
        asked
    })
}

async fn app(database: &Database, clock: Clock) -> App {
    let text = Secret::copy_of(read(&database.path("warifu-bank.keys")).as_bytes());
    let ring = || KeyRing::parse(&text).unwrap();
    let place = store::Database::parse(database.url()).unwrap();
    let store = Store::open(&place, 4).await.unwrap();
    let keys = Arc::new(RingKeys::fixed(ring(), Box::new(SystemRandom::new())));
    let digests = ring();
    let digests = Arc::new(move |label: &str, parts: &[&[u8]]| digests.digest(label, parts));
    let rules = Rules::builder().build().unwrap();
    let random = Arc::new(SystemRandom::new());
    let service = Service::new(store, keys, digests, random, rules, Terms::default());
    let service = Arc::new(service);
    let generator = Generator::Totp {
        algorithm: Algorithm::Sha1,
        digits: Digits::SIX,
        steps: Steps::default(),
    };
    let offer = Offer {
        issuer: Label::new("割符信用金庫").unwrap(),
        generator,
        signing: false,
        unlock: Unlock::Any,
        export: false,
        synced_clock: false,
        open: false,
    };
    let ring = ring();
    let enrolments =
        Enrolments::new(service.clone(), ring.enrolment_keys(), offer, Rate::default()).unwrap();
    App {
        service,
        enrolments: Arc::new(enrolments),
        public: PublicBase::new("https://bank.example/token").unwrap(),
        behind_proxy: false,
        clock,
        clients: Clients::default(),
        limits: Limits::default(),
    }
}
