//! A person with a phone: reads a code, takes a while to type it, and does what the bank asks.

use warifu::{credential::Seed, time::UnixMillis};
use warifu_verifier::{Rules, State, Verdict, Verifier};

use crate::token::{TOTP, Token, seed};

pub(crate) const SECOND: i64 = 1_000;
pub(crate) const DAY: i64 = 86_400 * SECOND;
const PERIOD: i64 = 30 * SECOND;
/// 2027-01-15, a second past the beginning of a step.
pub(crate) const BEGIN: i64 = 1_800_000_001 * SECOND;

/// How a person gives two consecutive codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Habit {
    /// Both off one screen, which shows the next code too.
    AtOnce,
    /// The second when it has come.
    Waiting,
}

pub(crate) struct Person {
    token: Token,
    seed: Seed,
    rules: Rules,
    habit: Habit,
    /// The last step whose code this person has used.
    used: u64,
    pub(crate) state: State,
    chance: Chance,
    pub(crate) resyncs: u32,
}

impl Person {
    /// A person whose credential was confirmed while the clock was right.
    pub(crate) fn new(habit: Habit, seed_of_chance: u64) -> Self {
        let (token, seed, rules) = (Token::new(), seed(), Rules::default());
        let used = step(BEGIN - DAY);
        let (verdict, state) = Verifier::new(&TOTP, &seed, &rules).confirm(
            &State::new(&TOTP),
            &token.code(used),
            UnixMillis(BEGIN - DAY),
        );
        assert!(verdict.is_accepted());
        let chance = Chance::new(seed_of_chance);
        Self { token, seed, rules, habit, used, state, chance, resyncs: 0 }
    }

    /// Logs in at about `at`, with a clock that is `ahead` of the bank's by so many ms. Whatever the
    /// verdict on the single code, the person must be let in in the end.
    pub(crate) fn log_in(&mut self, at: i64, ahead: i64) -> Result<(), String> {
        let (read, at) = self.read(at, ahead);
        let at = at + self.typing();
        let code = self.token.code(read);
        match self.verifier(|verifier, state| verifier.verify(state, &code, UnixMillis(at))) {
            Verdict::Accepted(_) => {
                self.used = read;
                Ok(())
            }
            Verdict::OutOfSync { .. } => self.resync(at, ahead),
            other => Err(format!("{other:?} at {at}, ahead {ahead}, {:?}", self.state)),
        }
    }

    fn resync(&mut self, at: i64, ahead: i64) -> Result<(), String> {
        self.resyncs += 1;
        let (first, at) = self.read(at + 5 * SECOND, ahead);
        let mut at = at + self.typing();
        if self.habit == Habit::Waiting {
            // The phone's step after `first` begins.
            let next = (first.cast_signed() + 1) * PERIOD - ahead;
            at = at.max(next) + self.typing();
        }
        let codes = [self.token.code(first), self.token.code(first + 1)];
        let verdict = self.verifier(|verifier, state| {
            verifier.resync(state, &codes[0], &codes[1], UnixMillis(at))
        });
        self.used = first + 1;
        if verdict.is_accepted() { Ok(()) } else { Err(format!("resync: {verdict:?} at {at}")) }
    }

    /// The step whose code the phone shows, and when: a code that was used is waited out.
    fn read(&self, at: i64, ahead: i64) -> (u64, i64) {
        let shown = step(at + ahead);
        if shown > self.used {
            return (shown, at);
        }
        let next = self.used + 1;
        (next, next.cast_signed() * PERIOD - ahead)
    }

    /// 0 to 20 s.
    fn typing(&mut self) -> i64 {
        self.chance.below(20 * SECOND + 1)
    }

    /// A number from 0 to below `limit`.
    pub(crate) fn chance(&mut self, limit: i64) -> i64 {
        self.chance.below(limit)
    }

    /// Judges, and stores the state as a bank does.
    fn verifier(
        &mut self,
        call: impl FnOnce(&Verifier<'_>, &State) -> (Verdict, State),
    ) -> Verdict {
        let (verdict, state) = call(&Verifier::new(&TOTP, &self.seed, &self.rules), &self.state);
        self.state = state;
        verdict
    }
}

fn step(phone: i64) -> u64 {
    u64::try_from(phone.div_euclid(PERIOD)).unwrap()
}

/// How far a clock is ahead after so many days, in ms, that runs off by thousandths of a ppm.
pub(crate) fn run_off(ppm_thousandths: i64, days: i64) -> i64 {
    days * DAY / 1_000_000 * ppm_thousandths / 1_000
}

/// Marsaglia's xorshift64: the same year again for the same seed.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        // Seeds that lie close together are spread; zero would stay zero.
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number from 0 to below `limit`.
    pub(crate) fn below(&mut self, limit: i64) -> i64 {
        (self.next() % limit.unsigned_abs()).cast_signed()
    }
}
