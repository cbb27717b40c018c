//! Confirmation codes by letter (確認コード): a second proof for a first token, by the bank's setting.
//! Whoever has a contract's ID and password has not its postal address.

use std::net::IpAddr;

use subtle::ConstantTimeEq as _;
use warifu::{
    credential::Label,
    time::{Millis, UnixMillis},
};
use warifu_issuer::ActivationCode;
use zeroize::Zeroizing;

use super::{
    AHEAD, Bank, BankError, ROUNDS,
    attempts::{self, earlier},
};
use crate::store::{
    Along, ContractChange, ContractId, Event, Letter, NewEvent, NewLetter, UnprintedLetter, Written,
};

/// How letters are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LetterTerms {
    /// How long the code of a letter may be used after it was asked for.
    pub lifetime: Millis,
    /// How long after one letter a customer may ask for the next.
    pub between: Millis,
}

impl Default for LetterTerms {
    fn default() -> Self {
        let days = |days: u64| Millis::from_secs(days.saturating_mul(86_400));
        Self { lifetime: days(30), between: days(7) }
    }
}

/// Where a contract stands with its letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LetterState {
    /// Until when the code of a letter may be used, if one is under way.
    pub good_until: Option<UnixMillis>,
    /// From when the customer may ask for another; none where it is now.
    pub next_from: Option<UnixMillis>,
}

/// A letter as the mailing house prints it.
#[derive(Debug)]
pub struct PrintedLetter {
    /// Whose contract.
    pub contract: ContractId,
    /// The customer's name.
    pub name: Label,
    /// What the customer types in at the registration.
    pub code: ActivationCode,
    /// Until when it may be used.
    pub expires_at: UnixMillis,
}

impl Bank {
    /// Where a contract without a token stands with its letters; none if the bank wants no letter for a
    /// registration.
    ///
    /// # Errors
    /// [`BankError::Store`].
    pub async fn letter_state(
        &self,
        id: &ContractId,
        now: UnixMillis,
    ) -> Result<Option<LetterState>, BankError> {
        let Some(terms) = &self.letters else { return Ok(None) };
        let letters = self.store.letters(id, now).await?;
        let good_until = letters.iter().map(|letter| letter.expires_at).max();
        Ok(Some(LetterState { good_until, next_from: self.next_from(id, terms, now).await? }))
    }

