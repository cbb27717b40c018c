//! A bank with customers, on both databases.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::{net::IpAddr, sync::Arc};

use sqlx::AnyPool;
use warifu::{
    credential::{CredentialId, Label},
    secret::SystemRandom,
    time::{Millis, UnixMillis},
};
use warifu_bank::{
    bank::{
        Bank, BankError, LoggedIn, NewContract, NewToken, Order, OrderKey, Password, TokenService,
        TransferTerms,
    },
    enrolment::Rate,
    seeds::KeyRing,
    service::{Codes, Judged, Service},
    store::{AccountId, AccountKind, ContractId, Event, Number, Payee, Store, Yen},
};

use crate::{
    stored::{self, NOW},
    support::CODES,
};

pub const PASSWORD: &str = "六文字より長い password";
/// How often one address may fail in a minute.
pub const PER_MINUTE: u32 = 10;

pub const OUR_BANK: &str = "9999";

pub struct Customers {
    pub tokens: Arc<Service>,
    pub bank: Arc<Bank>,
    pub raw: AnyPool,
}

pub fn on_both(test: impl AsyncFn(Customers)) {
    on_both_with(|tokens| bank(tokens.store().clone(), tokens.clone()), test);
}

/// With a bank that is made beside the token service, as by [`bank`].
pub fn on_both_with(make: impl Fn(&Arc<Service>) -> Bank, test: impl AsyncFn(Customers)) {
    stored::on_both(async |stored| {
        let tokens = Arc::new(stored.service);
        let bank = Arc::new(make(&tokens));
        test(Customers { tokens, bank, raw: stored.raw }).await;
    });
}

/// A bank with keys of its own, beside this token service.
pub fn bank(store: Store, tokens: Arc<dyn TokenService>) -> Bank {
    bank_with(store, tokens, |_| {})
}

/// One that says which digest it is about to make, by its label.
pub fn bank_with(
    store: Store,
    tokens: Arc<dyn TokenService>,
    before_digest: impl Fn(&str) + Send + Sync + 'static,
) -> Bank {
    let random = SystemRandom::new();
    let ring = KeyRing::generate(&random).unwrap();
    let rate = Rate { per_minute: PER_MINUTE, ..Rate::default() };
    let digests = Arc::new(move |label: &str, parts: &[&[u8]]| {
        before_digest(label);
        ring.digest(label, parts)
    });
    Bank::new(store, tokens, digests, Arc::new(random), rate, terms())
}

fn terms() -> TransferTerms {
    let new_payees_after = Millis::from_secs(3 * 86_400);
    TransferTerms { bank: Number::new(OUR_BANK), new_payees_after, ..TransferTerms::default() }
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

    /// A login with this password, in a browser of which nothing is known.
    pub async fn log_in(
        &self,
        contract: &ContractId,
        typed: &str,
        from: Option<IpAddr>,
        at: UnixMillis,
    ) -> Result<LoggedIn, BankError> {
        self.bank.log_in(contract, password(typed), None, from, at).await
    }

    /// How many passwords were refused before each login, the latest first.
    pub async fn refused(&self, contract: &ContractId) -> Vec<u32> {
        let history = self.bank.store().history(contract, 100).await.unwrap();
        history.into_iter().filter_map(|recorded| recorded.failures).collect()
    }

    /// A credential that is nobody's, and not confirmed.
    pub async fn seed_from_elsewhere(&self, name: &str) -> CredentialId {
        self.tokens.import(&stored::import(name), None, NOW).await.unwrap();
        stored::id(name)
    }

    /// A credential that is nobody's, and confirmed by the code of counter 0.
    pub async fn confirmed_elsewhere(&self, name: &str) -> CredentialId {
        let credential = self.seed_from_elsewhere(name).await;
        let judged = self.tokens.confirm(&credential, CODES[0], None, NOW).await.unwrap();
        assert!(matches!(judged, Judged::Accepted { .. }), "{judged:?}");
        credential
    }

    /// A credential that is this contract's, by the code of counter 0.
    pub async fn registered(&self, contract: &ContractId, name: &str) -> CredentialId {
        let credential = self.seed_from_elsewhere(name).await;
        let new = NewToken { credential: &credential, codes: Codes::One(CODES[0]) };
        self.bank.register(contract, new, None, false, None, NOW).await.unwrap();
        credential
    }

    /// An account of the contract, [`account`] of this number, with so many yen.
    pub async fn open_account(&self, contract: &ContractId, number: u64, yen: i64) {
        let (id, holder) = (account(number), name("ミホン　ハナコ"));
        let store = self.bank.store();
        store.open_account(&id, contract, &holder, Yen::new(yen), NOW).await.unwrap();
    }

    /// What was done, the latest first.
    pub async fn events(&self, contract: &ContractId) -> Vec<Event> {
        let history = self.bank.store().history(contract, 100).await.unwrap();
        let refused = [Event::CodeRefused, Event::RegistrationRefused, Event::PasswordsRefused];
        let events = history.into_iter().map(|recorded| recorded.event);
        events.filter(|event| !refused.contains(event)).collect()
    }
}

pub fn contract_id(number: u64) -> ContractId {
    ContractId::new(&format!("{number:010}")).unwrap()
}

pub fn password(text: &str) -> Password {
    Password::typed(text).unwrap()
}

/// 普通, of branch 001.
pub fn account(number: u64) -> AccountId {
    AccountId::of(&digits("001"), AccountKind::Ordinary, &digits(&format!("{number:07}")))
}

/// From [`account`] of one number to that of another, at the bank of this number.
pub fn order(from: u64, bank: &str, to: u64, yen: i64) -> Order {
    let payee = Payee {
        bank: digits(bank),
        branch: digits("001"),
        kind: AccountKind::Ordinary,
        number: digits(&format!("{to:07}")),
        name: name("ワリフ　タロウ"),
    };
    Order { from: account(from), payee, amount: Yen::new(yen).unwrap() }
}

pub fn order_key(number: u64) -> OrderKey {
    OrderKey::new(&format!("order-{number:020}")).unwrap()
}

pub fn digits<const N: usize>(text: &str) -> Number<N> {
    Number::new(text).unwrap()
}

pub fn name(text: &str) -> Label {
    Label::new(text).unwrap()
}
