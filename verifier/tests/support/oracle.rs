//! A judge of its own: the rules of `docs/verifier.md` written down once more, as plainly as can be.
//! It tries every step far and wide and asks of each where it lies; its codes are another crate's.

use warifu_verifier::{Row, Rules};

use crate::token::Token;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// The step or counter.
    Accepted(u64),
    Replayed,
    /// The steps or counters that were seen up to now.
    OutOfSync(Vec<u64>),
    Wrong,
}

/// Where the credential stands at the time of a call.
pub(crate) struct Oracle<'a> {
    pub(crate) token: &'a Token,
    pub(crate) rules: &'a Rules,
    pub(crate) row: &'a Row,
    /// The step that it is; of a counter, none.
    pub(crate) now_step: Option<i64>,
    pub(crate) now_ms: i64,
}

impl Oracle<'_> {
    pub(crate) fn verify(&self, digits: &str) -> Judgement {
        let of: Vec<u64> = self.all().filter(|at| self.token.digits(*at) == digits).collect();
        let last = |holds: &dyn Fn(u64) -> bool| of.iter().copied().filter(|at| holds(*at)).max();
        let dead = |at| self.is_spent(at) || self.row.sighted.contains(&at);
        if last(&|at| self.in_narrow(at) && dead(at)).is_some() {
            Judgement::Replayed
        } else if let Some(at) = last(&|at| self.in_narrow(at)) {
            Judgement::Accepted(at)
        } else {
            let sights = self.sights(digits);
            let mut sighted = self.row.sighted.clone();
            sighted.extend(&sights);
            sighted.sort_unstable();
            sighted.dedup();
            let told = !sights.is_empty() && sighted.len() <= 16;
            if told { Judgement::OutOfSync(sighted) } else { Judgement::Wrong }
        }
    }

    pub(crate) fn confirm(&self, digits: &str) -> Judgement {
        let right = |at: &u64| self.in_wide(*at) && !self.is_spent(*at);
        let of = self.all().filter(right).filter(|at| self.token.digits(*at) == digits);
        of.max().map_or(Judgement::Wrong, Judgement::Accepted)
    }

    pub(crate) fn resync(&self, first: &str, second: &str) -> Judgement {
        let pairs: Vec<u64> = self
            .all()
            .filter(|at| self.token.digits(*at) == first && self.token.digits(at + 1) == second)
            .collect();
        let both = |at: u64, holds: &dyn Fn(u64) -> bool| holds(at) && holds(at + 1);
        let known = |at| match self.now_step {
            Some(_) => self.in_wide(at),
            None => self.row.spent.is_some_and(|spent| at + 1 == spent || at == spent),
        };
        if pairs.iter().any(|at| both(*at, &known) && both(*at, &|at| self.is_spent(at))) {
            return Judgement::Replayed;
        }
        let live = |at| self.in_wide(at) && !self.is_spent(at);
        let right = pairs.iter().copied().filter(|at| both(*at, &live)).max();
        right.map_or(Judgement::Wrong, |at| Judgement::Accepted(at + 1))
    }

    /// What a code that lies some way off is right for.
    pub(crate) fn sights(&self, digits: &str) -> Vec<u64> {
        let right = |at: &u64| self.in_wide(*at) && !self.is_spent(*at);
        self.all().filter(right).filter(|at| self.token.digits(*at) == digits).collect()
    }

    /// All that any rules could reach, and more.
    fn all(&self) -> impl Iterator<Item = u64> + use<> {
        let middle = self.now_step.map_or(self.next(), i64::unsigned_abs);
        middle.saturating_sub(1_100)..middle + 1_100
    }

    fn in_narrow(&self, at: u64) -> bool {
        let Some(now) = self.now_step else {
            let ahead = at.cast_signed() - self.next().cast_signed();
            return ahead <= i64::from(self.rules.look_ahead())
                && (ahead >= 0 || self.row.spent == Some(at));
        };
        let offset = at.cast_signed() - now;
        let around_drift = match self.drift() {
            0 => false,
            drift => offset >= drift - 2 && offset <= drift + 1,
        };
        offset.abs() <= i64::from(self.rules.window()) || around_drift
    }

    fn in_wide(&self, at: u64) -> bool {
        match self.now_step {
            Some(now) => (at.cast_signed() - now).abs() <= i64::from(self.rules.resync_window()),
            None => {
                let ahead = at.cast_signed() - self.next().cast_signed();
                (0..=i64::from(self.rules.resync_look_ahead())).contains(&ahead)
            }
        }
    }

    fn is_spent(&self, at: u64) -> bool {
        self.row.spent.is_some_and(|spent| at <= spent)
    }

    fn next(&self) -> u64 {
        self.row.spent.map_or(0, |spent| spent + 1)
    }

    /// What 45 days each have left of the drift.
    fn drift(&self) -> i64 {
        let Some(at) = self.row.drift_confirmed_at else { return 0 };
        let mut left = i64::from(self.row.drift);
        let mut shrinks_at = at + 45 * 86_400_000;
        while left != 0 && shrinks_at <= self.now_ms {
            left -= left.signum();
            shrinks_at += 45 * 86_400_000;
        }
        left
    }
}
