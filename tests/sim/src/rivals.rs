//! The four models that the clock is compared with. They hear the same answers, and see the same
//! wall clock. Where a model leaves something open, it is done in the way that serves it best.

use std::collections::VecDeque;

/// An answer, as an app hears it that keeps to its wall clock. Milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heard {
    pub(crate) is_verifier: bool,
    pub(crate) wall: i64,
    /// Measured by the uptime: a step of the wall clock meanwhile does not spoil it.
    pub(crate) round_trip: i64,
    pub(crate) came: i64,
    pub(crate) went: i64,
    pub(crate) resolution: i64,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Rivals {
    minutes: Option<i64>,
    single: Option<i64>,
    /// Round trip and offset of the last answers.
    filter: VecDeque<(i64, i64)>,
    has_heard_verifier: bool,
}

/// In the order of [`Rivals::times`].
pub(crate) const NAMES: [&str; RIVALS] = ["wall", "minutes", "single", "ntp"];
pub(crate) const RIVALS: usize = 4;

impl Rivals {
    pub(crate) fn hear(&mut self, heard: &Heard) {
        let date = heard.went.div_euclid(1000) * 1000;
        self.minutes.get_or_insert((date - heard.wall + 30_000).div_euclid(60_000) * 60_000);
        // Who has heard the verifier heeds nobody else.
        if self.has_heard_verifier && !heard.is_verifier {
            return;
        }
        if heard.is_verifier && !self.has_heard_verifier {
            self.has_heard_verifier = true;
            self.filter.clear();
        }
        let offset = heard.offset();
        self.single = Some(offset);
        let on_the_way = heard.round_trip - (heard.went - heard.came);
        self.filter.push_back((on_the_way, offset));
        if self.filter.len() > NTP_FILTER {
            self.filter.pop_front();
        }
    }

    /// What each believes the time to be.
    pub(crate) fn times(&self, wall: i64) -> [i64; RIVALS] {
        let best = self.filter.iter().min_by_key(|(on_the_way, _)| *on_the_way);
        [
            wall,
            wall + self.minutes.unwrap_or(0),
            wall + self.single.unwrap_or(0),
            wall + best.map_or(0, |(_, offset)| *offset),
        ]
    }
}

impl Heard {
    /// RFC 5905, section 8, with each stamp taken in the middle of what it may stand for.
    fn offset(&self) -> i64 {
        let sent = self.wall - self.round_trip;
        ((self.came - sent) + (self.went - self.wall) + self.resolution).div_euclid(2)
    }
}

/// How many samples NTP's clock filter holds (RFC 5905, section 7.2).
const NTP_FILTER: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    const WALL: i64 = 1_790_000_000_000;

    /// An answer of a server that is `ahead` of the wall clock, with the way back `longer`.
    fn heard(is_verifier: bool, ahead: i64, longer: i64) -> Heard {
        let came = WALL - 50 - longer + ahead;
        Heard { is_verifier, wall: WALL, round_trip: 100 + longer, came, went: came, resolution: 0 }
    }

    #[test]
    fn before_an_answer_all_follow_the_wall_clock() {
        assert_eq!(Rivals::default().times(WALL), [WALL; RIVALS]);
    }

    #[test]
    fn each_corrects_the_wall_clock_in_its_own_way() {
        let mut rivals = Rivals::default();
        rivals.hear(&heard(true, 170_000, 0));
        rivals.hear(&heard(true, 170_000, 8000));
        let [wall, minutes, single, ntp] = rivals.times(WALL).map(|time| time - WALL);
        assert_eq!((wall, minutes, single, ntp), (0, 180_000, 166_000, 170_000));
    }

    #[test]
    fn a_host_moves_none_that_has_heard_the_verifier() {
        let mut rivals = Rivals::default();
        rivals.hear(&heard(false, 900_000, 0));
        rivals.hear(&heard(true, 10_000, 0));
        rivals.hear(&heard(false, 900_000, 0));
        let [_, _, single, ntp] = rivals.times(WALL).map(|time| time - WALL);
        assert_eq!((single, ntp), (10_000, 10_000));
    }
}
