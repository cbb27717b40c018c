//! Makes `seeds/`, the inputs that fuzzing starts from: the same bytes each time.
//!
//! ```sh
//! cargo run --manifest-path tests/fuzz/Cargo.toml --example seeds
//! ```

use std::{error::Error, fs, io::Cursor, path::Path, sync::Arc};

use image::{DynamicImage, ImageFormat};
use serde_json::Value;
use warifu::{
    clock::{Clock, Exchange, Host, Sample, Source, Stamps},
    provision::otpauth,
    time::{BootId, DeviceTime, Millis, UnixMillis, Uptime},
    token::Token,
    vault::{KdfParams, NewSlot, Passphrase, Pin, PinHardware, PinParams},
};
use warifu_fuzz::{NOW, PASSPHRASE, PIN, Repeatable, drawing, key_store::KeyStore, token};

const TOTP: &str = "otpauth://totp/Bank:0001?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Bank";
const HOTP: &str = "otpauth://hotp/Bank:0002?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=7";

type Made = Result<(), Box<dyn Error>>;

fn main() -> Made {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no folder")?;
    let seeds = tests.join("fuzz/seeds");
    let targets = [
        "uri",
        "vault",
        "qr_image",
        "link",
        "package",
        "answer",
        "verdict",
        "record",
        "request",
        "confirmation",
        "time_query",
        "time_answer",
        "clock",
    ];
    for target in targets {
        fs::create_dir_all(seeds.join(target))?;
    }
    uris(tests, &seeds.join("uri"))?;
    vaults(tests, &seeds.join("vault"))?;
    pictures(&seeds.join("qr_image"))?;
    enrolments(tests, &seeds)?;
    services(tests, &seeds)
}

/// Every URI of the vectors.
fn uris(tests: &Path, seeds: &Path) -> Made {
    let vectors = fs::read(tests.join("vectors/otpauth.json"))?;
    let vectors: Value = serde_json::from_slice(&vectors)?;
    for group in ["otpauth", "malformed"] {
        for (at, vector) in vectors[group].as_array().ok_or("no vectors")?.iter().enumerate() {
            let uri = vector["uri"].as_str().ok_or("no URI")?;
            fs::write(seeds.join(format!("{group}-{at}")), uri)?;
        }
    }
    Ok(())
}

/// The golden files that are cheap to open, and one vault with every slot for each hardware.
fn vaults(tests: &Path, seeds: &Path) -> Made {
    for name in ["minimal", "full", "later"] {
        fs::copy(tests.join(format!("golden/v1-{name}.warifu")), seeds.join(name))?;
    }
    for (name, hardware) in [("slots-mac", PinHardware::Mac), ("slots-unwrap", PinHardware::Unwrap)]
    {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("vault");
        let cost = KdfParams::new(8, 1, 1)?;
        let random = Arc::new(Repeatable::default());
        let token = Token::create(&path, &Passphrase::new(PASSPHRASE)?, cost, random)?;
        for uri in [TOTP, HOTP] {
            token.entries().add(otpauth::parse(uri.as_bytes())?)?;
        }
        let mut store = KeyStore::default();
        let pin = PinParams { kdf: cost, hardware, limit: 5 };
        for slot in [NewSlot::Device, NewSlot::Biometric, NewSlot::Pin(Pin::new(PIN)?, pin)] {
            store.drive(&token.slots().set(slot, NOW), NOW)?;
        }
        fs::copy(path, seeds.join(name))?;
    }
    Ok(())
}

