/// What a backup may hold of a token: which banks, and the last four of each credential ID. It holds no secret, so that
/// a restored phone can say what happened and which bank to call.
public struct Marker: Sendable, Hashable {
    /// One per credential, in the order of the list.
    public let banks: [MarkedBank]
    /// The marker as a file holds it; ``init(text:)`` reads it back.
    public let text: String
}

/// One credential in a ``Marker``.
public struct MarkedBank: Sendable, Hashable {
    /// Who issued the credential.
    public let issuer: String?
    /// The last four characters of its ID.
    public let lastFour: String?
}
