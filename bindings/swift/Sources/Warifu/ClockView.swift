/// What is known of the time, and what to do about it.
///
/// Codes are made for the bank's time, as far as it is known; the device's clock is never set. An app draws ``notice``
/// and computes nothing: ``Screens`` asks for the time by itself when ``syncAt`` has come.
public struct ClockView: Sendable, Hashable {
    /// How sure the codes are: the least of the cards. Without a card whose code comes from the time, that of a code of 30
    /// seconds.
    public var certainty: Certainty
    /// How far the time that codes are made for may be from the bank's; `nil` where only the device's own clock has spoken.
    public var uncertainty: Duration?
    /// By how much the device's own clock is ahead of the time that codes are made for, negative if behind; `nil` where
    /// that is not known, or not worth a word. Codes are right all the same.
    public var wallAhead: Duration?
    /// What to tell the customer.
    public var notice: ClockNotice?
    /// When a synchronisation is worth its battery next, as an uptime (``DeviceTime/uptime``): now, if it lies in the past.
    /// `nil` if it would tell nothing, or while locked.
    public var syncAt: Duration?

    /// A sample; a token's come from ``Token/screen()``.
    public init(
        certainty: Certainty, uncertainty: Duration? = nil, wallAhead: Duration? = nil, notice: ClockNotice? = nil,
        syncAt: Duration? = nil
    ) {
        self.certainty = certainty
        self.uncertainty = uncertainty
        self.wallAhead = wallAhead
        self.notice = notice
        self.syncAt = syncAt
    }
}

/// How sure it is that the bank takes the shown code from a person who needs up to 20 seconds to type it.
public enum Certainty: Sendable, Hashable {
    /// It takes it, wherever within the bounds its time lies.
    case sure
    /// It takes it or the neighbour.
    case nearBoundary
    /// Too little is known of the bank's time for a code that lives so short.
    case stale
    /// No bank has told its time since the device booted, so nothing is proven.
    case unsynced
    /// One clock contradicts another.
    case contradicted
}

/// What to tell the customer about the time.
public enum ClockNotice: Sendable, Hashable {
    /// The bank cannot be reached because the device's date is so wrong that no certificate is valid.
    case setDate
    /// The device's clock, the bank's and others' do not agree.
    case contradicted
    /// It is long since the bank's clock was heard.
    case stale
    /// The device's clock is ahead by so much; codes are right.
    case ahead(Span)
    /// The device's clock is behind by so much; codes are right.
    case behind(Span)
    /// The bank's clock was not heard yet since the device booted, and could be.
    case notSynced

    /// A span as people say it: its two largest units.
    public enum Span: Sendable, Hashable {
        /// A day or more.
        case days(Int, hours: Int)
        /// An hour to a day.
        case hours(Int, minutes: Int)
        /// A minute to an hour.
        case minutes(Int, seconds: Int)
        /// Less than a minute.
        case seconds(Int)
    }
}
