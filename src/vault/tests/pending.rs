//! The pending enrolment: at most one, and whatever else there is stays.

use zeroize::Zeroizing;

use super::*;
use crate::vault::{layout::MAX_RECORDS, seal::SealedBytes};

fn text(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.as_bytes().to_vec())
}

fn of_kind(vault: &OpenVault, kind: u8) -> usize {
    vault.image.records.iter().filter(|record| record.kind == kind).count()
}

#[test]
fn there_is_at_most_one_and_it_goes_without_a_trace() {
    let sample = Sample::new(1);
    let file = VaultFile::on(MemoryDisk::holding(sample.bytes()));
    let random = Counted::new(5);
    let vault = read(&file).unwrap().open_with_key(Arc::clone(&sample.key)).unwrap();
    let others = vault.image.records.len() - 1;
    for plaintext in ["first", "second, longer", ""] {
        let put = |draft: &mut Draft<'_>| draft.put_pending(text(plaintext));
        let (vault, ()) = vault.commit(&file, &random, put).unwrap();
        assert_eq!(vault.pending(), Ok(Some(text(plaintext))));
        assert_eq!((of_kind(&vault, 2), vault.image.records.len()), (1, others + 1));
        let again = read(&file).unwrap().open_with_key(Arc::clone(&sample.key)).unwrap();
        assert_eq!(again.pending(), Ok(Some(text(plaintext))));
    }
    let remove = |draft: &mut Draft<'_>| {
        draft.remove_pending();
        Ok(())
    };
    let (vault, ()) = vault.commit(&file, &random, remove).unwrap();
    assert_eq!(vault.pending(), Ok(None));
    assert_eq!(vault.image.records.len(), others);
    assert_eq!(plaintexts(&vault), sample.entries);
}

#[test]
fn a_full_vault_takes_none_and_one_that_is_pending_keeps_a_place_for_its_entry() {
    let random = Counted::new(6);
    let file = VaultFile::on(MemoryDisk::default());
    let kdf = KdfParams::new(8, 1, 1).unwrap();
    let vault = create(&file, &passphrase(), kdf, &random).unwrap();
    // Records that nobody reads are the cheapest.
    let fill = |count: u32| {
        let random = &random;
        move |draft: &mut Draft<'_>| {
            (0..count).try_for_each(|_| {
                let sealed = SealedBytes { nonce: [0; 12], ciphertext: vec![], tag: [0; 16] };
                let record = Record { id: random.array(), kind: 0x7f, sealed };
                draft.put_record(record, MAX_RECORDS)
            })
        }
    };
    let entry = |draft: &mut Draft<'_>| {
        let id = draft.new_id()?;
        draft.put(&credential(id, 0))
    };
    let most = MAX_RECORDS - KEPT_FREE;
    let mut draft =
        Draft { data_key: &vault.data_key, image: vault.image.clone(), random: &random };
    fill(most - 1)(&mut draft).unwrap();
    draft.put_pending(text("pending")).unwrap();
    // It is replaced where there is no place for another record.
    draft.put_pending(text("answered")).unwrap();
    assert_eq!(entry(&mut draft), Err(Error::TooLarge));
    draft.remove_pending();
    entry(&mut draft).unwrap();
    assert_eq!(draft.put_pending(text("one more")), Err(Error::TooLarge));
}
