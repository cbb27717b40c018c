use warifu::{
    clock::{Certainty, Neighbour},
    credential::WebAddress,
    time::{BootId, DeviceTime, Millis, Span, UnixMillis, Uptime},
    token::{ClockNotice, ClockView, Error, SyncError},
};

uniffi::custom_type!(
    /// A span of time in milliseconds.
    Millis, u64, { remote, lower: |span| span.0, try_lift: |span| Ok(Millis(span)) }
);

uniffi::custom_type!(
    /// Milliseconds since 1970-01-01T00:00:00Z.
    UnixMillis, i64, { remote, lower: |at| at.0, try_lift: |at| Ok(UnixMillis(at)) }
);

uniffi::custom_type!(
    /// Milliseconds since the device's boot, sleep included.
    Uptime, u64, { remote, lower: |at| at.0, try_lift: |at| Ok(Uptime(at)) }
);

/// What the device's clocks say at one moment.
#[uniffi::remote(Record)]
pub struct DeviceTime {
    /// The wall clock, as the user may have set it.
    pub wall: UnixMillis,
    /// The monotonic clock that counts sleep.
    pub uptime: Uptime,
    /// Which boot `uptime` counts from.
    pub boot: BootId,
}

/// What is known of the verifier's time, and what to do about it.
#[uniffi::remote(Record)]
pub struct ClockView {
    /// How sure the codes are: the least of the cards. Without a card whose code comes from the time,
    /// that of a code of 30 s.
    pub certainty: Certainty,
    /// How far the time of that card may be from its verifier's; nothing where only the device's own
    /// clock has spoken.
    pub uncertainty: Option<Millis>,
    /// By how many milliseconds the device's own clock is ahead of that verifier's, negative if behind;
    /// nothing where that is not known, or not worth a word. Codes are right all the same.
    pub wall_ahead: Option<i64>,
    /// What to tell the customer.
    pub notice: Option<ClockNotice>,
    /// When a synchronisation is worth its battery next: now, if it lies in the past. Nothing if it would
    /// tell nothing, or while locked.
    pub sync_at: Option<Uptime>,
}

/// What to tell the customer about the time, most urgent first.
#[uniffi::remote(Enum)]
pub enum ClockNotice {
    /// The bank cannot be reached because the device's date is so wrong that no certificate is valid.
    SetDate,
    /// The device's clock, the bank's and others' do not agree.
    Contradicted,
    /// It is long since the bank's clock was heard.
    Stale,
    /// The device's clock is ahead by so much; codes are right.
    Ahead(Span),
    /// The device's clock is behind by so much; codes are right.
    Behind(Span),
    /// The bank's clock was not heard yet since the device started, and could be.
    NotSynced,
}

/// A span as people say it: its two largest units.
#[uniffi::remote(Enum)]
pub enum Span {
    /// A day or more.
    Days {
        /// Whole days.
        days: u64,
        /// 0 to 23.
        hours: u64,
    },
    /// An hour to a day.
    Hours {
        /// 1 to 23.
        hours: u64,
        /// 0 to 59.
        minutes: u64,
    },
    /// A minute to an hour.
    Minutes {
        /// 1 to 59.
        minutes: u64,
        /// 0 to 59.
        seconds: u64,
    },
    /// Less than a minute.
    Seconds {
        /// 0 to 59.
        seconds: u64,
    },
}

/// How sure it is that a verifier which takes a step early or late accepts the shown code from a person
/// who needs up to 20 s to type it.
#[uniffi::remote(Enum)]
pub enum Certainty {
    /// It accepts it, wherever in the interval its time lies.
    Sure,
    /// It accepts it or the neighbour.
    NearBoundary,
    /// The interval is too wide for this period, or the period too short, to say.
    Stale,
    /// No verifier has told its time in this boot, so nothing is proven.
    Unsynced,
    /// A source contradicts another.
    Contradicted,
}

/// A code beside the shown one.
#[uniffi::remote(Enum)]
pub enum Neighbour {
    /// The code of the step before.
    Previous,
    /// The code of the step after.
    Next,
}

/// The addresses of hosts.
pub(crate) fn hosts(texts: &[String]) -> Result<Vec<WebAddress>, Error> {
    let read = |text: &String| WebAddress::parse(text);
    Ok(texts.iter().map(read).collect::<Result<_, _>>().map_err(SyncError::from)?)
}
