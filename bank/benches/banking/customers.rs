//! Customers of a fresh bank: each with a contract, a token, money, and two payees who were paid before.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use warifu::{
    credential::{CredentialId, Generator, Label, Seed},
    otp::{Algorithm, Digits, hotp},
    secret::{Secret, SystemRandom},
    time::{Millis, UnixMillis},
};
use warifu_bank::{
    bank::{Bank, NewContract, Password, TransferTerms},
    enrolment::Rate,
    seeds::{KeyRing, KeySource, Place, Purpose, RingKeys, SeedKeys as _},
    service::{Service, Terms},
    store::{
        AccountId, AccountKind, Along, Bound, Contract, ContractChange, ContractId, Credential,
        NewTransfer, Number, Payee, SealedKeys, Store, Written, Yen,
    },
};
use warifu_verifier::{Row, Rules, State};

use crate::{clock_now, http::Fallible};

pub(crate) const PASSWORD: &str = "a login password";
pub(crate) const OUR_BANK: &str = "9999";
const OTHER_BANK: &str = "0001";

/// Of six digits, codes of two counters close to each other are the same one time in some 10⁵, and the second is
/// refused as one that was seen.
const DIGITS: Digits = Digits::EIGHT;

/// One customer, whose token has a counter: it need not wait for the next code.
pub(crate) struct Customer {
    pub(crate) number: usize,
    /// The address that they come from, as a proxy reports it.
    pub(crate) address: String,
    /// A session that has begun, as it stands in the cookie.
    pub(crate) cookie: String,
    seed: Seed,
    counter: AtomicU64,
    neighbour: usize,
}

/// Whom a customer pays.
#[derive(Clone, Copy)]
pub(crate) enum Pays {
    /// A payee at another bank. All those go by one account of the bank's own.
    OtherBank,
    /// Another customer of this bank.
    Neighbour,
}

impl Customer {
    pub(crate) fn contract(&self) -> String {
        format!("{:010}", self.number)
    }

    /// The next code of the token.
    pub(crate) fn code(&self) -> String {
        let counter = self.counter.fetch_add(1, Ordering::Relaxed);
        let code = hotp::code(self.seed.secret(), Algorithm::Sha1, DIGITS, counter);
        code.expose().to_owned()
    }

    /// The fields of an order: from, bank, branch, number.
    pub(crate) fn order(&self, pays: Pays) -> [String; 4] {
        let (bank, number) = match pays {
            Pays::OtherBank => (OTHER_BANK, 7),
            Pays::Neighbour => (OUR_BANK, self.neighbour),
        };
        let from = format!("001-1-{:07}", self.number);
        [from, bank.to_owned(), "001".to_owned(), format!("{number:07}")]
    }
}

