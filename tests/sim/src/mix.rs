//! The mix of scenarios, as `mix.toml` says it.

use serde::Deserialize;

/// All that is simulated.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mix {
    pub(crate) seed: u64,
    pub(crate) typing: Typing,
    pub(crate) hostile: Hostile,
    pub(crate) scenario: Vec<Scenario>,
}

/// How long a person takes from reading a code to the verifier's having it: log-normal.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typing {
    pub(crate) median_s: f64,
    pub(crate) sigma: f64,
}

/// The devices of each hostile year.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hostile {
    pub(crate) devices: u64,
    pub(crate) devices_full: u64,
}

/// A kind of device, and what happens to it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    pub(crate) about: String,
    /// Its part of the device-days, among those within the limits or those outside.
    pub(crate) share: u64,
    /// Which of the stated limits it breaks, in words; what is outside is told, not judged.
    #[serde(default)]
    pub(crate) outside: Option<String>,
    /// Why the comparison with the four models is told and not judged, if it is not.
    #[serde(default)]
    pub(crate) not_compared: Option<String>,
    /// How long a device lives.
    #[serde(default = "three")]
    pub(crate) days: u64,
    /// How often a day the app is opened, and how often it is read in all.
    #[serde(default = "five")]
    pub(crate) sessions: u64,
    #[serde(default = "thousand")]
    pub(crate) readings: u64,
    /// The width that the first answer in a boot must reach, as the median.
    #[serde(default)]
    pub(crate) first_width_ms: Option<u64>,
    #[serde(default)]
    pub(crate) drift: Drift,
    #[serde(default)]
    pub(crate) wall: Wall,
    #[serde(default)]
    pub(crate) boots: Boots,
    #[serde(default)]
    pub(crate) link: Link,
    #[serde(default)]
    pub(crate) leap: Leap,
    /// None: a plain `otpauth` entry.
    #[serde(default)]
    pub(crate) verifier: Option<Verifier>,
    #[serde(default)]
    pub(crate) host: Vec<Host>,
}

/// The device's oscillator: a rate that stays until the next step of the temperature.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Drift {
    /// Half of the rates are at plus or minus this, half anywhere between.
    pub(crate) ppm: f64,
    pub(crate) step_h: f64,
    /// While the app is closed the device sleeps, and counts by another crystal.
    pub(crate) asleep_ppm: Option<f64>,
    /// Of each sleep up to this is not counted.
    pub(crate) uncounted_ms: i64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Wall {
    /// It begins up to this far off.
    pub(crate) off_s: f64,
    /// How often the system sets it right, to within 50 ms; 0 for never.
    pub(crate) set_right_h: f64,
    /// It does so by the radio's time signal, which needs no network.
    pub(crate) by_radio: bool,
    pub(crate) steps_a_day: f64,
    pub(crate) steps: Vec<WallStep>,
}

