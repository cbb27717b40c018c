use warifu::{
    credential::{Generator, Label, Seed},
    otp::Algorithm,
    secret::{Random, RandomFailed, Secret},
};

/// What the bank issues.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The bank, as the customer reads it.
    pub issuer: Label,
    /// How codes are made.
    pub generator: Generator,
    /// Whether a key to sign transactions with comes along.
    pub signing: bool,
    /// Which unlock the token must have before it confirms.
    pub unlock: Unlock,
    /// Whether the credential may be moved to another device.
    pub export: bool,
    /// Whether the token must have heard the service's time since the device started before it makes a
    /// code from the time.
    pub synced_clock: bool,
    /// Whether a token may enrol without an activation code.
    pub open: bool,
}

/// Which unlock is demanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlock {
    /// Whatever opens the token.
    Any,
    /// A PIN, biometrics or a passphrase; the device alone is not enough.
    UserVerification,
}

/// The keys of one credential, as they are drawn.
#[derive(Debug)]
pub struct DrawnKeys {
    /// Makes the codes.
    pub code: Seed,
    /// Signs transactions, if the bank issues such a key.
    pub sign: Option<Seed>,
    /// Speaks for the device.
    pub device: Seed,
}

const DEVICE_KEY_LEN: usize = 32;

impl Offer {
    /// Draws a credential's keys.
    ///
    /// # Errors
    /// [`RandomFailed`].
    pub fn draw(&self, random: &dyn Random) -> Result<DrawnKeys, RandomFailed> {
        let draw = |len| Seed::new(Secret::random(len, random)?).map_err(|_| RandomFailed);
        let code_len = code_key_len(&self.generator);
        Ok(DrawnKeys {
            code: draw(code_len)?,
            sign: self.signing.then(|| draw(code_len)).transpose()?,
            device: draw(DEVICE_KEY_LEN)?,
        })
    }
}

/// As long as the hash's output (RFC 4226, R6; RFC 6238, section 5.1).
fn code_key_len(generator: &Generator) -> usize {
    let (Generator::Totp { algorithm, .. } | Generator::Hotp { algorithm, .. }) = generator;
    match algorithm {
        Algorithm::Sha1 => 20,
        Algorithm::Sha256 => 32,
        Algorithm::Sha512 => 64,
    }
}
