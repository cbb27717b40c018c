import Foundation

/// All that there is to draw at one instant, as a plain value.
public struct Screen: Sendable, Hashable {
    /// Whether the vault is open.
    public var lock: LockStatus
    /// What is known of the time.
    public var clock: ClockView
    /// One per credential, in the order of the list; none while locked.
    public var cards: [Card]
    /// When to ask again, as an uptime (``DeviceTime/uptime``): a code, a countdown's second or how sure a code is changes
    /// then. `nil` if nothing changes by itself. ``Screens`` sees to it.
    public var refreshAt: Duration?

    /// A sample; a token's come from ``Token/screen()``.
    public init(lock: LockStatus, clock: ClockView, cards: [Card], refreshAt: Duration?) {
        self.lock = lock
        self.clock = clock
        self.cards = cards
        self.refreshAt = refreshAt
    }
}

/// Whether the vault is open.
public enum LockStatus: Sendable, Hashable {
    /// The codes cannot be made.
    case locked
    /// The codes are on the cards.
    case unlocked
}

/// One credential on the screen.
public struct Card: Sendable, Hashable, Identifiable {
    /// Our name for the credential.
    public var id: EntryID
    /// What a person reads.
    public var names: Names
    /// The code, or what stands in its place.
    public var face: Face
    /// What is weak about the credential, if anything.
    public var weakness: Weakness?
    /// How a copied code is to be treated.
    public var copy: CopyPolicy

    /// A sample; a token's come from ``Token/screen()``.
    public init(id: EntryID, names: Names, face: Face, weakness: Weakness? = nil, copy: CopyPolicy) {
        self.id = id
        self.names = names
        self.face = face
        self.weakness = weakness
        self.copy = copy
    }
}

/// What a card shows.
public enum Face: Sendable, Hashable {
    /// A code that lives for a while, and the one after it.
    case totp(TimedCode)
    /// No code before a time is known. The bank demands that its clock is heard first: ``Screens`` asks by itself; a
    /// button may call ``TimeSync/sync()``. Or the device's own clock cannot be right and nobody else has spoken for
    /// this card: ``ClockNotice/setDate``.
    case needsSync
    /// A code comes on request, by ``Entries/advance(_:for:)``; the next one will be made from this counter.
    case hotp(counter: UInt64)
    /// The credential's time has not begun; it begins at this instant.
    case notYet(from: Date)
}

/// A code that lives from ``validFrom`` (inclusive) to ``validUntil`` (exclusive).
public struct TimedCode: Sendable, Hashable {
    /// The code now.
    public var code: Code
    /// The code after it.
    public var next: Code
    /// From when the code is valid.
    public var validFrom: Date
    /// Until when, and from when the next one is.
    public var validUntil: Date
    /// How long the code still lives: a millisecond to the whole period.
    public var remaining: Duration
    /// How long a code lives from its first moment.
    public var period: Duration
    /// ``remaining`` as a countdown shows it: it reaches 0 only with the next code.
    public var secondsLeft: Int
    /// How sure it is that the bank takes the code from who types it now.
    public var certainty: Certainty
    /// The code to try if the bank refuses this one; there near the boundary of a period alone.
    public var neighbour: NeighbourCode?

    /// A sample; a token's come from ``Token/screen()``.
    public init(
        code: Code, next: Code, validFrom: Date, validUntil: Date, remaining: Duration, period: Duration,
        secondsLeft: Int, certainty: Certainty = .unsynced, neighbour: NeighbourCode? = nil
    ) {
        self.code = code
        self.next = next
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.remaining = remaining
        self.period = period
        self.secondsLeft = secondsLeft
        self.certainty = certainty
        self.neighbour = neighbour
    }
}

/// The code of the period beside the shown one.
public struct NeighbourCode: Sendable, Hashable {
    /// Whether it is the one before or the one after.
    public var which: Neighbour
    /// The code.
    public var code: Code

    /// A sample; a token's come from ``Token/screen()``.
    public init(which: Neighbour, code: Code) {
        self.which = which
        self.code = code
    }
}

/// A period beside the shown code's.
public enum Neighbour: Sendable, Hashable {
    /// The one before.
    case previous
    /// The one after.
    case next
}

/// How a copied code is to be treated.
public struct CopyPolicy: Sendable, Hashable {
    /// After which time the clipboard is cleared, if it still holds the code.
    public var clearAfter: Duration

    /// A sample; a token's come from ``Token/screen()``.
    public init(clearAfter: Duration) {
        self.clearAfter = clearAfter
    }
}

/// Something that a bank should know about a credential before it relies on it.
public enum Weakness: Sendable, Hashable {
    /// The seed has this many bits, fewer than the 128 that RFC 4226 (R6) demands.
    case shortSeed(bits: Int)
}
