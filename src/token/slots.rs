use super::{Error, Token};
use crate::vault::{KdfParams, Passphrase};

/// The ways to open an unlocked token's vault.
pub struct Slots<'a>(pub(super) &'a Token);

impl Slots<'_> {
    /// Puts a new passphrase in the place of the current one, durably. The records stay as they
    /// are. Slow by design: Argon2 twice.
    ///
    /// A copy of the file made earlier still opens with the old passphrase: the key behind both is
    /// the same. If the old one is known to others, have the bank exchange the credentials.
    ///
    /// # Errors
    /// A vault error: `WrongPassphrase` if `current` is not it, a new one under 8 characters, the
    /// disk's refusals; [`Error::Locked`].
    pub fn change_passphrase(
        &self,
        current: &Passphrase,
        new: &Passphrase,
        kdf: KdfParams,
    ) -> Result<(), Error> {
        self.0.refresh()?;
        let vault = self.0.unlocked()?;
        vault.accepts(current)?;
        let slot = vault.new_passphrase_slot(new, kdf, &*self.0.random)?;
        self.0.commit(|draft| {
            draft.replace_passphrase(slot);
            Ok(())
        })
    }
}
