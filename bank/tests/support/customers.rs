//! A bank with customers, on both databases.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::sync::Arc;

use sqlx::AnyPool;
use warifu::{
    credential::{CredentialId, Label},
    secret::SystemRandom,
};
use warifu_bank::{
    bank::{Bank, BankError, NewContract, NewToken, Password},
    enrolment::Rate,
    seeds::KeyRing,
    service::{Codes, Service},
    store::{ContractId, Event},
};

use crate::{
    stored::{self, NOW},
    support::CODES,
};

pub const PASSWORD: &str = "六文字より長い password";
/// How often one address may fail in a minute.
pub const PER_MINUTE: u32 = 10;

pub struct Customers {
    pub tokens: Arc<Service>,
    pub bank: Arc<Bank>,
    pub raw: AnyPool,
}

pub fn on_both(test: impl AsyncFn(Customers)) {
    stored::on_both(async |stored| {
        let random = SystemRandom::new();
        let ring = KeyRing::generate(&random).unwrap();
        let tokens = Arc::new(stored.service);
        let bank = Arc::new(Bank::new(
            tokens.store().clone(),
            tokens.clone(),
            Arc::new(move |label, parts| ring.digest(label, parts)),
            Arc::new(random),
            Rate { per_minute: PER_MINUTE, ..Rate::default() },
        ));
        test(Customers { tokens, bank, raw: stored.raw }).await;
    });
}

impl Customers {
    pub async fn add(&self, number: u64) -> Result<(), BankError> {
        let contract = NewContract {
            id: contract_id(number),
            name: Label::new("見本　花子").unwrap(),
            address: Label::new(&format!("customer-{number}@mail.example")).unwrap(),
            password: password(PASSWORD),
        };
        self.bank.add_contract(contract, NOW).await
    }

    pub async fn contract(&self, number: u64) -> ContractId {
        self.add(number).await.unwrap();
        contract_id(number)
    }

    /// A credential that is nobody's, and not confirmed.
    pub async fn seed_from_elsewhere(&self, name: &str) -> CredentialId {
        self.tokens.import(&stored::import(name), None, NOW).await.unwrap();
        stored::id(name)
    }

    /// A credential that is this contract's, by the code of counter 0.
    pub async fn registered(&self, contract: &ContractId, name: &str) -> CredentialId {
        let credential = self.seed_from_elsewhere(name).await;
        let new = NewToken { credential: &credential, codes: Codes::One(CODES[0]) };
        self.bank.register(contract, new, false, None, NOW).await.unwrap();
        credential
    }

    /// The latest first.
    pub async fn events(&self, contract: &ContractId) -> Vec<Event> {
        let history = self.bank.store().history(contract, 100).await.unwrap();
        history.into_iter().map(|recorded| recorded.event).collect()
    }
}

pub fn contract_id(number: u64) -> ContractId {
    ContractId::new(&format!("{number:010}")).unwrap()
}

pub fn password(text: &str) -> Password {
    Password::typed(text).unwrap()
}
