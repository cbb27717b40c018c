//! The report: tables for a reviewer, and all sums for programs.

mod table;

use std::fmt::{self, Display, Formatter};

use self::table::{Table, percent, rate, seconds, span};
use crate::{
    mix::{Mix, Scenario},
    promises::Check,
    rivals::{NAMES, RIVALS},
    run::Seen,
    tally::{DELAY_NAMES, DELAYS, DELAYS_S, STATUSES, Tally, Trials},
};

pub(crate) struct Report<'a> {
    pub(crate) mix: &'a Mix,
    pub(crate) seen: &'a Seen,
    pub(crate) checks: &'a [Check],
    pub(crate) device_days: u64,
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.about(f)?;
        self.within(f)?;
        self.side_by_side(f)?;
        self.beyond(f)?;
        self.years(f)?;
        self.verdict(f)
    }
}

impl Report<'_> {
    pub(crate) fn json(&self) -> String {
        let scenarios = self.mix.scenario.iter().zip(&self.seen.scenarios);
        let scenarios = scenarios.map(|(scenario, tally)| {
            serde_json::json!({
                "name": scenario.name,
                "about": scenario.about,
                "outside": scenario.outside,
                "seen": tally,
            })
        });
        let years = self.seen.years.iter();
        let years =
            years.map(|(siege, year)| serde_json::json!({ "name": siege.name(), "seen": year }));
        let all = serde_json::json!({
            "seed": self.mix.seed,
            "device_days": self.device_days,
            "delays": DELAY_NAMES,
            "statuses": STATUSES,
            "models": models(),
            "scenarios": scenarios.collect::<Vec<_>>(),
            "inside": self.seen.inside(self.mix),
            "years": years.collect::<Vec<_>>(),
            "checks": self.checks,
        });
        format!("{all:#}\n")
    }

    fn rows(&self, is_inside: bool) -> Vec<Row<'_>> {
        let all = self.mix.scenario.iter().zip(&self.seen.scenarios);
        all.filter(|(scenario, _)| scenario.is_inside() == is_inside).collect()
    }

    fn about(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Tally { device_days, readings, .. } = self.seen.inside(self.mix);
        let (seed, typing) = (self.mix.seed, self.mix.typing);
        writeln!(
            f,
            "{device_days} device-days within the limits, {readings} readings, seed {seed}.\n\
             \"human\" is a log-normal delay, median {} s, sigma {}. A verifier takes a step early or late.",
            typing.median_s, typing.sigma
        )?;
        for (scenario, _) in self.rows(true) {
            writeln!(f, "  {}: {}.", scenario.name, scenario.about)?;
        }
        Ok(())
    }

    /// What was seen of the clock within the limits.
    fn within(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let rows = self.rows(true);
        heading(f, "The interval, and how often the verifier's time was outside of it")?;
        write!(f, "{}", intervals(&rows))?;
        writeln!(
            f,
            "proven: a verifier has answered in this boot. guess: none has; the wall clock was within 10 minutes, \
             and no host was wrong. misled: one was. Widths in s."
        )?;

        heading(f, "The width after the first answer in a boot, in s")?;
        let mut table = Table::new(["answers", "median", "95 %"]);
        for (scenario, tally) in &rows {
            if scenario.first_width_ms.is_some() {
                let firsts =
                    [("stamps in ms", &tally.first_by_verifier), ("Date", &tally.first_by_date)];
                for (what, widths) in firsts.into_iter().filter(|(_, widths)| widths.total() > 0) {
                    let figures =
                        [widths.total().to_string(), seconds(widths, 50), seconds(widths, 95)];
                    table.row(&format!("{} ({what})", scenario.name), figures);
                }
            }
        }
        write!(f, "{table}")?;

        heading(f, "The time that the app is open, by status")?;
        write!(f, "{}", statuses(&rows))?;
        heading(f, "Given Sure: refused after each delay")?;
        write!(f, "{}", refusals(named(&rows, |tally| tally.sure)))?;
        heading(f, "Near a boundary: the shown code alone is refused")?;
        write!(f, "{}", refusals(named(&rows, |tally| tally.near)))?;
        heading(f, "Near a boundary: both the shown code and the marked neighbour are refused")?;
        write!(f, "{}", refusals(named(&rows, |tally| tally.near_with_neighbour)))?;
        heading(f, "All readings, whatever the status: refused after each delay")?;
        write!(f, "{}", refusals(named(&rows, |tally| tally.all[0])))
    }

    fn side_by_side(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let rows = self.rows(true);
        let inside = self.seen.inside(self.mix);
        let mut authenticated = named(&rows, |tally| tally.authenticated);
        authenticated.push(("all", inside.authenticated));
        heading(f, "Side by side, a verifier has answered in this boot: refused")?;
        write!(f, "{}", compared(authenticated))?;
        writeln!(
            f,
            "Each first at 0, 5, 10 and 20 s together, then (h) after a human delay. more: by how much the clock is \
             refused more often than the best of the four, at the fixed delays. Past 20 s no model can hold what it \
             shows; one that runs ahead is refused less there."
        )?;
        for (scenario, _) in &rows {
            if let Some(why) = &scenario.not_compared {
                writeln!(f, "{} is told, not judged: {why}.", scenario.name)?;
            }
        }

        let mut unproven = named(&rows, Tally::unproven);
        unproven.push(("all", inside.unproven()));
        heading(
            f,
            "Side by side, none has answered in this boot: what is lost where unauthenticated sources disagree",
        )?;
        write!(f, "{}", compared(unproven))?;

        heading(f, "Side by side, the whole mix: refused after each delay")?;
        write!(f, "{}", refusals(models().into_iter().zip(inside.all).collect()))
    }

    /// Runs just outside of the limits.
    fn beyond(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let rows = self.rows(false);
        heading(f, "Just outside of the limits: told, not judged")?;
        for (scenario, _) in &rows {
            let limit = scenario.outside.as_deref().unwrap_or_default();
            writeln!(f, "  {}: {} ({limit}).", scenario.name, scenario.about)?;
        }
        writeln!(f, "\n{}", intervals(&rows))?;
        writeln!(f, "{}", statuses(&rows))?;
        writeln!(f, "Given Sure:\n{}", refusals(named(&rows, |tally| tally.sure)))?;
        write!(f, "All readings:\n{}", compared(named(&rows, |tally| tally.all)))
    }

    fn years(&self, f: &mut Formatter<'_>) -> fmt::Result {
        heading(f, "A year with liars, who tell any Date and set the wall clock each few hours")?;
        let columns = [
            "years",
            "readings",
            "Sure",
            "Contradicted",
            "ahead",
            "beyond",
            "left",
            "disputes",
            "not shown",
        ];
        let mut table = Table::new(columns);
        for (siege, year) in &self.seen.years {
            let left = year.least_left_ms;
            let figures = [
                year.devices.to_string(),
                year.readings.to_string(),
                percent(year.sure, 2 * year.readings),
                percent(year.contradicted, year.readings),
                span(year.furthest_ms),
                year.beyond.to_string(),
                left.map_or("no bound".to_owned(), |left| format!("{left} ms")),
                year.disputes.to_string(),
                year.swallowed.to_string(),
            ];
            table.row(siege.name(), figures);
        }
        write!(f, "{table}")?;
        writeln!(
            f,
            "ahead: the furthest that a shown code was before the verifier's time. beyond: codes past the bound of \
             docs/clock.md, section 7. left: how near one came to it."
        )?;
        for (siege, year) in &self.seen.years {
            writeln!(f, "  {}: {}.", siege.name(), siege.about())?;
            if year.pairs > 0 {
                writeln!(
                    f,
                    "    Of {} lies alone {} moved the code; of as many pairs that agree {}; {} times two honest \
                     answers did not bring it back.",
                    year.pairs, year.moved_by_one, year.moved_by_pair, year.not_brought_back
                )?;
            }
        }
        Ok(())
    }

    fn verdict(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let failed: Vec<_> = self.checks.iter().filter(|check| !check.is_held).collect();
        heading(f, "The promises")?;
        for check in &failed {
            writeln!(f, "NOT HELD  {}: {}", check.name, check.seen)?;
        }
        writeln!(f, "{} passed, {} failed", self.checks.len() - failed.len(), failed.len())
    }
}

