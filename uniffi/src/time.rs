use warifu::{
    clock::Status as ClockStatus,
    time::{BootId, DeviceTime, Millis, UnixMillis, Uptime},
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

/// How sure the token is of the time.
#[uniffi::remote(Enum)]
pub enum ClockStatus {
    /// Nothing but the device's own clock speaks for the time.
    Unsynced,
}