/// What steps a wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WallStep {
    /// Someone sets it, up to a quarter of an hour off.
    Manual,
    /// Someone sets local time under another zone: off by quarters of an hour, up to 14 hours.
    Zone,
    /// The system's time service jumps by up to two minutes.
    Network,
    /// It begins anew at 1970, as after an empty battery.
    #[serde(rename = "1970")]
    Year1970,
    /// It jumps to the end of 32-bit time, in 2038, or past it, to 1901.
    #[serde(rename = "2038")]
    Year2038,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Boots {
    pub(crate) a_day: f64,
    pub(crate) off_min: f64,
    /// A reboot that keeps the boot's identifier, as a restored virtual machine.
    pub(crate) unnoticed: bool,
    /// How often the app starts from a record that is older than its last.
    pub(crate) put_back: f64,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Link {
    /// The median of both ways together; each is log-normal by itself.
    pub(crate) rtt_ms: f64,
    pub(crate) sigma: f64,
    /// How often one way takes up to `spike_s` longer.
    pub(crate) spike: f64,
    pub(crate) spike_s: f64,
    pub(crate) loss: f64,
    /// Times without a network: once in so many hours, for so many, on the average; 0 for never.
    pub(crate) offline_each_h: f64,
    pub(crate) offline_h: f64,
    /// How often the device sleeps, for up to a minute, while it waits for an answer.
    pub(crate) nap: f64,
    /// How often the answer reaches the clock up to an hour late.
    pub(crate) late: f64,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Leap {
    /// Whether the device lives through an end of December, and how the servers take it.
    pub(crate) verifier: Option<Displaced>,
    pub(crate) hosts: Option<Displaced>,
    /// A second is left out, not put in.
    pub(crate) removed: bool,
    /// Another midnight than December's, in Unix seconds.
    pub(crate) midnight: Option<i64>,
}

/// How a server's UTC takes a leap second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Displaced {
    /// There is none.
    None,
    /// At midnight.
    Stepped,
    /// From noon to noon.
    Smeared,
    /// Over the 1000 s before (UTC-SLS).
    Slewed,
    /// Over the 18 hours after.
    After,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Verifier {
    /// What its stamps are cut to.
    pub(crate) resolution_ms: u64,
    pub(crate) work_ms: f64,
    /// How far its UTC lies before the world's, which the hosts and a wall clock that is right follow.
    pub(crate) ahead_s: f64,
    /// Its clock is steered, at this rate.
    pub(crate) steered_ppm: f64,
    /// Its clock is stepped once a day, by up to this.
    pub(crate) stepped_s: f64,
    /// Each answer is of one of two machines that are this far apart.
    pub(crate) apart_ms: i64,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Host {
    pub(crate) ahead_s: f64,
    /// It builds its `Date` once a second, and so may send the last one's.
    pub(crate) kept: bool,
    /// Its `Date` comes from a cache, up to this old.
    pub(crate) cached_s: i64,
    /// It says any time at all.
    pub(crate) lies: bool,
}

impl Mix {
    /// # Errors
    /// What is wrong with the text, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mix: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        for (place, scenario) in mix.scenario.iter().enumerate() {
            let name = &scenario.name;
            if mix.scenario[..place].iter().any(|other| other.name == *name) {
                return Err(format!("two scenarios are named {name}"));
            }
            if scenario.share == 0 || scenario.days == 0 || scenario.sessions == 0 {
                return Err(format!("{name}: share, days and sessions are at least 1"));
            }
            if scenario.verifier.is_none() && scenario.host.is_empty() {
                return Err(format!("{name}: somebody must tell the time"));
            }
        }
        Ok(mix)
    }

    /// How many devices of `scenario` live in a run of so many device-days. More days add devices
    /// behind these, so that a longer run begins with the shorter one's.
    pub(crate) fn devices(&self, scenario: &Scenario, device_days: u64) -> u64 {
        let alike = |other: &&Scenario| other.outside.is_some() == scenario.outside.is_some();
        let shares: u64 = self.scenario.iter().filter(alike).map(|other| other.share).sum();
        // What lies outside comes on top: a tenth.
        let days = if scenario.outside.is_some() { device_days / 10 } else { device_days };
        (days * scenario.share).div_ceil(shares * scenario.days)
    }
}

impl Scenario {
    pub(crate) fn is_inside(&self) -> bool {
        self.outside.is_none()
    }

    /// Whether a host's `Date` is of the verifier's own time.
    pub(crate) fn hosts_are_exact(&self) -> bool {
        let ahead = self.verifier.map_or(0.0, |verifier| verifier.ahead_s);
        let is_exact = |host: &Host| !host.lies && host.cached_s == 0 && host.ahead_s == ahead;
        self.host.iter().all(is_exact) && self.leap.hosts == self.leap.verifier
    }
}

impl Default for Drift {
    fn default() -> Self {
        Self { ppm: 20.0, step_h: 6.0, asleep_ppm: None, uncounted_ms: 0 }
    }
}

impl Default for Wall {
    fn default() -> Self {
        Self { off_s: 0.5, set_right_h: 12.0, by_radio: false, steps_a_day: 0.0, steps: Vec::new() }
    }
}

impl Default for Boots {
    fn default() -> Self {
        Self { a_day: 0.05, off_min: 2.0, unnoticed: false, put_back: 0.0 }
    }
}

impl Default for Link {
    fn default() -> Self {
        Self {
            rtt_ms: 80.0,
            sigma: 0.4,
            spike: 0.0,
            spike_s: 0.0,
            loss: 0.01,
            offline_each_h: 0.0,
            offline_h: 0.0,
            nap: 0.0,
            late: 0.0,
        }
    }
}

impl Default for Verifier {
    fn default() -> Self {
        Self {
            resolution_ms: 1,
            work_ms: 5.0,
            ahead_s: 0.0,
            steered_ppm: 0.0,
            stepped_s: 0.0,
            apart_ms: 0,
        }
    }
}

impl Default for Host {
    fn default() -> Self {
        Self { ahead_s: 0.0, kept: true, cached_s: 0, lies: false }
    }
}

fn three() -> u64 {
    3
}

fn five() -> u64 {
    5
}

fn thousand() -> u64 {
    1000
}