type Row<'a> = (&'a Scenario, &'a Tally);

fn named<'a, T>(rows: &[Row<'a>], of: impl Fn(&Tally) -> T) -> Vec<(&'a str, T)> {
    rows.iter().map(|(scenario, tally)| (scenario.name.as_str(), of(tally))).collect()
}

fn intervals(rows: &[Row<'_>]) -> Table {
    let columns = [
        "days", "proven", "outside", "median", "95 %", "guess", "outside", "median", "95 %",
        "misled",
    ];
    let mut table = Table::new(columns);
    for (scenario, tally) in rows {
        let mut figures = vec![tally.device_days.to_string()];
        for held in [&tally.proven, &tally.guessed] {
            figures.extend([held.readings.to_string(), held.violations.to_string()]);
            figures.extend([seconds(&held.widths, 50), seconds(&held.widths, 95)]);
        }
        figures.push(tally.misled.readings.to_string());
        table.row(&scenario.name, figures);
    }
    table
}

fn statuses(rows: &[Row<'_>]) -> Table {
    let mut table = Table::new(["readings"].into_iter().chain(STATUSES));
    for (scenario, tally) in rows {
        let shares = tally.status.map(|count| percent(count, tally.readings));
        table.row(&scenario.name, std::iter::once(tally.readings.to_string()).chain(shares));
    }
    table
}

fn refusals(rows: Vec<(&str, Trials)>) -> Table {
    let mut table = Table::new(["codes"].into_iter().chain(DELAY_NAMES));
    for (name, trials) in rows.into_iter().filter(|(_, trials)| trials.codes > 0) {
        let rates = trials.refused.map(|refused| rate(refused, trials.codes));
        table.row(name, std::iter::once(trials.codes.to_string()).chain(rates));
    }
    table
}

fn compared(rows: Vec<(&str, [Trials; 1 + RIVALS])>) -> Table {
    let mut columns = vec!["codes".to_owned()];
    columns.extend(models().map(str::to_owned));
    columns.push("more".to_owned());
    columns.extend(models().map(|model| format!("h {model}")));
    let mut table = Table::new(columns);
    for (name, models) in rows {
        let [ours, rivals @ ..] = &models;
        if ours.codes == 0 {
            continue;
        }
        let tried = ours.codes * DELAYS_S.len() as u64;
        let best = rivals.iter().map(Trials::refused_at_fixed).min().unwrap_or_default();
        let more = ours.refused_at_fixed().saturating_sub(best);
        let mut figures = vec![ours.codes.to_string()];
        figures.extend(models.iter().map(|trials| rate(trials.refused_at_fixed(), tried)));
        figures.push(rate(more, tried));
        figures.extend(models.iter().map(|trials| rate(trials.refused[DELAYS - 1], ours.codes)));
        table.row(name, figures);
    }
    table
}

fn models() -> [&'static str; 1 + RIVALS] {
    let [wall, minutes, single, ntp] = NAMES;
    ["clock", wall, minutes, single, ntp]
}

fn heading(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    writeln!(f, "\n## {text}\n")
}
