//! What a later warifu writes into a vault of version 1 stays in it.

use std::{fs, path::Path};

use serde_json::{Value, json};

use std::sync::Arc;

use super::*;
use crate::{otp, time::UnixMillis};

#[test]
fn what_a_later_version_wrote_outlives_every_change() {
    let sample = Sample::new(1);
    let disk = MemoryDisk::holding(sample.bytes());
    let file = VaultFile::on(disk.clone());
    let random = Counted::new(2);
    let vault = read(&file).unwrap().open_with_key(Arc::clone(&sample.key)).unwrap();
    let (vault, ()) = vault
        .commit(&file, &random, |draft| {
            let id = draft.new_id()?;
            draft.put(&credential(id, 3))?;
            draft.remove(sample.entries[0].0)
        })
        .unwrap();
    let slot = vault
        .make_passphrase_slot(&passphrase(), KdfParams::new(8, 1, 1).unwrap(), &random)
        .unwrap();
    vault.commit(&file, &random, |draft| draft.replace_kind(slot)).unwrap();

    let after = Image::parse(&disk.bytes()).unwrap();
    let ours: Vec<_> = sample.entries.iter().map(|entry| entry.0.0).collect();
    let mut kept = sample.image.records.iter().filter(|record| !ours.contains(&record.id));
    assert_eq!(kept.clone().count(), 4);
    assert!(kept.all(|record| after.records.contains(record)));
    let unused = sample.image.slots.iter().find(|slot| slot.id == sample.unused_slot).unwrap();
    assert!(after.slots.contains(unused));
    assert_eq!(after.slots.len(), 2);
}

/// `v1-later` in `tests/golden` is this test's vault. It was made once, by naming a folder in
/// `WARIFU_NEW_GOLDEN`; the file there is never made again.
#[test]
fn the_golden_file_of_a_later_version_says_what_the_sample_says() {
    let sample = Sample::new(7);
    let at = |secs: i64| {
        let step = Steps::default().at(UnixMillis::from_secs(secs)).unwrap();
        let seed = Secret::copy_of(b"12345678901234567890");
        otp::totp::code(&seed, Algorithm::Sha1, Digits::EIGHT, step.number).expose().to_owned()
    };
    let hotp = |counter| {
        let seed = Secret::copy_of(b"12345678901234567890");
        otp::hotp::code(&seed, Algorithm::Sha1, Digits::EIGHT, counter).expose().to_owned()
    };
    let entry = |rank: u32, account: &str| {
        let id = format!("WRFU0000000{rank}");
        let mut entry = json!({
            "issuer": "割符信用金庫", "account": account, "credential_id": id,
        });
        if rank == 1 {
            let again = json!({ "request": "09".repeat(16), "code": hotp(6) });
            let next = [hotp(7), hotp(8), hotp(9)];
            entry["hotp"] = json!({ "counter": 7, "next": next, "again": again });
        } else {
            // The second is of RFC 6238, appendix B.
            let times = [1_600_000_000, 2_000_000_000, 2_147_483_648, 4_294_967_290];
            let codes = times.map(|secs: i64| (secs.to_string(), Value::from(at(secs))));
            entry["totp"] = codes.into_iter().collect();
        }
        entry
    };
    assert_eq!(at(2_000_000_000), "69279037");
    let expected = json!({
        "passphrase": PASSPHRASE,
        "generation": sample.image.generation,
        "unread": 4,
        "damaged": [],
        "entries": [
            entry(0, "bank 0, renamed"), entry(1, "bank 1, account"), entry(2, "bank 2, account"),
        ],
    });
    if let Some(folder) = std::env::var_os("WARIFU_NEW_GOLDEN") {
        let folder = Path::new(&folder);
        let text = serde_json::to_string_pretty(&expected).unwrap() + "\n";
        fs::write(folder.join("v1-later.json"), text).unwrap();
        fs::write(folder.join("v1-later.warifu"), sample.bytes()).unwrap();
    }
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v1-later.json");
    let golden: Value = serde_json::from_slice(&fs::read(golden).unwrap()).unwrap();
    assert_eq!(golden, expected);
}
