use std::{cell::RefCell, collections::BTreeMap, fs, path::PathBuf, sync::Arc};

use tempfile::TempDir;
use warifu::{
    secret::SystemRandom,
    vault::{self, KdfParams, KeyAnswer, KeyErrand, KeyGate, KeyName, KeyUse, Passphrase, SlotId},
};

use super::*;

/// A keyring in memory that can be made to fail.
#[derive(Default)]
struct Fake {
    kept: RefCell<BTreeMap<String, Vec<u8>>>,
    is_gone: RefCell<bool>,
}

impl Fake {
    fn check(&self) -> Result<(), KeyRefusal> {
        if *self.is_gone.borrow() { Err(KeyRefusal::Unavailable) } else { Ok(()) }
    }

    fn names(&self) -> Vec<String> {
        self.kept.borrow().keys().cloned().collect()
    }
}

impl Keyring for Fake {
    fn read(&self, name: &str) -> Result<Secret, KeyRefusal> {
        self.check()?;
        self.kept.borrow().get(name).map(|kept| Secret::copy_of(kept)).ok_or(KeyRefusal::Missing)
    }

    fn write(&self, name: &str, secret: Secret) -> Result<(), KeyRefusal> {
        self.check()?;
        self.kept.borrow_mut().insert(name.to_owned(), secret.expose().to_vec());
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), KeyRefusal> {
        self.check()?;
        self.kept.borrow_mut().remove(name).map(drop).ok_or(KeyRefusal::Missing)
    }
}

/// A vault behind a passphrase, and a keyring.
struct Bench {
    folder: TempDir,
    token: Token,
    fake: Fake,
    random: SystemRandom,
    clock: DeviceClock,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (random, quick) = (SystemRandom::new(), KdfParams::new(8, 1, 1).unwrap());
        let path = folder.path().join("t.warifu");
        let token = Token::create(&path, &passphrase(), quick, Arc::new(random.clone())).unwrap();
        let clock = DeviceClock::new(&random).unwrap();
        Self { folder, token, fake: Fake::default(), random, clock }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("t.warifu")
    }

    fn driver(&self) -> Driver<'_> {
        Driver { keyring: &self.fake, random: &self.random, clock: &self.clock }
    }

    fn on() -> Self {
        let bench = Self::new();
        bench.driver().turn_on(&bench.token).unwrap();
        bench.token.lock();
        bench
    }

    /// The errand's answer.
    fn answer(&self, errand: KeyErrand) -> KeyAnswer {
        errand::answer(errand, &self.fake, &self.random)
    }

    fn bytes(&self, errand: KeyErrand) -> Secret {
        match self.answer(errand) {
            KeyAnswer::Bytes(bytes) => bytes,
            other => panic!("{other:?}"),
        }
    }
}

fn passphrase() -> Passphrase {
    Passphrase::new(b"correct horse battery").unwrap()
}

const KEY: KeyName = KeyName { vault: [7; 16], slot: SlotId([1; 8]), number: 1 };

fn create(gate: KeyGate) -> KeyErrand {
    KeyErrand::Create { key: KEY, usage: KeyUse::Wrap, gate }
}

#[test]
fn the_keyring_opens_what_it_was_turned_on_for() {
    let bench = Bench::new();
    assert!(!is_on(&bench.token).unwrap());
    bench.driver().turn_on(&bench.token).unwrap();
    assert!(is_on(&bench.token).unwrap());
    // Another process, later.
    let token = Token::open(&bench.path(), Arc::new(bench.random.clone())).unwrap();
    assert!(!token.is_unlocked() && is_on(&token).unwrap());
    bench.driver().unlock(&token).unwrap();
    assert!(token.is_unlocked());
}

#[test]
fn turned_off_it_leaves_neither_slot_nor_key() {
    let bench = Bench::on();
    assert_eq!(bench.fake.names().len(), 1);
    bench.token.unlock(&passphrase()).unwrap();
    bench.driver().turn_off(&bench.token).unwrap();
    assert!(!is_on(&bench.token).unwrap());
    assert!(bench.fake.names().is_empty());
    bench.token.lock();
    let refused = bench.driver().unlock(&bench.token);
    assert_eq!(refused, Err(vault::Error::UnknownSlot.into()));
}

#[test]
fn turned_on_twice_it_has_one_key_and_a_new_one() {
    let bench = Bench::on();
    let before = bench.fake.names();
    bench.token.unlock(&passphrase()).unwrap();
    bench.driver().turn_on(&bench.token).unwrap();
    let after = bench.fake.names();
    assert_eq!(after.len(), 1);
    assert_ne!(before, after);
    bench.token.lock();
    bench.driver().unlock(&bench.token).unwrap();
}

