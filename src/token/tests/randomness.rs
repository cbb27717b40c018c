//! The source of randomness fails at each draw.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::{
    Error, QUICK, Token, create_on, disk::SimDisk, found::Found, hotp, label, passphrase, totp,
    vault,
};
use crate::{
    credential::{EntryId, RequestId},
    secret::{Random, RandomFailed, SystemRandom},
    vault::VaultFile,
};

use super::operations::{NEW, OLD};

/// Fails once, at the draw whose number it holds, counted from 0.
struct FailsAt(AtomicUsize);

impl FailsAt {
    fn arm(&self, draw: usize) {
        self.0.store(draw, Ordering::SeqCst);
    }
}

impl Random for FailsAt {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomFailed> {
        match self.0.fetch_sub(1, Ordering::SeqCst) {
            0 => Err(RandomFailed),
            _ => SystemRandom::new().fill(bytes),
        }
    }
}

const NO_RANDOM: Error = Error::Vault(vault::Error::Random);

#[test]
fn without_randomness_no_vault_is_made_whichever_draw_fails() {
    let (disk, source) = (SimDisk::empty(), Arc::new(FailsAt(AtomicUsize::new(0))));
    let create = || {
        let file = VaultFile::on(disk.clone());
        Token::create_in(file, &passphrase(OLD), QUICK, source.clone())
    };
    let mut draws = 0;
    while let Err(error) = create() {
        assert_eq!(error, NO_RANDOM, "draw {draws}");
        assert_eq!(Found::on(&disk.state().visible()), Ok(Found::Nothing));
        draws += 1;
        source.arm(draws);
    }
    assert!(draws >= 5, "key, slot, salt, nonce and vault are drawn, at least");
}

#[test]
fn without_randomness_nothing_changes_whichever_draw_fails() {
    type Change = fn(&Token, EntryId) -> Result<(), Error>;
    let changes: [(Change, usize); 4] = [
        (|token, _| token.entries().add(totp("second")).map(drop), 2),
        (|token, id| token.entries().rename(id, None, label("other")), 1),
        (|token, id| token.entries().advance(id, RequestId([1; 16])).map(drop), 1),
        (
            |token, _| {
                let slots = token.slots();
                slots.change_passphrase(&passphrase(OLD), &passphrase(NEW), QUICK)
            },
            3,
        ),
    ];
    for (at, (change, least)) in changes.into_iter().enumerate() {
        let disk = SimDisk::empty();
        let id = create_on(disk.clone(), OLD).unwrap().entries().add(hotp("press", 0)).unwrap().id;
        let source = Arc::new(FailsAt(AtomicUsize::new(usize::MAX)));
        let token = Token::new(VaultFile::on(disk.clone()), source.clone()).unwrap();
        token.unlock(&passphrase(OLD)).unwrap();
        let before = Found::on(&disk.state().visible()).unwrap();
        let mut draws = 0;
        source.arm(draws);
        while let Err(error) = change(&token, id) {
            assert_eq!(error, NO_RANDOM, "change {at}, draw {draws}");
            assert_eq!(Found::on(&disk.state().visible()).as_ref(), Ok(&before));
            assert_eq!(token.refresh(), Ok(false));
            draws += 1;
            source.arm(draws);
        }
        assert!(draws >= least, "change {at} drew {draws} times");
    }
}
