//! The demo's one customer: a contract, an account with money in it, and whom it may pay.

use warifu::{
    credential::Label,
    time::{Millis, UnixMillis},
};
use warifu_bank::{
    bank::{Bank, NewContract, Password},
    store::{AccountId, AccountKind, ContractId, Number, Yen},
};
use warifu_desktop::{locale::Lang, texts};

use crate::bank::Failure;

/// The contract ID (契約者ID).
pub(crate) const CONTRACT: &str = "0000000017";
/// The login password. It is told on the screen, and protects money that there is not.
pub(crate) const PASSWORD: &str = "demo-password";
/// The bank's own number (金融機関コード), branch, and the customer's account.
pub(crate) const OUR_BANK: &str = "9999";
const BRANCH: &str = "001";
const NUMBER: &str = "0000017";
const PAID_IN: Option<Yen> = Yen::new(100_000);

/// Somebody at another bank.
pub(crate) struct Payee;

impl Payee {
    pub(crate) const BANK: &str = "0001";
    pub(crate) const BRANCH: &str = "001";
    pub(crate) const NUMBER: &str = "0000077";
}

/// The contract's ID, as a label that an activation code bears.
pub(crate) fn account_ref() -> Result<Label, Failure> {
    Ok(Label::new(CONTRACT)?)
}

/// Makes the contract and its account.
pub(crate) async fn add(bank: &Bank, lang: Lang, now: UnixMillis) -> Result<(), Failure> {
    let id = ContractId::new(CONTRACT)?;
    let contract = NewContract {
        id: id.clone(),
        name: Label::new(texts::demo_customer(lang))?,
        address: Label::new("customer@mail.example")?,
        password: Password::new(PASSWORD)?,
    };
    bank.add_contract(contract, now).await?;
    let account = AccountId::of(&number(BRANCH)?, AccountKind::Ordinary, &number(NUMBER)?);
    let holder = Label::new(texts::demo_holder(lang))?;
    Ok(bank.store().open_account(&account, &id, &holder, PAID_IN, now).await?)
}

/// A number of so many digits.
pub(crate) fn number<const N: usize>(text: &str) -> Result<Number<N>, Failure> {
    Number::new(text).ok_or_else(|| format!("{N} digits").into())
}

/// How long an activation code may be used: a week, as one of a letter, since the walk skips three days.
pub(crate) const ACTIVATION: Millis = Millis::from_secs(7 * 86_400);