#[test]
fn a_keyring_that_fails_changes_nothing_and_the_passphrase_opens() {
    let bench = Bench::new();
    *bench.fake.is_gone.borrow_mut() = true;
    assert!(!bench.fake.answers());
    let before = fs::read(bench.path()).unwrap();
    let refused = bench.driver().turn_on(&bench.token);
    assert_eq!(refused, Err(vault::Error::KeyStore(KeyRefusal::Unavailable).into()));
    assert_eq!(fs::read(bench.path()).unwrap(), before);

    let bench = Bench::on();
    *bench.fake.is_gone.borrow_mut() = true;
    let refused = bench.driver().unlock(&bench.token);
    assert_eq!(refused, Err(vault::Error::KeyStore(KeyRefusal::Unavailable).into()));
    bench.token.unlock(&passphrase()).unwrap();
    // A key that cannot be deleted would open an older copy: off is not said where it is not so.
    let refused = bench.driver().turn_off(&bench.token);
    assert_eq!(refused, Err(vault::Error::KeyStore(KeyRefusal::Unavailable).into()));
    assert!(is_on(&bench.token).unwrap());
    *bench.fake.is_gone.borrow_mut() = false;
    bench.driver().turn_off(&bench.token).unwrap();
    assert!(!is_on(&bench.token).unwrap() && bench.fake.names().is_empty());
}

#[test]
fn a_key_that_is_lost_or_another_says_so_and_the_passphrase_opens() {
    let bench = Bench::on();
    let name = bench.fake.names().remove(0);
    let key = bench.fake.kept.borrow()[&name].clone();
    let mut other = key.clone();
    other[0] ^= 1;
    for kept in [None, Some(other), Some(Vec::new()), Some(key[..31].to_vec())] {
        bench.fake.kept.borrow_mut().clear();
        bench.fake.kept.borrow_mut().extend(kept.map(|kept| (name.clone(), kept)));
        let refused = bench.driver().unlock(&bench.token);
        assert!(matches!(refused, Err(token::Error::Vault(vault::Error::KeyLost { .. }))));
        assert!(!bench.token.is_unlocked());
    }
    bench.token.unlock(&passphrase()).unwrap();
}

#[test]
fn a_lock_that_comes_meanwhile_wins() {
    let bench = Bench::on();
    let flow = bench.token.unlock_with(UnlockWith::Device, bench.clock.now());
    bench.token.lock();
    assert_eq!(bench.driver().run(&flow), Err(token::Error::Locked));
    assert!(!bench.token.is_unlocked());
}

#[test]
fn a_key_is_32_random_bytes_under_its_name_and_a_new_one_replaces_it() {
    let bench = Bench::new();
    assert_eq!(bench.answer(create(KeyGate::Device)), KeyAnswer::Done);
    let name = "07070707070707070707070707070707.0101010101010101.1";
    let first = bench.fake.read(name).unwrap();
    assert_eq!(first.len(), 32);
    assert_eq!(bench.answer(create(KeyGate::Device)), KeyAnswer::Done);
    assert!(bench.fake.read(name).unwrap() != first);
    assert_eq!(bench.fake.names(), [name]);
}

#[test]
fn what_is_wrapped_is_nonce_ciphertext_and_tag() {
    let bench = Bench::new();
    bench.answer(create(KeyGate::Device));
    let wrap = || {
        let plaintext = Secret::copy_of(&[5; 32]);
        bench.bytes(KeyErrand::Wrap { key: KEY, plaintext }).expose().to_vec()
    };
    let (wrapped, again) = (wrap(), wrap());
    assert_eq!(wrapped.len(), 12 + 32 + 16);
    assert_ne!(wrapped[..12], again[..12]);
    let unwrap = |wrapped: &[u8]| KeyErrand::Unwrap { key: KEY, wrapped: wrapped.to_vec() };
    assert_eq!(bench.bytes(unwrap(&wrapped)), Secret::copy_of(&[5; 32]));
    for at in [0, 12, 59] {
        let mut changed = wrapped.clone();
        changed[at] ^= 1;
        assert_eq!(bench.answer(unwrap(&changed)), KeyAnswer::Refused(KeyRefusal::Missing));
    }
    for short in [&wrapped[..27], &[]] {
        assert_eq!(bench.answer(unwrap(short)), KeyAnswer::Refused(KeyRefusal::Missing));
    }
}

#[test]
fn a_mac_is_that_of_rfc_4231() {
    // RFC 4231, test case 4, has a key of 25 bytes; here its case 1 with the key padded with zeros
    // to 32, which HMAC does by itself.
    let bench = Bench::new();
    let mut key = vec![0x0b; 20];
    key.resize(32, 0);
    bench.fake.kept.borrow_mut().insert(KEY.to_string(), key);
    let mac = bench.bytes(KeyErrand::Mac { key: KEY, message: Secret::copy_of(b"Hi There") });
    let hex: String = mac.expose().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

#[test]
fn what_a_pc_does_not_have_is_said() {
    let bench = Bench::new();
    let answer = |errand| bench.answer(errand);
    let not_enrolled = KeyAnswer::Refused(KeyRefusal::NotEnrolled);
    assert_eq!(answer(create(KeyGate::Biometric)), not_enrolled);
    assert_eq!(answer(KeyErrand::Delete { key: KEY }), KeyAnswer::Done);
    assert_eq!(answer(KeyErrand::ReadAnchor { vault: [7; 16] }), KeyAnswer::Anchor(None));
    let raise = KeyErrand::RaiseAnchor { vault: [7; 16], generation: 9 };
    assert_eq!(answer(raise), KeyAnswer::Done);
    let unwrap = KeyErrand::Unwrap { key: KEY, wrapped: vec![0; 60] };
    assert_eq!(answer(unwrap), KeyAnswer::Refused(KeyRefusal::Missing));
}
