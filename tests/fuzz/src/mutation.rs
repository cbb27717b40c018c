//! Edits of a vault file by its parts. All unkeyed sums can be made anew, as an attacker would, so
//! that the code behind them is reached.

use crate::vault_file::{Slot, VaultFile};

/// A small generator of choices (xorshift), from the seed that the engine gives.
pub struct Choices(u64);

impl Choices {
    pub fn new(seed: u32) -> Self {
        Self(u64::from(seed) << 1 | 1)
    }

    /// One of so many, counted from 0; 0 of none.
    pub fn one_of(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % count.max(1)
    }

    fn byte(&mut self) -> u8 {
        self.one_of(256) as u8
    }
}

/// One edit. `mutate` changes bytes and their number as the engine likes, up to a length.
pub fn edit(
    vault: &mut VaultFile,
    choices: &mut Choices,
    mutate: &mut dyn FnMut(&mut Vec<u8>, usize),
) {
    let (slot, record) = (choices.one_of(vault.slots.len()), choices.one_of(vault.records.len()));
    match choices.one_of(12) {
        0 | 1 => with(&mut vault.slots, slot, |slot| mutate(&mut slot.fixed, 4_096)),
        2..=4 => with(&mut vault.slots, slot, |slot| mutate(&mut slot.envelope, 4_096)),
        5 => with(&mut vault.records, record, |record| mutate(&mut record.body, 4_096)),
        6 => with(&mut vault.slots, slot, |slot| slot.kind = choices.byte() % 6),
        7 => with(&mut vault.records, record, |record| record.kind = choices.byte() % 6),
        8 => match choices.one_of(4) {
            0 => vault.vault_id[choices.one_of(16)] ^= choices.byte(),
            1 => vault.generation = vault.generation.wrapping_add(choices.byte().into()),
            2 => vault.root_tag[choices.one_of(32)] ^= choices.byte(),
            _ => with(&mut vault.records, record, |r| r.nonce[choices.one_of(12)] ^= 1),
        },
        9 if !vault.slots.is_empty() => drop(vault.slots.remove(slot)),
        9 | 10 if vault.slots.len() < 9 => {
            let mut new = vault.slots.get(slot).cloned().unwrap_or(Slot::new([0; 8], 1));
            new.id[choices.one_of(8)] ^= choices.byte();
            vault.slots.push(new);
        }
        10 if !vault.records.is_empty() => drop(vault.records.remove(record)),
        _ => {
            let other = choices.one_of(vault.records.len());
            if choices.one_of(2) == 0 && record != other {
                let [one, two] = [vault.records[record].clone(), vault.records[other].clone()];
                (vault.records[record].body, vault.records[other].body) = (two.body, one.body);
            } else if let Some(mut new) = vault.records.get(record).cloned() {
                new.id[choices.one_of(16)] ^= choices.byte();
                vault.records.push(new);
            }
        }
    }
    if choices.one_of(8) > 0 {
        vault.slots.sort_by_key(|slot| slot.id);
        vault.records.sort_by_key(|record| record.id);
    }
    if choices.one_of(8) > 0 {
        vault.mend_slots();
    }
}

fn with<T>(all: &mut [T], at: usize, change: impl FnOnce(&mut T)) {
    if let Some(one) = all.get_mut(at) {
        change(one);
    }
}