/// Descriptions, and the same code in each kind of picture that is read.
fn pictures(seeds: &Path) -> Made {
    let short = "otpauth://totp/a?secret=AAAAAAAAAAAAAAAA";
    fs::write(seeds.join("text"), format!("T{TOTP}"))?;
    fs::write(seeds.join("text-web"), "Thttps://example.com/")?;
    // Numbers, letters, bytes and an ECI, each behind its mode and its length.
    let codewords: [&[u8]; 4] = [
        &[0x10, 0x20, 0x0c, 0x56, 0x61, 0x80],
        &[0x20, 0x29, 0xce, 0xe7, 0x21, 0x00],
        &[0x47, 0x6f, 0x74, 0x70, 0x61, 0x75, 0x74, 0x68],
        &[0x71, 0xa4, 0x76, 0xf7, 0x47, 0x06, 0x17, 0x57, 0x46, 0x80],
    ];
    for (at, codewords) in codewords.iter().enumerate() {
        fs::write(seeds.join(format!("codewords-{at}")), [b"C\x00\x00", *codewords].concat())?;
    }
    fs::write(seeds.join("bitmap"), [b"B\x15".as_slice(), &[0x5a; 60]].concat())?;
    let gray = DynamicImage::from(drawing::qr_of_text(short.as_bytes()).ok_or("too long")?);
    for (name, picture, format) in [
        ("gray.png", gray.clone(), ImageFormat::Png),
        ("gray-alpha.png", gray.to_luma_alpha8().into(), ImageFormat::Png),
        ("color-16.png", gray.to_rgb16().into(), ImageFormat::Png),
        ("color-alpha.png", gray.to_rgba8().into(), ImageFormat::Png),
        ("gray.jpg", gray.clone(), ImageFormat::Jpeg),
        ("color.jpg", gray.to_rgb8().into(), ImageFormat::Jpeg),
    ] {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format)?;
        fs::write(seeds.join(name), bytes.into_inner())?;
    }
    Ok(())
}

/// Every message of the vectors that a token reads, good or bad.
fn enrolments(tests: &Path, seeds: &Path) -> Made {
    let vectors = fs::read(tests.join("vectors/enrolment.json"))?;
    let vectors: Value = serde_json::from_slice(&vectors)?;
    let write = |place: String, kind: &[u8], bytes: &[u8]| -> Made {
        Ok(fs::write(seeds.join(place), [kind, bytes].concat())?)
    };
    for (at, case) in list(&vectors["enrolments"])?.iter().enumerate() {
        write(format!("link/good-{at}"), b"", text(&case["link"])?.as_bytes())?;
        write(format!("package/good-{at}"), b"", text(&case["package"])?.as_bytes())?;
        write(format!("answer/package-{at}"), &[1], text(&case["package"])?.as_bytes())?;
        write(format!("answer/good-{at}"), &[0], &bytes(&case["answer"])?)?;
        write(format!("record/requested-{at}"), b"", &bytes(&case["record_requested"])?)?;
        write(format!("record/answered-{at}"), b"", &bytes(&case["record_answered"])?)?;
    }
    for (at, verdict) in list(&vectors["enrolments"][0]["verdicts"])?.iter().enumerate() {
        let verdict = bytes(&verdict["bytes"])?;
        write(format!("verdict/whole-{at}"), &[0], &verdict)?;
        write(format!("verdict/body-{at}"), &[1], &verdict[..10])?;
    }
    let refused = &vectors["refused"];
    for (at, bad) in list(&refused["links"])?.iter().enumerate() {
        write(format!("link/refused-{at}"), b"", text(&bad["link"])?.as_bytes())?;
    }
    for (at, bad) in list(&refused["activation_codes"])?.iter().enumerate() {
        write(format!("link/typed-{at}"), b"", text(&bad["typed"])?.as_bytes())?;
    }
    write("link/typed".into(), b"", "１２３４ー５６７８ 9012-3452".as_bytes())?;
    for (at, bad) in list(&refused["packages"])?.iter().enumerate() {
        let package = text(&bad["package"])?.as_bytes();
        // What is longer than any that is read teaches nothing but that.
        write(format!("package/refused-{at}"), b"", &package[..package.len().min(12_289)])?;
    }
    Ok(())
}

