//! The kinds of siege.

/// What the device has besides the liars, who tell it any `Date` and set its wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Siege {
    /// One honest answer of the verifier, as late as its round trip may be.
    Once,
    /// Honest answers, each delayed on either way as the liars like.
    Delayed,
    /// One honest answer, then a reboot each month, and no answer.
    Reboots,
    /// No verifier: a plain `otpauth` entry.
    Alone,
    /// One honest answer, then a verifier whose lies keep within what is possible.
    SmallLies,
    /// A verifier that lies now and then: once, or twice in a row.
    BigLies,
}

pub(crate) const ALL: [Siege; 6] =
    [Siege::Once, Siege::Delayed, Siege::Reboots, Siege::Alone, Siege::SmallLies, Siege::BigLies];

impl Siege {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Once => "once",
            Self::Delayed => "delayed",
            Self::Reboots => "reboots",
            Self::Alone => "no-verifier",
            Self::SmallLies => "small-lies",
            Self::BigLies => "big-lies",
        }
    }

    pub(crate) fn about(self) -> &'static str {
        match self {
            Self::Once => {
                "one honest answer, held back at will; then hosts lie and the wall clock is set"
            }
            Self::Delayed => "honest answers all the year, each held back at will",
            Self::Reboots => "as once; each month a reboot, after which no verifier answers",
            Self::Alone => "a plain otpauth entry: no verifier ever",
            Self::SmallLies => "one honest answer, then the verifier lies within what is possible",
            Self::BigLies => "the verifier lies by minutes to weeks: once, then twice in a row",
        }
    }
}
