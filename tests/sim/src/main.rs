//! Simulated devices that hold `warifu::clock` to its promises.
//!
//! Devices live for days in the scenarios of `mix.toml`: their oscillators drift, their wall clocks
//! jump, their requests are lost and delayed, servers are wrong. Each reading of the clock is held
//! against the time that the verifier has, and its code handed to a verifier. Four other models hear
//! and see the same. The report says what was seen, and which promises were kept.

mod bound;
mod device;
mod hostile;
mod judge;
mod leap;
mod mix;
mod promises;
mod random;
mod report;
mod rivals;
mod run;
mod tally;
#[cfg(test)]
mod tests;
mod units;
mod widths;
mod world;

use std::{fs, path::PathBuf, process::ExitCode, thread};

use crate::{mix::Mix, report::Report, run::Extent};

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(wrong) => {
            eprintln!("warifu-sim: {wrong}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match simulate(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(wrong) => {
            eprintln!("warifu-sim: {wrong}");
            ExitCode::from(2)
        }
    }
}

/// Whether all promises were kept.
fn simulate(options: &Options) -> Result<bool, String> {
    let mix = Mix::parse(MIX)?;
    let hostile = mix.hostile;
    let extent = Extent {
        device_days: options.device_days(),
        hostile_years: if options.is_full { hostile.devices_full } else { hostile.devices },
        threads: thread::available_parallelism().map_or(1, usize::from),
        shows_progress: true,
    };
    let seen = run::run(&mix, extent);
    let checks = promises::judge(&mix, &seen, extent.device_days);
    let report =
        Report { mix: &mix, seen: &seen, checks: &checks, device_days: extent.device_days };
    if let Some(path) = &options.json {
        fs::write(path, report.json()).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    print!("{report}");
    Ok(checks.iter().all(|check| check.is_held))
}

struct Options {
    is_full: bool,
    device_days: Option<u64>,
    json: Option<PathBuf>,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self { is_full: false, device_days: None, json: None };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} wants a value"));
            match argument.as_str() {
                "--full" => options.is_full = true,
                "--json" => options.json = Some(value()?.into()),
                "--device-days" => {
                    let days = value()?;
                    let days = days.parse().map_err(|_| format!("'{days}' is no number"))?;
                    options.device_days = Some(days);
                }
                _ => return Err(format!("what is '{argument}'?")),
            }
        }
        Ok(options)
    }

    fn device_days(&self) -> u64 {
        self.device_days.unwrap_or(if self.is_full { 1_000_000 } else { 10_000 })
    }
}

const MIX: &str = include_str!("../mix.toml");

const USAGE: &str = "usage: warifu-sim [--full] [--device-days N] [--json FILE]

  --full           10⁶ device-days; the 10⁴ without it are the first of these
  --device-days N  another number of them, to try something out
  --json FILE      the report for programs

Status: 0 all promises were kept, 1 one was not, 2 nothing was run.";
