//! What the form of a registration or an exchange said, and what is done by it.

use warifu::credential::CredentialId;
use warifu_issuer::ActivationCode;

use super::Standing;
use crate::{
    bank::{Accepted, BankError, LetterState, NewToken, Remains, typed},
    pages::{Pages, refusal::words, texts::Text, visit::Visit},
    service::Codes,
    store::ContractId,
};

/// What was typed, as far as it can be meant.
pub(super) struct Sent<'a> {
    credential: CredentialId,
    codes: Codes<'a>,
    proof: SentProof<'a>,
}

enum SentProof<'a> {
    First { code_at_login: bool, letter: Option<ActivationCode> },
    Code(&'a str),
    Reset(ActivationCode),
}

impl<'a> Sent<'a> {
    pub(super) fn read(visit: &'a Visit, standing: &Standing) -> Result<Self, Text> {
        let credential = typed::credential_id(visit.field("credential"));
        let credential = credential.ok_or(words::FIELD_CREDENTIAL)?;
        let proof = if standing.has_token {
            let (code, reset) = (visit.field("old_code"), visit.field("reset_code"));
            match (is_empty(code), is_empty(reset)) {
                (false, true) => SentProof::Code(code),
                (true, false) => {
                    SentProof::Reset(typed::reset_code(reset).ok_or(words::FIELD_RESET)?)
                }
                _ => return Err(words::FIELD_PROOF),
            }
        } else {
            let code_at_login =
                code_at_login(visit.field("code_at_login")).ok_or(words::FIELD_CHOICE)?;
            // Where no letter is under way the bank says so, and the page asks for one.
            let letter = match standing.letters {
                Some(LetterState { good_until: Some(_), .. }) => {
                    let code = typed::reset_code(visit.field("letter_code"));
                    Some(code.ok_or(words::FIELD_LETTER)?)
                }
                _ => None,
            };
            SentProof::First { code_at_login, letter }
        };
        Ok(Self { credential, codes: codes(visit), proof })
    }

    pub(super) async fn carry_out(
        &self,
        pages: &Pages,
        visit: &Visit,
        id: &ContractId,
    ) -> Result<Accepted, BankError> {
        let (bank, from, now) = (&pages.bank, visit.from, visit.now);
        let token = NewToken { credential: &self.credential, codes: self.codes };
        let remains = match &self.proof {
            SentProof::First { code_at_login, letter } => {
                let letter = letter.as_ref();
                return bank.register(id, token, letter, *code_at_login, from, now).await;
            }
            SentProof::Code(code) => Remains::Code(code),
            SentProof::Reset(code) => Remains::Reset(code),
        };
        bank.exchange(id, &remains, token, from, now).await
    }
}

/// One code, or two where the next one was typed too.
fn codes(visit: &Visit) -> Codes<'_> {
    let (first, second) = (visit.field("code"), visit.field(NEXT_CODE));
    if is_empty(second) { Codes::One(first) } else { Codes::Two(first, second) }
}

pub(super) fn is_empty(typed: &str) -> bool {
    typed.trim().is_empty()
}

/// 認証する or 認証しない.
pub(in crate::pages) fn code_at_login(chosen: &str) -> Option<bool> {
    match chosen {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

pub(super) const NEXT_CODE: &str = "next_code";
