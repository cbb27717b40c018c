//! The service's store on both databases, and what a test puts into it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::sync::Arc;

use sqlx::AnyPool;
use tokio::runtime::Runtime;
use warifu::{
    credential::{CredentialId, Generator, Seed},
    otp::{Algorithm, Digits},
    secret::{Secret, SystemRandom},
    time::UnixMillis,
};
use warifu_bank::{
    seeds::{KeyId, KeyRing, RingKeys},
    service::{Imported, Service, Terms},
    store::{self, AnswerKey, ClientId, Credential, SealedKeys, Store},
};
use warifu_verifier::{Rules, State};

use crate::support::{Database, cluster::Cluster};

pub const NOW: UnixMillis = UnixMillis::from_secs(1_800_000_000);

/// A service on a fresh database, and a connection beside it.
pub struct Bank<'a> {
    pub database: &'a Database,
    pub service: Service,
    pub raw: AnyPool,
}

impl Bank<'_> {
    pub fn store(&self) -> &Store {
        self.service.store()
    }

    pub async fn imported(&self, name: &str) -> CredentialId {
        self.service.import(&import(name), None, NOW).await.unwrap();
        id(name)
    }

    pub async fn read(&self, id: &CredentialId) -> store::Numbered<Credential> {
        self.store().credential(id).await.unwrap().unwrap()
    }
}

pub fn on_both(test: impl AsyncFn(Bank<'_>)) {
    let run = |database: &Database| {
        Runtime::new().unwrap().block_on(async {
            let place = store::Database::parse(database.url()).unwrap();
            let store = Store::open(&place, 4).await.unwrap();
            let raw = match place {
                store::Database::Sqlite(_) => format!("sqlite://{}", database.url()),
                store::Database::Postgres(_) => database.url().to_owned(),
            };
            let raw = AnyPool::connect(&raw).await.unwrap();
            let random = SystemRandom::new();
            let ring = Arc::new(KeyRing::generate(&random).unwrap());
            let digests = ring.clone();
            let keys = KeyRing::parse(&ring.text()).unwrap();
            let service = Service::new(
                store,
                Arc::new(RingKeys::fixed(keys, Box::new(random.clone()))),
                Arc::new(move |label, parts| digests.digest(label, parts)),
                Arc::new(random),
                Rules::default(),
                Terms::default(),
            );
            test(Bank { database, service, raw: raw.clone() }).await;
            raw.close().await;
        });
    };
    run(&Database::sqlite());
    if let Some(cluster) = Cluster::shared() {
        run(&Database::postgres(&cluster));
    }
}

pub fn id(text: &str) -> CredentialId {
    CredentialId::new(text).unwrap()
}

pub fn key(name: &str) -> AnswerKey {
    AnswerKey { client: ClientId(1), key: name.into(), request_digest: [0; 32] }
}

pub fn seed() -> Seed {
    Seed::new(Secret::copy_of(b"12345678901234567890")).unwrap()
}

pub fn import(name: &str) -> Imported {
    Imported {
        id: Some(id(name)),
        issuer: None,
        account: None,
        account_ref: None,
        generator: HOTP,
        seed: seed(),
    }
}

pub fn credential(name: &str) -> Credential {
    Credential {
        id: id(name),
        issuer: None,
        account: None,
        account_ref: None,
        generator: HOTP,
        keys: SealedKeys { key: KeyId(1), code: vec![1], sign: None, device: None },
        binding: None,
        state: State::new(&HOTP),
        created_at: NOW,
        expires_at: None,
    }
}

pub const HOTP: Generator =
    Generator::Hotp { algorithm: Algorithm::Sha1, digits: Digits::SIX, counter: 0 };
