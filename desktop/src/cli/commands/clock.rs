use serde_json::json;
use warifu::{
    clock::Certainty,
    token::{ClockNotice, ClockView},
};

use super::{Session, output, print};
use crate::{cli::Stop, clock_text, http::Carrier, sync::sync, texts};

/// What is known of the time, and asking for it.
impl Session {
    pub(super) fn clock_status(&mut self, json: bool) -> Result<(), Stop> {
        let token = self.open()?;
        self.tell_clock(&token.screen(self.clock.now())?.clock, json)
    }

    pub(super) fn clock_sync(&mut self, json: bool) -> Result<(), Stop> {
        let token = self.open()?;
        output::note(texts::syncing(self.lang));
        sync(&token, &Carrier::default(), &self.clock)?;
        self.tell_clock(&token.screen(self.clock.now())?.clock, json)
    }

    fn tell_clock(&self, clock: &ClockView, json: bool) -> Result<(), Stop> {
        if json {
            return print(&clock_json(clock));
        }
        let lines = clock_text::report(self.lang, clock);
        print(&format!("{}\n", lines.join("\n")))
    }
}

fn clock_json(clock: &ClockView) -> String {
    let certainty = match clock.certainty {
        Certainty::Sure => "sure",
        Certainty::NearBoundary => "near_boundary",
        Certainty::Stale => "stale",
        Certainty::Unsynced => "unsynced",
        Certainty::Contradicted => "contradicted",
    };
    let notice = clock.notice.map(|notice| match notice {
        ClockNotice::SetDate => "set_date",
        ClockNotice::Contradicted => "contradicted",
        ClockNotice::Stale => "stale",
        ClockNotice::Ahead(_) => "ahead",
        ClockNotice::Behind(_) => "behind",
        ClockNotice::NotSynced => "not_synced",
    });
    let object = json!({
        "certainty": certainty,
        "uncertainty_ms": clock.uncertainty.map(|span| span.0),
        "ahead_ms": clock.wall_ahead,
        "notice": notice,
    });
    format!("{object}\n")
}
