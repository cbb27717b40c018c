import Foundation

/// How a credential makes its codes.
public enum Generator: Sendable, Hashable {
    /// From the time (RFC 6238): step 0 begins at `start`, and each lasts a `period`.
    case totp(algorithm: Algorithm, digits: Int, period: Duration, start: Date)
    /// From a counter (RFC 4226): the next one that has made no code yet.
    case hotp(algorithm: Algorithm, digits: Int, counter: UInt64)
}

/// The hash function under the HMAC (RFC 6238, section 1.2).
public enum Algorithm: Sendable, Hashable {
    /// HMAC-SHA-1.
    case sha1
    /// HMAC-SHA-256.
    case sha256
    /// HMAC-SHA-512.
    case sha512
}

/// What a link would add, without its seed: enough to ask the customer. See ``Token/preview(of:)``.
public struct Preview: Sendable, Hashable {
    /// What a person reads.
    public let names: Names
    /// How its codes would be made.
    public let generator: Generator
    /// What is weak about it, if anything.
    public let weakness: Weakness?

    /// A sample; a link's comes from ``Token/preview(of:)``.
    public init(names: Names, generator: Generator, weakness: Weakness? = nil) {
        self.names = names
        self.generator = generator
        self.weakness = weakness
    }
}

/// An entry as a settings page lists it. It needs no time and holds no code.
public struct Entry: Sendable, Hashable, Identifiable {
    /// Our name for it.
    public let id: EntryID
    /// What a person reads.
    public let names: Names
    /// How its codes are made; for HOTP, the next counter.
    public let generator: Generator
    /// What is weak about it, if anything.
    public let weakness: Weakness?

    /// A sample; a token's come from ``Entries/list()``.
    public init(id: EntryID, names: Names, generator: Generator, weakness: Weakness? = nil) {
        self.id = id
        self.names = names
        self.generator = generator
        self.weakness = weakness
    }
}

/// What came of adding a credential.
public struct Added: Sendable, Hashable {
    /// Our name for it.
    public let id: EntryID
    /// What is weak about it, if anything: tell the customer or refuse it.
    public let weakness: Weakness?
    /// Entries with the same issuer and account and another key, as after an exchange (交換).
    public let sameName: [EntryID]

    /// A sample; a token's come from ``Entries/add(_:)``.
    public init(id: EntryID, weakness: Weakness? = nil, sameName: [EntryID] = []) {
        self.id = id
        self.weakness = weakness
        self.sameName = sameName
    }
}
