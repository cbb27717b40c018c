//! Which slots a bank's policy wants.

use super::EnrolmentError;
use crate::{
    credential::{Credential, Policy, UnlockPolicy},
    vault::{SlotInfo, SlotKind},
};

/// Holds the slots against the policy and says what to do next, one thing at a time.
///
/// # Errors
/// [`EnrolmentError::VerificationMissing`] or [`EnrolmentError::SlotTooWeak`].
pub(in crate::token) fn check(policy: Policy, slots: &[SlotInfo]) -> Result<(), EnrolmentError> {
    if policy.unlock == UnlockPolicy::Any {
        return Ok(());
    }
    // One that is damaged opens nothing.
    if !slots.iter().any(|slot| slot.damage.is_none() && verifies(slot.kind)) {
        return Err(EnrolmentError::VerificationMissing);
    }
    // Of these a damaged one counts too: its key may still open an older copy of the file. What a
    // later version's kind asks for is not known here.
    match slots.iter().find(|slot| !verifies(slot.kind)) {
        Some(slot) => Err(EnrolmentError::SlotTooWeak { slot: slot.id }),
        None => Ok(()),
    }
}

/// Whether the credentials that are there allow a slot of this kind to be made.
pub(in crate::token) fn allows(kind: SlotKind, entries: &[Credential]) -> bool {
    let demands =
        |entry: &Credential| entry.content.policy.unlock == UnlockPolicy::UserVerification;
    verifies(kind) || !entries.iter().any(demands)
}

fn verifies(kind: SlotKind) -> bool {
    match kind {
        SlotKind::Pin | SlotKind::Biometric | SlotKind::Passphrase => true,
        SlotKind::Device | SlotKind::Other(_) => false,
    }
}
