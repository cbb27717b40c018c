public import WarifuFFI

/// The credentials of an unlocked token, by ``Token/entries``. Every change is durable when its call returns.
public struct Entries: Sendable {
    let token: Token

    /// The entries in the order of the list.
    ///
    /// - Throws: ``WarifuError/Reason/locked``.
    public func list() async throws(WarifuError) -> [Entry] {
        try await token.work { core in try core.entries().map(Entry.init) }
    }

    /// Adds what an `otpauth://` link says at the end of the list. The link holds the seed: wipe it afterwards.
    ///
    /// - Throws: ``WarifuError/Reason/link(_:)``, ``WarifuError/Reason/duplicate(of:)``,
    ///   ``WarifuError/Reason/locked``, ``WarifuError/Reason/disk(_:_:)``.
    @discardableResult
    public func add(_ link: SecretBytes) async throws(WarifuError) -> Added {
        try await token.write { core in Added(try core.add(uri: link)) }
    }

    /// Gives an entry other names; one that is left out is taken away. The credential ID is the issuer's and stays.
    ///
    /// - Throws: ``WarifuError/Reason/name(_:)``, ``WarifuError/Reason/nameless``,
    ///   ``WarifuError/Reason/unknownEntry``, ``WarifuError/Reason/locked``, ``WarifuError/Reason/disk(_:_:)``.
    public func rename(
        _ entry: EntryID, issuer: String? = nil, account: String? = nil
    ) async throws(WarifuError) {
        try await token.write { core in
            try core.rename(id: entry.rawValue, issuer: issuer, account: account)
        }
    }

    /// Removes an entry and its keys for good. The bank must be told, or it goes on asking for codes.
    ///
    /// - Throws: ``WarifuError/Reason/unknownEntry``, ``WarifuError/Reason/locked``,
    ///   ``WarifuError/Reason/disk(_:_:)``.
    public func remove(_ entry: EntryID) async throws(WarifuError) {
        try await token.write { core in try core.remove(id: entry.rawValue) }
    }

    /// The next HOTP code (RFC 4226). The counter is durable before the code is made, so no crash shows one twice. If
    /// the call fails, repeat it with the same `press`: it gives the same code again and spends none.
    ///
    /// - Throws: ``WarifuError/Reason/notHOTP``, ``WarifuError/Reason/countersExhausted``,
    ///   ``WarifuError/Reason/unknownEntry``, ``WarifuError/Reason/locked``, ``WarifuError/Reason/disk(_:_:)``.
    public func advance(_ entry: EntryID, for press: PressID) async throws(WarifuError) -> Code {
        try await token.write { core in
            try core.advance(id: entry.rawValue, request: press.rawValue)
        }
    }
}
