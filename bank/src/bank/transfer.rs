use std::net::IpAddr;

use warifu::time::{Millis, UnixMillis};

use super::{Bank, BankError, ROUNDS, attempts::earlier};
use crate::{
    service::{Codes, Held, Proof, Proven, ServiceError, Then},
    store::{
        AccountId, Along, Contract, ContractId, Event, NewEvent, NewTransfer, Number, Payee,
        StoreError, Transfer, Written, Yen,
    },
};

/// What is the bank's own about transfers.
#[derive(Debug, Clone)]
pub struct TransferTerms {
    /// The bank's own number (金融機関コード). Without one every payee is at another bank.
    pub bank: Option<Number<4>>,
    /// How long after a token was registered or exchanged the contract pays only whom it has paid before:
    /// whoever registered it with a stolen password has this long to be noticed in.
    pub new_payees_after: Millis,
    /// How much a contract pays within 24 hours to payees whom it had not paid before those. The code that
    /// allows a transfer is made of the time alone, and not of payee and amount: whoever is told one by a
    /// customer who is deceived pays with it. This bounds what that costs until the notice is read.
    pub new_payees_limit: Yen,
}

impl TransferTerms {
    /// What is paid to new payees if nothing else is said.
    pub const NEW_PAYEES_LIMIT: Yen = match Yen::new(100_000) {
        Some(limit) => limit,
        None => Yen::MAX,
    };
}

impl Default for TransferTerms {
    /// No number, three days, and 100,000 yen.
    fn default() -> Self {
        let new_payees_after = Millis::from_secs(3 * 86_400);
        Self { bank: None, new_payees_after, new_payees_limit: Self::NEW_PAYEES_LIMIT }
    }
}

/// What a customer wants transferred (振込).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// One of the contract's accounts.
    pub from: AccountId,
    /// Who is paid.
    pub payee: Payee,
    /// How much.
    pub amount: Yen,
}

/// The name of an order, drawn when its form is made: whoever sends the form again means the same order.
/// 16 to 64 ASCII letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderKey(Box<str>);

impl OrderKey {
    /// Reads a name; none if it cannot be one.
    pub fn new(text: &str) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let well_formed = (16..=64).contains(&text.len()) && text.bytes().all(fits);
        well_formed.then(|| Self(text.into()))
    }
}

/// An order under its name.
#[derive(Clone, Copy)]
struct Named<'a> {
    contract: &'a ContractId,
    order: &'a Order,
    key: &'a OrderKey,
    request_digest: [u8; 32],
}

impl Bank {
    /// Whether an order would be taken now, but for its code: what the page of confirmation rests on.
    ///
    /// # Errors
    /// As of [`Self::transfer`], but for those about the code.
    pub async fn check_order(
        &self,
        id: &ContractId,
        order: &Order,
        now: UnixMillis,
    ) -> Result<(), BankError> {
        let contract = self.store.contract(id).await?.ok_or(BankError::NoSuchContract)?.value;
        self.receiver(&contract, order, now).await.map(|_| ())
    }

