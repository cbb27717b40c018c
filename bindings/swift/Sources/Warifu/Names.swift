import Foundation

/// Our own name for an entry of the vault: random, stable for its life, never shown to a customer.
public struct EntryID: Sendable, Hashable, RawRepresentable {
    /// 32 lower-case hexadecimal digits.
    public let rawValue: String

    /// Takes what ``rawValue`` gave, and nothing else.
    public init?(rawValue: String) {
        guard isHexadecimal(rawValue, digits: 32) else { return nil }
        self.rawValue = rawValue
    }

    init(core rawValue: String) {
        self.rawValue = rawValue
    }
}

/// Names a slot within its vault, at random.
public struct SlotID: Sendable, Hashable, RawRepresentable {
    /// 16 lower-case hexadecimal digits.
    public let rawValue: String

    /// Takes what ``rawValue`` gave, and nothing else.
    public init?(rawValue: String) {
        guard isHexadecimal(rawValue, digits: 16) else { return nil }
        self.rawValue = rawValue
    }

    init(core rawValue: String) {
        self.rawValue = rawValue
    }
}

/// Names one press of the button that makes a HOTP code, so that a call repeated after a failure gives the same
/// code again and spends none. See ``Entries/advance(_:for:)``.
public struct PressID: Sendable, Hashable, RawRepresentable {
    /// 32 lower-case hexadecimal digits.
    public let rawValue: String

    /// A press of its own, drawn at random.
    public init() {
        var random = SystemRandomNumberGenerator()
        let halves = [random.next() as UInt64, random.next()]
        rawValue = halves.map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// Takes what ``rawValue`` gave, and nothing else.
    public init?(rawValue: String) {
        guard isHexadecimal(rawValue, digits: 32) else { return nil }
        self.rawValue = rawValue
    }
}

/// What a person reads about a credential.
public struct Names: Sendable, Hashable {
    /// The bank, or whoever issued the credential.
    public var issuer: String?
    /// Whose it is, as the issuer or the customer names it.
    public var account: String?
    /// The issuer's ID for it (クレデンシャルID), which the customer registers with the bank.
    public var credentialID: String?

    /// Names for a sample; those of a token come from its vault.
    public init(issuer: String? = nil, account: String? = nil, credentialID: String? = nil) {
        self.issuer = issuer
        self.account = account
        self.credentialID = credentialID
    }
}

private func isHexadecimal(_ text: String, digits: Int) -> Bool {
    text.utf8.count == digits && text.utf8.allSatisfy("0123456789abcdef".utf8.contains)
}