    /// Has a letter sent to a customer who wants to register a first token. It is told to the registered
    /// address too. Letters that are under way stay good: or whoever has the password could see to it that
    /// none ever is.
    ///
    /// # Errors
    /// [`BankError::AskedTooOften`] before the time of [`LetterTerms::between`] is over,
    /// [`BankError::HasToken`]; [`BankError::LetterNotWanted`] if the bank wants no letters.
    pub async fn order_letter(
        &self,
        id: &ContractId,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<(), BankError> {
        let terms = self.letters.ok_or(BankError::LetterNotWanted)?;
        let salt = self.draw_salt()?;
        let code = self.code_of_letter(&salt);
        let letter = self.letter(id, Some(salt), &code, terms.lifetime, now);
        self.send(&letter, Some(&terms), origin).await
    }

    /// Makes a confirmation code for a customer who is at the bank's desk, in the place of a letter. What failed
    /// at registrations is forgotten. Staff have to know by other means who asks.
    ///
    /// # Errors
    /// [`BankError::NoSuchContract`], [`BankError::HasToken`].
    pub async fn hand_over_letter(
        &self,
        id: &ContractId,
        lifetime: Millis,
        now: UnixMillis,
    ) -> Result<ActivationCode, BankError> {
        let code = self.code_of_letter(&self.draw_salt()?);
        let letter = self.letter(id, None, &code, lifetime, now);
        self.send(&letter, None, None).await?;
        Ok(code)
    }

    /// Letters that wait to be printed, the oldest first, after the one of this number. They wait until
    /// they are noted by [`Self::letters_printed`].
    ///
    /// # Errors
    /// [`BankError::Store`].
    pub async fn unprinted_letters(
        &self,
        after: i64,
        now: UnixMillis,
        most: u16,
    ) -> Result<Vec<UnprintedLetter>, BankError> {
        Ok(self.store.unprinted_letters(after, now, most).await?)
    }

    /// What stands in a letter.
    pub fn print_letter(&self, letter: &UnprintedLetter) -> PrintedLetter {
        let UnprintedLetter { contract, name, salt, expires_at, .. } = letter.clone();
        PrintedLetter { contract, name, code: self.code_of_letter(&salt), expires_at }
    }

    /// Notes that letters were printed: in one commit, and none of them is printed again.
    ///
    /// # Errors
    /// [`BankError::Store`].
    pub async fn letters_printed(
        &self,
        printed: &[UnprintedLetter],
        now: UnixMillis,
    ) -> Result<(), BankError> {
        Ok(self.store.letters_printed(printed, self.staff.as_deref(), now).await?)
    }

    /// Whether this is the code of a letter of the contract's that is good still.
    pub(super) async fn is_code_of_letter(
        &self,
        id: &ContractId,
        code: &ActivationCode,
        now: UnixMillis,
    ) -> Result<bool, BankError> {
        let typed = self.letter_digest(id, code);
        let letters = self.store.letters(id, now).await?;
        let is_its = |letter: &Letter| bool::from(letter.code_digest.ct_eq(&typed));
        Ok(letters.iter().fold(false, |found, letter| found | is_its(letter)))
    }

    fn draw_salt(&self) -> Result<[u8; 16], BankError> {
        let mut salt = [0; 16];
        self.random.fill(&mut salt)?;
        Ok(salt)
    }

    fn letter(
        &self,
        id: &ContractId,
        salt: Option<[u8; 16]>,
        code: &ActivationCode,
        lifetime: Millis,
        now: UnixMillis,
    ) -> NewLetter {
        NewLetter {
            contract: id.clone(),
            salt,
            code_digest: self.letter_digest(id, code),
            created_at: now,
            expires_at: now.saturating_add(lifetime),
        }
    }

    /// From when a customer may ask for a letter; none where it is now.
    async fn next_from(
        &self,
        id: &ContractId,
        terms: &LetterTerms,
        now: UnixMillis,
    ) -> Result<Option<UnixMillis>, BankError> {
        let within = (earlier(now, terms.between), now.saturating_add(AHEAD));
        let last = self.store.asked_for(id, Event::LetterOrdered, within, 1).await?;
        Ok(last.first().map(|last| (*last).min(now).saturating_add(terms.between)))
    }

    /// Commits a letter with its event, if a customer may ask for one by these terms.
    async fn send(
        &self,
        letter: &NewLetter,
        terms: Option<&LetterTerms>,
        origin: Option<IpAddr>,
    ) -> Result<(), BankError> {
        let (id, now) = (&letter.contract, letter.created_at);
        for _ in 0..ROUNDS {
            let read = self.store.contract(id).await?.ok_or(BankError::NoSuchContract)?;
            if read.value.token.is_some() {
                return Err(BankError::HasToken);
            }
            if let Some(terms) = terms
                && let Some(until) = self.next_from(id, terms, now).await?
            {
                return Err(BankError::AskedTooOften { until });
            }
            let (event, forgets) = match terms {
                Some(_) => (Event::LetterOrdered, Vec::new()),
                // Whoever failed at the registration with the password alone does not hold up a customer who
                // has come to the desk, nor is this an order of the customer's.
                None => (Event::LetterHandedOver, vec![attempts::of_registration(id)]),
            };
            let event = NewEvent::of(id, event, now);
            let along = Along {
                // Of two at once, the other one finds the contract changed.
                contract: Some(ContractChange { read: &read, next: read.value.clone() }),
                events: vec![NewEvent { origin, staff: self.staff.as_deref(), ..event }],
                forgets,
                letter: Some(letter),
                ..Along::default()
            };
            if self.store.commit(&[], &along).await? == Written::Yes {
                return Ok(());
            }
        }
        Err(BankError::Busy)
    }

    fn code_of_letter(&self, salt: &[u8; 16]) -> ActivationCode {
        ActivationCode::of(&Zeroizing::new((self.digests)("contract letter code 1", &[salt])))
    }

    fn letter_digest(&self, id: &ContractId, code: &ActivationCode) -> [u8; 32] {
        (self.digests)("contract letter 1", &[id.as_str().as_bytes(), code.expose().as_bytes()])
    }
}
