//! Whatever is sent again under its name, in whatever order: it is carried out once.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]

mod support;

use std::{collections::HashMap, sync::Arc};

use proptest::prelude::*;
use support::CODES;
use tokio::runtime::Runtime;
use warifu::{
    credential::{CredentialId, Generator, Seed},
    otp::{Algorithm, Digits},
    secret::{Secret, SystemRandom},
    time::UnixMillis,
};
use warifu_bank::{
    seeds::{KeyRing, RingKeys},
    service::{Act, Acted, Imported, Judged, Service, ServiceError, Terms},
    store::{AnswerKey, ClientId, Database, Store},
};
use warifu_verifier::{Rules, State, Waits};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Request {
    Confirm(usize),
    Verify(usize),
    Resync(usize),
    Act(u8),
}

#[derive(Debug, Clone, PartialEq)]
enum Told {
    Judged(Judged),
    Acted(Acted),
}

fn requests() -> impl Strategy<Value = Vec<(Option<u8>, Request)>> {
    let request = prop_oneof![
        1 => (0..3_usize).prop_map(Request::Confirm),
        6 => (0..10_usize).prop_map(Request::Verify),
        2 => (0..9_usize).prop_map(Request::Resync),
        1 => (0..4_u8).prop_map(Request::Act),
    ];
    // Few names, so that most of them come again, some for another request.
    prop::collection::vec((prop::option::weighted(0.8, 0..6_u8), request), 1..30)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_request_that_is_sent_again_under_its_name_is_carried_out_once(requests in requests()) {
        Runtime::new().unwrap().block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let database = Database::Sqlite(folder.path().join("bank.db"));
            let service = service(&database).await;
            let (named, plain) = (imported(&service, "NAMED001").await, imported(&service, "PLAIN001").await);
            // What a service without names is told, and only once.
            let mut first: HashMap<u8, (Request, Told)> = HashMap::new();
            for (name, request) in requests {
                let told = ask(&service, &named, name, request).await;
                match name.and_then(|name| first.get(&name)) {
                    Some((before, answer)) if *before == request => {
                        prop_assert_eq!(told, Ok(answer.clone()));
                    }
                    Some(_) => prop_assert_eq!(told, Err(ServiceError::KeyReused)),
                    None => {
                        let plain = ask(&service, &plain, None, request).await;
                        prop_assert_eq!(&told, &plain);
                        if let (Some(name), Ok(told)) = (name, told) {
                            first.insert(name, (request, told));
                        }
                    }
                }
                prop_assert_eq!(state(&service, &named).await, state(&service, &plain).await);
            }
            service.store().close().await;
            Ok(())
        })?;
    }
}

async fn ask(
    service: &Service,
    id: &CredentialId,
    name: Option<u8>,
    request: Request,
) -> Result<Told, ServiceError> {
    let key = name.map(|name| AnswerKey {
        client: ClientId(1),
        key: name.to_string().into(),
        request_digest: service.digest("test", &[format!("{request:?}").as_bytes()]),
    });
    let key = key.as_ref();
    match request {
        Request::Confirm(at) => service.confirm(id, CODES[at], key, NOW).await.map(Told::Judged),
        Request::Verify(at) => service.verify(id, CODES[at], key, NOW).await.map(Told::Judged),
        Request::Resync(at) => {
            let codes = (CODES[at], CODES[at + 1]);
            service.resync(id, codes, key, NOW).await.map(Told::Judged)
        }
        Request::Act(act) => {
            let act = [Act::Suspend, Act::Resume, Act::Unlock, Act::Resume][usize::from(act)];
            service.act(id, act, key, NOW).await.map(Told::Acted)
        }
    }
}

async fn state(service: &Service, id: &CredentialId) -> State {
    service.find(id, NOW).await.unwrap().value.state
}

async fn imported(service: &Service, id: &str) -> CredentialId {
    let id = CredentialId::new(id).unwrap();
    let imported = Imported {
        id: Some(id.clone()),
        issuer: None,
        account: None,
        account_ref: None,
        generator: Generator::Hotp { algorithm: Algorithm::Sha1, digits: Digits::SIX, counter: 0 },
        seed: Seed::new(Secret::copy_of(b"12345678901234567890")).unwrap(),
    };
    service.import(&imported, None, NOW).await.unwrap();
    id
}

async fn service(database: &Database) -> Service {
    let random = SystemRandom::new();
    let ring = KeyRing::generate(&random).unwrap();
    let keys = KeyRing::parse(&ring.text()).unwrap();
    Service::new(
        Store::open(database, 1).await.unwrap(),
        Arc::new(RingKeys::fixed(keys, Box::new(random.clone()))),
        Arc::new(move |label, parts| ring.digest(label, parts)),
        Arc::new(random),
        Rules::builder().waits(Waits::OFF).look_ahead(2).build().unwrap(),
        Terms::default(),
    )
}

const NOW: UnixMillis = UnixMillis::from_secs(1_800_000_000);
