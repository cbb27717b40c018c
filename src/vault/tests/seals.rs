//! A nonce under the data key is used once.

use std::collections::HashSet;

use super::*;

#[test]
fn no_two_seals_of_one_entry_share_a_nonce_nor_do_those_of_two() {
    let sample = Sample::new(1);
    let file = VaultFile::on(MemoryDisk::holding(sample.bytes()));
    let random = Counted::new(3);
    let mut vault = read(&file).unwrap().open_with_key(Arc::clone(&sample.key)).unwrap();
    let nonces = |image: &Image| -> Vec<_> {
        image.records.iter().map(|record| record.sealed.nonce).collect()
    };
    let mut seen: HashSet<_> = nonces(&vault.image).into_iter().collect();
    assert_eq!(seen.len(), vault.image.records.len());
    for _ in 0..20 {
        // The same contents again under the same ID, twice in one change.
        let same_again = |draft: &mut Draft<'_>| {
            let entries = draft.entries()?;
            entries.iter().chain(&entries).try_for_each(|entry| draft.put(entry))
        };
        (vault, ()) = vault.commit(&file, &random, same_again).unwrap();
        let fresh = nonces(&vault.image).into_iter().filter(|nonce| seen.insert(*nonce)).count();
        assert_eq!(fresh, sample.entries.len());
    }
    assert_eq!(plaintexts(&vault), sample.entries);
}
