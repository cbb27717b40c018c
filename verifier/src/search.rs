use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use warifu::{
    credential::{Generator, Seed},
    otp::{Code, hotp, totp},
};

use crate::{state::State, typed::TypedCode};

/// Computes the codes of one credential and compares them, in constant time.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    generator: &'a Generator,
    seed: &'a Seed,
}

impl<'a> Search<'a> {
    pub(crate) const fn new(generator: &'a Generator, seed: &'a Seed) -> Self {
        Self { generator, seed }
    }

    pub(crate) const fn generator(&self) -> &'a Generator {
        self.generator
    }

    /// The candidate that the code belongs to, of those that are dead and of those that are not; of
    /// several the last. All are computed and compared, whatever is found, and nothing branches on it.
    ///
    /// The last, since the same digits must not be right once more for a later step.
    pub(crate) fn one(
        &self,
        code: &TypedCode,
        candidates: impl IntoIterator<Item = u64>,
        state: &State,
    ) -> (Option<u64>, Option<u64>) {
        let (mut dead, mut live) = (Found::default(), Found::default());
        for factor in candidates {
            let found = if state.is_dead(factor) { &mut dead } else { &mut live };
            found.note(factor, self.compare(factor, code));
        }
        (dead.factor(), live.factor())
    }

    /// All candidates that the code belongs to. None is picked out before all are compared.
    pub(crate) fn all(
        &self,
        code: &TypedCode,
        candidates: impl IntoIterator<Item = u64>,
    ) -> Vec<u64> {
        let compared: Vec<(u64, Choice)> =
            candidates.into_iter().map(|factor| (factor, self.compare(factor, code))).collect();
        let hits = compared.into_iter().filter(|(_, hit)| bool::from(*hit));
        hits.map(|(factor, _)| factor).collect()
    }

    /// As [`Self::one`], for two codes: the later step of a pair that is spent, and of one that is
    /// not. A pair of which one alone is spent is neither.
    pub(crate) fn two(
        &self,
        first: &TypedCode,
        second: &TypedCode,
        candidates: impl IntoIterator<Item = u64>,
        state: &State,
    ) -> (Option<u64>, Option<u64>) {
        let (mut spent, mut live) = (Found::default(), Found::default());
        let mut previous: Option<(u64, Choice)> = None;
        for factor in candidates {
            let code = self.code(factor);
            let digits = code.expose().as_bytes();
            if let Some((before, was_first)) = previous {
                let is_pair = was_first & digits.ct_eq(second.as_bytes());
                match (state.is_spent(before), state.is_spent(factor)) {
                    (true, true) => spent.note(factor, is_pair),
                    (false, false) => live.note(factor, is_pair),
                    _ => {}
                }
            }
            previous = Some((factor, digits.ct_eq(first.as_bytes())));
        }
        (spent.factor(), live.factor())
    }

    fn compare(&self, factor: u64, code: &TypedCode) -> Choice {
        self.code(factor).expose().as_bytes().ct_eq(code.as_bytes())
    }

    fn code(&self, factor: u64) -> Code {
        let seed = self.seed.secret();
        match *self.generator {
            Generator::Totp { algorithm, digits, .. } => {
                totp::code(seed, algorithm, digits, factor)
            }
            Generator::Hotp { algorithm, digits, .. } => {
                hotp::code(seed, algorithm, digits, factor)
            }
        }
    }
}

/// What was found so far, without a branch on it.
struct Found {
    any: Choice,
    factor: u64,
}

impl Default for Found {
    fn default() -> Self {
        Self { any: Choice::from(0), factor: 0 }
    }
}

impl Found {
    fn note(&mut self, factor: u64, hit: Choice) {
        self.factor.conditional_assign(&factor, hit);
        self.any |= hit;
    }

    fn factor(self) -> Option<u64> {
        bool::from(self.any).then_some(self.factor)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use warifu::{
        otp::{Algorithm, Digits},
        secret::Secret,
    };

    use super::*;

    const HOTP: Generator =
        Generator::Hotp { algorithm: Algorithm::Sha1, digits: Digits::SIX, counter: 0 };

    /// RFC 4226, appendix D.
    const CODES: [&str; 10] = [
        "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
        "520489",
    ];

    fn seed() -> Seed {
        Seed::new(Secret::copy_of(b"12345678901234567890")).unwrap()
    }

    fn typed(code: &str) -> TypedCode {
        TypedCode::new(code, Digits::SIX).unwrap()
    }

    #[test]
    fn every_candidate_is_compared_wherever_the_code_is_found() {
        let seed = seed();
        let search = Search::new(&HOTP, &seed);
        let cases =
            [(CODES[0], Some(0)), (CODES[4], Some(4)), (CODES[9], Some(9)), ("000000", None)];
        let issued = State::new(&HOTP);
        // Up to counter 4 all are dead.
        let used = State { spent: Some(4), ..issued.clone() };
        for (code, expected) in cases {
            for state in [&issued, &used] {
                let seen = Cell::new(0);
                let candidates = (0..10).inspect(|_| seen.set(seen.get() + 1));
                let dead = expected.filter(|factor| state.is_dead(*factor));
                let live = expected.filter(|factor| !state.is_dead(*factor));
                assert_eq!(search.one(&typed(code), candidates, state), (dead, live));
                assert_eq!(seen.get(), 10, "{code}");
            }
            let seen = Cell::new(0);
            let candidates = (0..10).inspect(|_| seen.set(seen.get() + 1));
            assert_eq!(search.all(&typed(code), candidates), Vec::from_iter(expected));
            assert_eq!(seen.get(), 10, "{code}");
        }
        for (first, second) in [(CODES[0], CODES[1]), (CODES[8], CODES[9]), (CODES[0], CODES[2])] {
            let seen = Cell::new(0);
            let candidates = (0..10).inspect(|_| seen.set(seen.get() + 1));
            search.two(&typed(first), &typed(second), candidates, &issued);
            assert_eq!(seen.get(), 10, "{first} {second}");
        }
    }

    #[test]
    fn a_code_of_two_steps_spends_the_later() {
        let mut found = Found::default();
        for (factor, hit) in [(4, 1), (5, 0), (6, 1), (7, 0)] {
            found.note(factor, Choice::from(hit));
        }
        assert_eq!(found.factor(), Some(6));
    }

    #[test]
    fn a_code_of_another_length_is_found_nowhere() {
        let seed = seed();
        let longer = TypedCode::new("84755224", Digits::EIGHT).unwrap();
        let (search, issued) = (Search::new(&HOTP, &seed), State::new(&HOTP));
        assert_eq!(search.one(&longer, 0..10, &issued), (None, None));
        assert_eq!(search.all(&longer, 0..10), []);
    }
}
