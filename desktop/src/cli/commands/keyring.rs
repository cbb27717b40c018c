//! What the commands do with the system's keyring.

use warifu::token::Token;

use super::{Session, Stop, output, print, retry_busy};
use crate::{
    failure::PcError,
    keyring::{self, Driver, Keyring as _, OsKeyring},
    texts,
};

impl Session {
    /// Asks for the passphrase though the keyring may be on already: whoever may change this is the
    /// one who knows it.
    pub(super) fn keyring_on(&mut self) -> Result<(), Stop> {
        let token = self.locked()?;
        if !OsKeyring.answers() {
            return Err(PcError::NoKeyring.into());
        }
        self.unlock(&token)?;
        retry_busy(|| self.driver().turn_on(&token))?;
        print(&format!("{}\n", texts::keyring_on(self.lang)))
    }

    /// Asks for the passphrase, so that nobody turns off the only way in that is left to them.
    pub(super) fn keyring_off(&mut self) -> Result<(), Stop> {
        let token = self.locked()?;
        if keyring::is_on(&token)? {
            self.unlock(&token)?;
            retry_busy(|| self.driver().turn_off(&token))?;
        }
        print(&format!("{}\n", texts::keyring_off(self.lang)))
    }

    /// Where it is on, it is tried: nothing less tells whether it opens.
    pub(super) fn keyring_status(&mut self) -> Result<(), Stop> {
        let (lang, name) = (self.lang, &OsKeyring::NAME);
        let token = self.locked()?;
        let status = if keyring::is_on(&token)? {
            match retry_busy(|| self.driver().unlock(&token)) {
                Ok(_) => texts::keyring_is_on(lang, name),
                Err(error) => texts::keyring_is_on_but(lang, name, &error.support_code()),
            }
        } else if OsKeyring.answers() {
            texts::keyring_is_off(lang, name)
        } else {
            texts::keyring_is_none(lang, name)
        };
        print(&format!("{status}\n"))
    }

    /// Opens it by the keyring, if that is on. A passphrase that was handed over is used instead.
    pub(super) fn opens_by_keyring(&self, token: &Token) -> bool {
        if self.has_passphrase_fd || !keyring::is_on(token).is_ok_and(|is_on| is_on) {
            return false;
        }
        match retry_busy(|| self.driver().unlock(token)) {
            Ok(report) => {
                self.tell_report(&report);
                true
            }
            Err(error) => {
                output::note(&texts::keyring_failed_line(self.lang, &error.support_code()));
                false
            }
        }
    }

    fn driver(&self) -> Driver<'_> {
        Driver { keyring: &OsKeyring, random: &*self.random, clock: &self.clock }
    }
}
