//! Makes a vault with many credentials, for the speed tests of every language:
//! `many_credentials FILE COUNT`. Its passphrase is [`PASSPHRASE`], at the least cost. The links
//! are added one by one, as an app does, which reads all that are there each time; 10,000 take
//! minutes.

use std::{env, error::Error, path::Path, sync::Arc};

use warifu::{
    provision::otpauth,
    secret::SystemRandom,
    token::Token,
    vault::{KdfParams, Passphrase},
};

const PASSPHRASE: &str = "correct horse battery";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(file), Some(count)) = (arguments.next(), arguments.next()) else {
        return Err("usage: many_credentials FILE COUNT".into());
    };
    let count: u32 = count.parse()?;
    let passphrase = Passphrase::new(PASSPHRASE.as_bytes())?;
    let random = Arc::new(SystemRandom::new());
    let token = Token::create(Path::new(&file), &passphrase, KdfParams::new(8, 1, 1)?, random)?;
    for number in 0..count {
        // Twenty bytes that differ from one credential to the next.
        let secret = format!("GEZDGNBVGY3TQOJQGEZDGNBV{number:08}").replace(['0', '1', '8', '9'], "A");
        let digits = base32_digits(number);
        let secret = format!("{}{digits}", &secret[..24]);
        let uri = format!("otpauth://totp/Bank:{number:05}?secret={secret}&issuer=Bank");
        token.entries().add(otpauth::parse(uri.as_bytes())?)?;
    }
    Ok(())
}

fn base32_digits(number: u32) -> String {
    const ALPHABET: [char; 32] = [
        'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R',
        'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', '2', '3', '4', '5', '6', '7',
    ];
    (0..8).map(|place| ALPHABET[(number >> (5 * place)) as usize & 31]).collect()
}
