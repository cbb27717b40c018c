//! Calls as values, and a bank that makes them one after the other.

use warifu::{
    credential::{Generator, Seed},
    time::UnixMillis,
};
use warifu_verifier::{Row, Rules, State, Verdict, Verifier};

use crate::{
    guess,
    token::{Token, seed},
};

/// The step that begins at 1,800,000,000 s.
pub(crate) const BASE: i64 = 60_000_000;
pub(crate) const PERIOD_MS: i64 = 30_000;

#[derive(Debug, Clone)]
pub(crate) enum Call {
    Verify {
        of: i64,
    },
    Resync {
        of: i64,
    },
    Confirm {
        of: i64,
    },
    Wrong,
    WrongTwo,
    Suspend,
    Resume,
    Unlock,
    /// How far our clock moves, in ms: a clock may go back.
    Time(i64),
    Rules(Rules),
}

/// A bank with one credential and, by another crate, the token that belongs to it.
pub(crate) struct Bank {
    pub(crate) generator: Generator,
    pub(crate) seed: Seed,
    pub(crate) rules: Rules,
    pub(crate) state: State,
    pub(crate) now_ms: i64,
    pub(crate) token: Token,
}

impl Bank {
    pub(crate) fn new(generator: Generator) -> Self {
        let (rules, state) = (Rules::default(), State::new(&generator));
        let (token, now_ms) = (Token::new(), BASE * PERIOD_MS);
        Self { generator, seed: seed(), rules, state, now_ms, token }
    }

    /// The step or counter that lies so far ahead: of a counter, of the next one.
    pub(crate) fn factor(&self, offset: i64) -> u64 {
        let middle = match self.generator {
            Generator::Totp { .. } => self.now_ms.div_euclid(PERIOD_MS),
            Generator::Hotp { .. } => self.state.spent().map_or(0, |spent| spent.cast_signed() + 1),
        };
        u64::try_from(middle + offset).unwrap_or_default()
    }

    /// Makes the call and stores what it gives, through a row and back; the verdict if it has one.
    pub(crate) fn make(&mut self, call: &Call) -> Option<Verdict> {
        let verifier = Verifier::new(&self.generator, &self.seed, &self.rules);
        let now = UnixMillis(self.now_ms);
        let state = &self.state;
        let (verdict, next) = match call {
            Call::Verify { of } => verifier.verify(state, &self.token.code(self.factor(*of)), now),
            Call::Confirm { of } => {
                verifier.confirm(state, &self.token.code(self.factor(*of)), now)
            }
            Call::Resync { of } => {
                let first = self.factor(*of);
                let codes = [self.token.code(first), self.token.code(first + 1)];
                verifier.resync(state, &codes[0], &codes[1], now)
            }
            Call::Wrong => {
                let code = guess::wrong(self.factor(0));
                verifier.verify(state, &code, now)
            }
            Call::WrongTwo => {
                let code = guess::wrong(self.factor(0));
                verifier.resync(state, &code, &code, now)
            }
            Call::Suspend => return self.store(state.suspend().unwrap()),
            Call::Resume => return self.store(state.resume().unwrap()),
            Call::Unlock => return self.store(state.unlock().unwrap()),
            Call::Time(span) => {
                self.now_ms += span;
                return None;
            }
            Call::Rules(rules) => {
                self.rules = rules.clone();
                return None;
            }
        };
        self.store(next);
        Some(verdict)
    }

    fn store(&mut self, next: State) -> Option<Verdict> {
        let read = State::try_from(Row::from(&next));
        assert_eq!(read.as_ref(), Ok(&next));
        self.state = next;
        None
    }
}