/// Puts customers into a database for which the service has made its keys.
pub(crate) async fn make(
    store: &Arc<Store>,
    keys: KeySource,
    many: usize,
) -> Fallible<Vec<Arc<Customer>>> {
    let bank = Arc::new(bank(store, &keys.read()?)?);
    bank.hold_key().await?;
    let seals = Arc::new(RingKeys::read(keys, Box::new(SystemRandom::new()))?);
    let mut made = Vec::new();
    for number in 1..=many {
        let (bank, seals) = (Arc::clone(&bank), Arc::clone(&seals));
        made.push(tokio::spawn(async move { add(&bank, &seals, number, many).await }));
        // The service's own limit is four passwords at once, and it does not wait for long.
        if made.len() % 4 == 0
            && let Some(last) = made.last_mut()
        {
            while !last.is_finished() {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        }
    }
    let mut customers = Vec::new();
    for customer in made {
        customers.push(customer.await??);
    }
    // Who is paid must be there.
    for customer in &customers {
        paid_before(store, customer).await?;
    }
    Ok(customers)
}

fn bank(store: &Arc<Store>, ring: &KeyRing) -> Fallible<Bank> {
    let (keys, digests) = (KeyRing::parse(&ring.text())?, KeyRing::parse(&ring.text())?);
    let random = || Arc::new(SystemRandom::new());
    let digests: warifu_bank::service::Digests =
        Arc::new(move |label: &str, parts: &[&[u8]]| digests.digest(label, parts));
    let keys = Arc::new(RingKeys::fixed(keys, Box::new(SystemRandom::new())));
    let store = Store::clone(store);
    let rules = Rules::default();
    let service =
        Service::new(store.clone(), keys, Arc::clone(&digests), random(), rules, Terms::default());
    let terms = TransferTerms::default();
    Ok(Bank::new(store, Arc::new(service), digests, random(), Rate::default(), terms))
}

async fn add(bank: &Bank, seals: &RingKeys, number: usize, many: usize) -> Fallible<Arc<Customer>> {
    let (store, now) = (bank.store(), clock_now());
    let label = |text: &str| Label::new(text);
    let contract = ContractId::new(&format!("{number:010}"))?;
    let (name, address) = (label("customer")?, label("customer@mail.example")?);
    let new =
        NewContract { id: contract.clone(), name, address, password: Password::new(PASSWORD)? };
    bank.add_contract(new, now).await?;
    // Before there is a token, whose code would be wanted too.
    let password = Password::new(PASSWORD)?;
    let session = bank.log_in(&contract, password, None, None, now).await?.session;

    let id = CredentialId::new(&format!("LOAD{number:08}"))?;
    let seed = Seed::new(Secret::copy_of(format!("{number:020}").as_bytes()))?;
    let place = Place { credential: &id, purpose: Purpose::Code };
    let (key, code) = seals.seal(seed.secret(), place)?;
    let credential = Credential {
        id: id.clone(),
        issuer: None,
        account: None,
        account_ref: None,
        generator: Generator::Hotp { algorithm: Algorithm::Sha1, digits: DIGITS, counter: 0 },
        keys: SealedKeys { key, code, sign: None, device: None },
        binding: None,
        state: State::try_from(Row { confirmed: true, spent: Some(0), ..Row::default() })?,
        created_at: now,
        expires_at: None,
    };
    store.insert_all(&[credential]).await?;

    let read = store.contract(&contract).await?.ok_or("the contract is gone")?;
    let token = Some(Bound { credential: id, since: days_ago(3) });
    let next = Contract { token, code_at_login: true, ..read.value.clone() };
    let along = Along { contract: Some(ContractChange { read: &read, next }), ..Along::default() };
    if store.commit(&[], &along).await? != Written::Yes {
        return Err("the contract has changed".into());
    }
    let paid_in = Yen::new(1_000_000_000);
    store.open_account(&account(number)?, &contract, &label("holder")?, paid_in, now).await?;
    let cookie = session.text().to_string();
    Ok(Arc::new(Customer {
        number,
        address: format!("198.18.{}.{}", number / 250, number % 250 + 1),
        cookie,
        seed,
        counter: AtomicU64::new(1),
        neighbour: number % many + 1,
    }))
}

/// Both payees were paid two days ago, as the payees of most transfers were.
async fn paid_before(store: &Store, customer: &Customer) -> Fallible<()> {
    for pays in [Pays::OtherBank, Pays::Neighbour] {
        let [_, bank, branch, number] = customer.order(pays);
        let number = Number::new(&number).ok_or("no account number")?;
        let receiver = match pays {
            Pays::OtherBank => AccountId::settlement(),
            Pays::Neighbour => account(customer.neighbour)?,
        };
        let transfer = NewTransfer {
            contract: ContractId::new(&customer.contract())?,
            request_key: format!("before-the-load-{bank}").into(),
            request_digest: [0; 32],
            payer: account(customer.number)?,
            receiver,
            payee: Payee {
                bank: Number::new(&bank).ok_or("no bank number")?,
                branch: Number::new(&branch).ok_or("no branch number")?,
                kind: AccountKind::Ordinary,
                number,
                name: Label::new("payee")?,
            },
            amount: Yen::new(1).ok_or("no amount")?,
            at: days_ago(2),
        };
        let along = Along { transfer: Some(&transfer), ..Along::default() };
        if store.commit(&[], &along).await? != Written::Yes {
            return Err("a payment was not booked".into());
        }
    }
    Ok(())
}

fn account(number: usize) -> Fallible<AccountId> {
    let branch = Number::new("001").ok_or("no branch")?;
    let number = Number::new(&format!("{number:07}")).ok_or("no account number")?;
    Ok(AccountId::of(&branch, AccountKind::Ordinary, &number))
}

fn days_ago(days: i64) -> UnixMillis {
    let day = i64::try_from(Millis::from_secs(86_400).0).unwrap_or(i64::MAX);
    UnixMillis(clock_now().0 - days * day)
}