    /// Transfers money, once for each key, against a code each time. Acceptance of the code and booking
    /// are one commit. Sent again under its key, the order is answered with the transfer that was booked,
    /// whatever code comes with it.
    ///
    /// # Errors
    /// [`BankError::OrderKeyReused`] if the key is another order's; [`BankError::NoAccount`],
    /// [`BankError::SameAccount`], [`BankError::NewPayee`], [`BankError::NewPayeesLimit`],
    /// [`BankError::Funds`]: nothing was judged.
    /// [`BankError::Refused`], [`BankError::NoCode`], [`BankError::NoToken`].
    pub async fn transfer(
        &self,
        id: &ContractId,
        order: &Order,
        key: &OrderKey,
        code: &str,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<Transfer, BankError> {
        let request_digest = self.order_digest(id, order);
        let named = Named { contract: id, order, key, request_digest };
        for _ in 0..ROUNDS {
            if let Some(booked) = self.booked(id, key, &request_digest).await? {
                return Ok(booked);
            }
            let ordered = self.order_once(&named, code, origin, now).await;
            let refused = match ordered {
                Ok(Written::Overtaken) => continue,
                Ok(Written::Yes) => BankError::Busy,
                // The very request may have been sent twice at once. Then the other one was faster, has
                // spent the code and lowered the balance, and its transfer is the answer to this one too.
                Err(error) => error,
            };
            return self.booked(id, key, &request_digest).await?.ok_or(refused);
        }
        Err(BankError::Busy)
    }

    /// Judges an order and its code once, and books it if all of it is right.
    async fn order_once(
        &self,
        named: &Named<'_>,
        code: &str,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<Written, BankError> {
        let Named { contract: id, order, key, request_digest } = *named;
        let contract = self.store.contract(id).await?.ok_or(BankError::NoSuchContract)?.value;
        let receiver = self.receiver(&contract, order, now).await?;
        let token = contract.token.as_ref().ok_or(BankError::NoToken)?;
        let held = Held {
            credential: &token.credential,
            codes: Some(Codes::One(code)),
            then: Then::Stays,
        };
        let transfer = NewTransfer {
            contract: id.clone(),
            request_key: key.0.clone(),
            request_digest,
            payer: order.from.clone(),
            receiver,
            payee: order.payee.clone(),
            amount: order.amount,
            at: now,
        };
        // The contract's row is not held: a token that is exchanged meanwhile has ended, and so its
        // state is not the one that was judged.
        let along = Along {
            contract: None,
            events: vec![NewEvent {
                origin,
                credential: Some(&token.credential),
                request_key: Some(&key.0),
                ..NewEvent::of(id, Event::Transferred, now)
            }],
            transfer: Some(&transfer),
            ..Along::default()
        };
        let proof = Proof { new: None, held: Some(held) };
        match self.tokens.prove(&proof, &along, now).await {
            Ok(Proven::Yes { .. }) => Ok(Written::Yes),
            Ok(Proven::NotHeld(judged)) => {
                let credential = Some(&token.credential);
                self.record_refusal(id, credential, Event::CodeRefused, origin, now).await;
                Err(BankError::Refused(judged))
            }
            Ok(Proven::Overtaken | Proven::NotNew) => Ok(Written::Overtaken),
            // The balance was enough when it was read, and is not any more.
            Err(ServiceError::Store(StoreError::Rule)) => Err(BankError::Funds),
            Err(error) => Err(error.into()),
        }
    }

    /// The account of this bank that an order moves money to, if the order may be taken.
    async fn receiver(
        &self,
        contract: &Contract,
        order: &Order,
        now: UnixMillis,
    ) -> Result<AccountId, BankError> {
        let token = contract.token.as_ref().ok_or(BankError::NoToken)?;
        let from = self.store.account(&order.from).await?;
        let from = from.filter(|from| from.contract.as_ref() == Some(&contract.id));
        let from = from.ok_or(BankError::NoAccount)?;
        let payee = &order.payee;
        let receiver = if self.terms.bank.as_ref() == Some(&payee.bank) {
            let id = AccountId::of(&payee.branch, payee.kind, &payee.number);
            let found = self.store.account(&id).await?;
            found.filter(|found| found.contract.is_some()).ok_or(BankError::NoAccount)?.id
        } else {
            AccountId::settlement()
        };
        if receiver == order.from {
            return Err(BankError::SameAccount);
        }
        let until = token.since.saturating_add(self.terms.new_payees_after);
        if now < until && !self.store.has_paid(&contract.id, payee, token.since).await? {
            return Err(BankError::NewPayee { until });
        }
        // Several orders at once may each see what was paid before them; each takes a code of its own.
        let day_ago = earlier(now, NEW_FOR);
        if !self.store.has_paid(&contract.id, payee, day_ago).await? {
            let paid = self.store.paid_to_new_payees(&contract.id, day_ago).await?;
            let limit = self.terms.new_payees_limit;
            if paid.saturating_add(order.amount.value()) > limit.value() {
                return Err(BankError::NewPayeesLimit { limit });
            }
        }
        if from.balance < order.amount.value() {
            return Err(BankError::Funds);
        }
        Ok(receiver)
    }

    async fn booked(
        &self,
        id: &ContractId,
        key: &OrderKey,
        request_digest: &[u8; 32],
    ) -> Result<Option<Transfer>, BankError> {
        match self.store.transfer(id, &key.0).await? {
            Some(booked) if booked.request_digest != *request_digest => {
                Err(BankError::OrderKeyReused)
            }
            booked => Ok(booked),
        }
    }

    /// Tells one order from another.
    fn order_digest(&self, id: &ContractId, order: &Order) -> [u8; 32] {
        let (payee, amount) = (&order.payee, order.amount.value().to_be_bytes());
        let to = AccountId::of(&payee.branch, payee.kind, &payee.number);
        let parts: [&[u8]; 6] = [
            id.as_str().as_bytes(),
            order.from.as_str().as_bytes(),
            payee.bank.as_str().as_bytes(),
            to.as_str().as_bytes(),
            payee.name.as_str().as_bytes(),
            &amount,
        ];
        (self.digests)("transfer order 1", &parts)
    }
}

/// How long after the first payment to a payee the limit holds for it.
const NEW_FOR: Millis = Millis::from_secs(86_400);