/// Every message of the vectors that a service reads, good or bad, and one that is sealed to its key.
fn services(tests: &Path, seeds: &Path) -> Made {
    let vectors = fs::read(tests.join("vectors/enrolment.json"))?;
    let vectors: Value = serde_json::from_slice(&vectors)?;
    let write = |place: String, kind: u8, bytes: &[u8]| -> Made {
        Ok(fs::write(seeds.join(place), [&[kind], bytes].concat())?)
    };
    for (at, case) in list(&vectors["enrolments"])?.iter().enumerate() {
        let plaintext = bytes(&case["request_plaintext"])?;
        write(format!("request/plaintext-{at}"), 1, &plaintext)?;
        if at == 0 {
            let plaintext = plaintext.as_slice().try_into()?;
            write("request/whole".into(), 0, &token::request(plaintext).request)?;
        }
        let confirmation = bytes(&case["confirmation"])?;
        write(format!("confirmation/whole-{at}"), 0, &confirmation)?;
        let body = &confirmation[..confirmation.len() - 32];
        write(format!("confirmation/body-{at}"), 1, body)?;
    }
    for (at, asked) in list(&vectors["times"])?.iter().enumerate() {
        let message = bytes(&asked["message"])?;
        write(format!("time_query/whole-{at}"), 0, &message)?;
        write(format!("time_query/body-{at}"), 1, &message[..message.len() - 32])?;
    }
    for (at, date) in DATES.iter().enumerate() {
        write(format!("time_answer/date-{at}"), 2, date.as_bytes())?;
    }
    for (at, answer) in list(&vectors["times"][0]["answers"])?.iter().enumerate() {
        let answer = bytes(&answer["bytes"])?;
        write(format!("time_answer/whole-{at}"), 0, &answer)?;
        write(format!("time_answer/body-{at}"), 1, &answer[..17])?;
    }
    for (at, record) in clocks()?.into_iter().enumerate() {
        fs::write(seeds.join(format!("clock/record-{at}")), record)?;
    }
    for (at, bad) in list(&vectors["refused"]["time_queries"])?.iter().enumerate() {
        // Of those that are not read each is another; those with a wrong MAC are all alike.
        if bad["error"] == "malformed" {
            write(format!("time_query/refused-{at}"), 0, &bytes(&bad["message"])?)?;
        }
    }
    for (at, bad) in list(&vectors["refused"]["requests"])?.iter().enumerate() {
        write(format!("request/refused-{at}"), 0, &bytes(&bad["request"])?)?;
    }
    Ok(())
}

/// The three forms of RFC 9110, section 5.6.7.
const DATES: [&str; 3] =
    ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"];

/// Records of clocks that have heard nobody, a host, the verifier, and the verifier against itself, each
/// with a call behind it.
fn clocks() -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let (secs, uptime, boot) = (2_000_000_000, 70_000_u64, BootId([1; 16]));
    let now = DeviceTime { wall: UnixMillis::from_secs(secs), uptime: Uptime(uptime), boot };
    let told = |source, secs| {
        let exchange = Exchange { sent: Uptime(69_950), received: now.uptime, boot };
        Sample { source, exchange, stamps: Stamps::one(UnixMillis::from_secs(secs), Millis(1)) }
    };
    let host = Source::Host(Host::new(1).ok_or("no host")?);
    let (mut silent, mut by_host, mut told_once) = (Clock::new(), Clock::new(), Clock::new());
    silent.settle(now);
    by_host.take(&told(host, secs), now)?;
    told_once.take(&told(Source::Verifier, secs), now)?;
    let mut split = told_once.clone();
    split.take(&told(Source::Verifier, secs + 3600), now)?;
    let call = [
        &[130, 1][..],
        &now.wall.0.to_be_bytes(),
        &(uptime + 60_000).to_be_bytes(),
        &(now.wall.0 + 60_000).to_be_bytes(),
    ]
    .concat();
    let whole = |clock: Clock| [&clock.encode()[..], &call].concat();
    Ok([silent, by_host, told_once, split].map(whole).to_vec())
}

fn list(value: &Value) -> Result<&Vec<Value>, Box<dyn Error>> {
    Ok(value.as_array().ok_or("no list")?)
}

fn text(value: &Value) -> Result<&str, Box<dyn Error>> {
    Ok(value.as_str().ok_or("no text")?)
}

fn bytes(value: &Value) -> Result<Vec<u8>, Box<dyn Error>> {
    let digits = text(value)?;
    let byte = |at| Ok(u8::from_str_radix(&digits[at..at + 2], 16)?);
    (0..digits.len()).step_by(2).map(byte).collect()
}
