use std::{collections::HashMap, sync::mpsc::channel, thread, time::Duration};

use keyring_core::Entry;
use warifu::{
    secret::{Secret, scrubbed},
    vault::KeyRefusal,
};
use zeroize::Zeroizing;

use super::Keyring;

/// What the entries are filed under, beside their names.
const SERVICE: &str = "warifu";

/// How the entries are kept: on Windows on this PC alone, where a domain would carry them to others;
/// under the Secret Service with a label that a person knows when a keyring's program lists it.
const MODIFIERS: &[(&str, &str)] = if cfg!(windows) {
    &[("persistence", "Local")]
} else if cfg!(target_os = "macos") {
    &[]
} else {
    &[("label", "warifu 割符")]
};

/// How long an answer is waited for: long enough to type a keyring's password into a prompt.
const PATIENCE: Duration = Duration::from_secs(30);

/// The keyring of the system: Secret Service, Keychain or Credential Manager.
///
/// Each call runs on a thread of its own and is given up after half a minute, since a keyring may
/// wait for a person, or for nobody. The `keyring` crate does not tell a prompt that was dismissed
/// from a keyring that failed: either is [`KeyRefusal::Unavailable`].
#[derive(Debug, Clone, Copy, Default)]
pub struct OsKeyring;

impl OsKeyring {
    /// What the system calls its keyring.
    pub const NAME: &str = if cfg!(target_os = "macos") {
        "Keychain"
    } else if cfg!(windows) {
        "Credential Manager"
    } else {
        "Secret Service"
    };
}

impl Keyring for OsKeyring {
    fn read(&self, name: &str) -> Result<Secret, KeyRefusal> {
        ask(name, |entry| entry.get_secret().map(Zeroizing::new)).map(Secret::from_zeroizing)
    }

    fn write(&self, name: &str, secret: Secret) -> Result<(), KeyRefusal> {
        ask(name, move |entry| entry.set_secret(secret.expose()))
    }

    fn delete(&self, name: &str) -> Result<(), KeyRefusal> {
        ask(name, Entry::delete_credential)
    }
}

fn ask<T: Send + 'static>(
    name: &str,
    question: impl FnOnce(&Entry) -> keyring::Result<T> + Send + 'static,
) -> Result<T, KeyRefusal> {
    let name = name.to_owned();
    within(PATIENCE, move || {
        // What an error holds may be a secret, and goes no further.
        entry(&name).and_then(|entry| question(&entry)).map_err(|error| refusal(&error))
    })
}

fn entry(name: &str) -> keyring::Result<Entry> {
    // Finds the platform's keyring, once; without it the next line says that there is none.
    let _ = keyring::Entry::store_status();
    Entry::new_with_modifiers(SERVICE, name, &HashMap::from_iter(MODIFIERS.iter().copied()))
}

fn refusal(error: &keyring::Error) -> KeyRefusal {
    match error {
        keyring::Error::NoEntry => KeyRefusal::Missing,
        _ => KeyRefusal::Unavailable,
    }
}

/// Works on a thread of its own. What comes too late is wiped and forgotten.
fn within<T: Send + 'static>(
    patience: Duration,
    work: impl FnOnce() -> Result<T, KeyRefusal> + Send + 'static,
) -> Result<T, KeyRefusal> {
    let (tell, told) = channel();
    let thread = thread::Builder::new().spawn(move || {
        let _ = tell.send(scrubbed(work));
    });
    thread.map_err(|_| KeyRefusal::Unavailable)?;
    told.recv_timeout(patience).unwrap_or(Err(KeyRefusal::Unavailable))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyring_that_does_not_answer_is_given_up() {
        let (end, ended) = channel::<()>();
        let silent = move || {
            let _ = ended.recv();
            Ok(())
        };
        assert_eq!(within(Duration::from_millis(20), silent), Err(KeyRefusal::Unavailable));
        drop(end);
        let answering = || Err::<(), _>(KeyRefusal::Missing);
        assert_eq!(within(PATIENCE, answering), Err(KeyRefusal::Missing));
    }
}
