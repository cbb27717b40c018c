//! The process that is traced.

use std::{
    env,
    fs::{self, File},
    io::Write,
    path::Path,
    sync::Arc,
};

use warifu::{
    credential::RequestId,
    provision::otpauth,
    secret::SystemRandom,
    token::Token,
    vault::{KdfParams, NewSlot, Passphrase, PinHardware, UnlockWith},
};

use crate::{
    keystore::phone::{Phone, WRONG},
    trace::{BEGIN, END, FOLDER, MARKS},
};

/// The steps, as the marks call them.
pub(crate) const CREATE: &str = "a vault is created";
pub(crate) const ADD: &str = "an entry is added";
pub(crate) const COUNTER: &str = "a counter makes a code";
pub(crate) const NOTHING_NEW: &str = "a change changes nothing";
pub(crate) const WRONG_PIN: &str = "a wrong PIN is counted";
pub(crate) const ABOVE_THE_ANCHOR: &str = "a version above the anchor is opened";

/// In the child, works and ends the process.
pub(crate) fn work_if_asked() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let folder = fs::canonicalize(folder).unwrap();
    let mut marks = Marks(File::create(folder.join(MARKS)).unwrap());
    work_with_a_passphrase(&folder.join("token.warifu"), &mut marks);
    work_on_a_phone(&mut marks);
    std::process::exit(0);
}

fn work_with_a_passphrase(path: &Path, marks: &mut Marks) {
    let passphrase = Passphrase::new(b"as the disk sees it").unwrap();
    let kdf = KdfParams::new(8, 1, 1).unwrap();
    let token = marks.around(CREATE, path, || {
        Token::create(path, &passphrase, kdf, Arc::new(SystemRandom::new())).unwrap()
    });
    let uri = b"otpauth://hotp/Bank:a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=0";
    let new = otpauth::parse(uri).unwrap();
    let id = marks.around(ADD, path, || token.entries().add(new).unwrap().id);
    let press = RequestId([1; 16]);
    marks.around(COUNTER, path, || token.entries().advance(id, press).unwrap());
    // The same press again gives the same code, which rests on the version that is there.
    marks.around(NOTHING_NEW, path, || token.entries().advance(id, press).unwrap());
}

fn work_on_a_phone(marks: &mut Marks) {
    let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 6);
    let path = phone.path();
    token.lock();
    marks.around(WRONG_PIN, &path, || phone.try_pin(WRONG).unwrap_err());
    phone.unlock(&token, UnlockWith::Device).unwrap();
    phone.set(&token, NewSlot::Biometric);
    let again = phone.open();
    marks.around(ABOVE_THE_ANCHOR, &path, || phone.unlock(&again, UnlockWith::Device).unwrap());
}

struct Marks(File);

impl Marks {
    /// A line before the work, and one after it; each is one write.
    fn around<T>(&mut self, name: &str, vault: &Path, work: impl FnOnce() -> T) -> T {
        let folder = fs::canonicalize(vault.parent().unwrap()).unwrap();
        let real = folder.join(vault.file_name().unwrap());
        self.write(&format!("{BEGIN}|{name}|{}", real.display()));
        let outcome = work();
        self.write(&format!("{END}|{}", fs::metadata(vault).unwrap().len()));
        outcome
    }

    fn write(&mut self, line: &str) {
        self.0.write_all(format!("{line}\n").as_bytes()).unwrap();
    }
}
