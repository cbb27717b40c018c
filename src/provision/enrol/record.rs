//! The pending record's plaintext (`docs/enrolment.md`, "What the token keeps").

use zeroize::Zeroizing;

use super::{MAX_ANSWER, Pending, pending::REQUEST_LEN};
use crate::{credential::WebAddress, secret::Secret};

const LAYOUT: u8 = 1;
const REQUESTED: u8 = 1;
const ANSWERED: u8 = 2;

/// Why a record gave no enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// A later warifu wrote it. Keep it.
    #[error("a later version wrote the pending enrolment")]
    Newer,
    /// A faulty writer wrote it, since it passed its seal.
    #[error("the pending enrolment is malformed")]
    Malformed,
}

impl Pending {
    /// The plaintext of the pending record, in a buffer that never grows and wipes itself.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let answer = self.answer.as_deref().unwrap_or_default();
        let parts: [&[u8]; 10] = [
            &[LAYOUT, if self.answer.is_some() { ANSWERED } else { REQUESTED }],
            &counted(self.base.as_str().as_bytes()),
            self.base.as_str().as_bytes(),
            &self.link_digest,
            &self.id,
            self.private_key.expose(),
            self.psk.expose(),
            &self.request[..],
            &counted(answer),
            answer,
        ];
        let len = parts.iter().map(|part| part.len()).fold(0, usize::saturating_add);
        let mut out = Zeroizing::new(Vec::with_capacity(len));
        parts.iter().for_each(|part| out.extend_from_slice(part));
        out
    }

    /// Reads what [`Pending::encode`] wrote.
    ///
    /// # Errors
    /// [`RecordError`].
    pub fn decode(plaintext: &[u8]) -> Result<Self, RecordError> {
        match plaintext.split_first() {
            Some((&LAYOUT, rest)) => decode(rest).ok_or(RecordError::Malformed),
            Some(_) => Err(RecordError::Newer),
            None => Err(RecordError::Malformed),
        }
    }
}

fn decode(mut rest: &[u8]) -> Option<Pending> {
    let rest = &mut rest;
    let stage = *rest.split_off_first()?;
    let base = std::str::from_utf8(take_counted(rest)?).ok()?;
    let base = WebAddress::parse(base).ok().filter(|address| address.as_str() == base)?;
    let link_digest = *take_array(rest)?;
    let id = *take_array(rest)?;
    let private_key = Secret::copy_of(take_array::<32>(rest)?);
    let psk = Secret::copy_of(take_array::<32>(rest)?);
    let request = Box::new(*take_array::<REQUEST_LEN>(rest)?);
    let answer = take_counted(rest)?;
    if !rest.is_empty() || answer.len() > MAX_ANSWER {
        return None;
    }
    let answer = match (stage, answer) {
        (REQUESTED, []) => None,
        (ANSWERED, [_, ..]) => Some(answer.to_vec()),
        _ => return None,
    };
    Some(Pending { base, link_digest, id, private_key, psk, request, answer })
}

/// The length of what follows. A base and an answer are bounded far below 64 KiB.
fn counted(bytes: &[u8]) -> [u8; 2] {
    u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes()
}

fn take_counted<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = u16::from_be_bytes(*take_array(from)?);
    from.split_off(..usize::from(len))
}

fn take_array<'a, const N: usize>(from: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    from.split_off(..N)?.first_chunk()
}
