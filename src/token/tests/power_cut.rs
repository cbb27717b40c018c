//! What a power cut may leave of the changes that were not synced.

use super::{
    dice::Dice,
    disk::{Change, Platter, State},
};

/// How many of the states are tried.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    /// Every subset of up to so many pending changes.
    pub(super) every_subset_of: usize,
    /// So many states that are drawn, where there are more.
    pub(super) samples: usize,
}
/// Gives `each` every state that a power cut may leave, as far as the effort goes.
///
/// Each block of 512 bytes is lost or kept by itself, so a write is torn at every boundary and at
/// all of them; so is the length of a file, and each change of the folder. The changes of the
/// folder come in any order, the lengths likewise.
pub(super) fn power_cuts(
    state: &State,
    effort: Effort,
    dice: &mut Dice,
    mut each: impl FnMut(Platter),
) {
    let count = state.pending().len();
    if count <= effort.every_subset_of {
        for chosen in 0..1_usize << count {
            let kept = (0..count).filter(|at| chosen >> at & 1 == 1).collect();
            arranged(state, kept).into_iter().for_each(|kept| each(state.after_cut(kept)));
        }
        return;
    }
    for _ in 0..effort.samples {
        each(random_cut(state, dice));
    }
    torn_writes(state).into_iter().for_each(|kept| each(state.after_cut(kept)));
}

/// One of the states that a power cut may leave.
pub(super) fn random_cut(state: &State, dice: &mut Dice) -> Platter {
    let kept = (0..state.pending().len()).filter(|_| dice.flip()).collect();
    let Parts { data, mut lengths, mut folder } = Parts::new(state, kept);
    dice.shuffle(&mut lengths);
    dice.shuffle(&mut folder);
    state.after_cut([data, lengths, folder].concat())
}

/// All but the blocks from some boundary on, with and without the length.
fn torn_writes(state: &State) -> Vec<Vec<usize>> {
    let Parts { data, lengths, folder } = Parts::new(state, (0..state.pending().len()).collect());
    let cut = |boundary| [&data[..boundary], &folder].concat();
    (0..=data.len()).flat_map(|at| [cut(at), [cut(at), lengths.clone()].concat()]).collect()
}

/// The kept changes in every order that is told apart.
fn arranged(state: &State, kept: Vec<usize>) -> Vec<Vec<usize>> {
    let Parts { data, lengths, folder } = Parts::new(state, kept);
    let folders = permutations(&folder);
    permutations(&lengths)
        .iter()
        .flat_map(|lengths| folders.iter().map(|folder| [&data, &lengths[..], folder].concat()))
        .collect()
}

struct Parts {
    data: Vec<usize>,
    lengths: Vec<usize>,
    folder: Vec<usize>,
}

impl Parts {
    fn new(state: &State, kept: Vec<usize>) -> Self {
        let pending = state.pending();
        let (folder, file): (Vec<_>, Vec<_>) =
            kept.into_iter().partition(|&at| pending[at].is_of_folder());
        let (lengths, data) =
            file.into_iter().partition(|&at| matches!(pending[at], Change::Length { .. }));
        Self { data, lengths, folder }
    }
}

fn permutations(items: &[usize]) -> Vec<Vec<usize>> {
    let Some((first, rest)) = items.split_first() else { return vec![vec![]] };
    let inserted = |order: &Vec<usize>, at: usize| {
        let mut order = order.clone();
        order.insert(at, *first);
        order
    };
    permutations(rest)
        .iter()
        .flat_map(|order| (0..=order.len()).map(|at| inserted(order, at)))
        .collect()
}

#[test]
fn every_order_of_the_folders_changes_is_tried_once() {
    let mut orders = permutations(&[1, 2, 3, 4]);
    orders.sort_unstable();
    orders.dedup();
    assert_eq!(orders.len(), 24);
}
