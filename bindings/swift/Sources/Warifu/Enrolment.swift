public import WarifuFFI

/// Enrolment with a bank's token service, by ``Token/enrolment``: it issues a credential, and nobody has to scan a seed.
///
/// At most one is pending at a time, and the vault keeps it. Most errors are a place where a person does something, and
/// then ``resume()`` goes on from there, in this process or a later one: the network was gone, the bank demands a PIN and
/// there is none, the phone's clock is wrong. Ask ``pending()`` when your app starts.
///
/// ```swift
/// do {
///     try await token.enrolment.begin(link, activation: typedCode, binding: .hardware)
/// } catch where error.reason == .enrolment(.verificationMissing) {
///     try await token.slots.set(.pin(askForNewPIN()))
///     try await token.enrolment.resume()
/// }
/// ```
public struct Enrolment: Sendable {
    let token: Token

    /// The one that is pending, if one is.
    ///
    /// - Throws: ``WarifuError/Reason/enrolment(_:)`` with ``WarifuError/EnrolmentFault/unreadable``,
    ///   ``WarifuError/Reason/locked``.
    public func pending() async throws(WarifuError) -> PendingEnrolment? {
        try await token.work { core in try core.pendingEnrolment().map(PendingEnrolment.init) }
    }

    /// Enrols with the service of a link, from the beginning to the end. If one by the same link and code is pending, that
    /// goes on. If another is, it is forgotten, unless its service has answered.
    ///
    /// The bytes stay the caller's, who wipes them.
    ///
    /// - Parameters:
    ///   - link: The enrolment link, in UTF-8.
    ///   - activation: The activation code that the customer typed, in the place of the link's own.
    ///   - binding: Whether the vault's key can leave the device. The bank is told, and decides what it thinks of that.
    /// - Returns: What was added to the list.
    /// - Throws: ``WarifuError/Reason/enrolmentLink(_:)``, ``WarifuError/Reason/activationCode(_:)``,
    ///   ``WarifuError/Reason/enrolment(_:)``, ``WarifuError/Reason/duplicate(of:)``,
    ///   ``WarifuError/Reason/changed`` if another process went on with it meanwhile, ``WarifuError/Reason/flow(_:)``
    ///   if a newer call took over, ``WarifuError/Reason/locked``, ``WarifuError/Reason/disk(_:_:)``.
    @discardableResult
    public func begin(
        _ link: SecretBytes, activation: SecretBytes? = nil, binding: BindingLevel = .none
    ) async throws(WarifuError) -> Added {
        try await enrol { core, now in
            try core.beginEnrolment(link: link, activation: activation, binding: binding.core, now: now)
        }
    }

    /// Goes on with the one that is pending.
    ///
    /// - Returns: What was added to the list.
    /// - Throws: ``WarifuError/Reason/enrolment(_:)`` with ``WarifuError/EnrolmentFault/nothingPending``, and what else
    ///   ``begin(_:activation:binding:)`` throws.
    @discardableResult
    public func resume() async throws(WarifuError) -> Added {
        try await enrol { core, now in try core.resumeEnrolment(now: now) }
    }

    /// Forgets the one that is pending, durably, and ends a call that is at it. What the service issued for it is never
    /// accepted, and expires.
    ///
    /// - Throws: ``WarifuError/Reason/locked``, ``WarifuError/Reason/disk(_:_:)``.
    public func discard() async throws(WarifuError) {
        // The core makes it stale; then what it waits for ends.
        let standing = token.standing(of: .enrolment)
        defer { standing?.end() }
        try await token.write { core in try core.discardEnrolment() }
    }

    private func enrol(
        _ begin: (WarifuFFI.Token, WarifuFFI.DeviceTime) throws -> WarifuFFI.Flow
    ) async throws(WarifuError) -> Added {
        guard case .enrolled(let added) = try await token.flow(.enrolment, begin) else { throw .internal }
        return Added(added)
    }
}

/// What an enrolment link says, without its activation code: enough to ask the customer.
public struct EnrolmentPreview: Sendable, Hashable {
    /// The service's host, and its port if the link has one.
    public let host: String
    /// Whether the link has an activation code. If not, the customer may have one to type.
    public let hasActivation: Bool

    package init(host: String, hasActivation: Bool) {
        self.host = host
        self.hasActivation = hasActivation
    }
}

/// An enrolment that was begun and has not come to its end.
public struct PendingEnrolment: Sendable, Hashable {
    /// The service's host, and its port if the link has one.
    public let host: String
    /// What the service has answered, if it has.
    public let answered: AnsweredEnrolment?
}

/// The credential that a service has issued and that is not confirmed yet.
public struct AnsweredEnrolment: Sendable, Hashable {
    /// The bank, whose it is, and its ID.
    public let names: Names
    /// Which unlock the bank demands before it is confirmed.
    public let unlock: UnlockPolicy
}

/// Which unlock an issuer demands before its credential may be used.
public enum UnlockPolicy: Sendable, Hashable {
    /// Whatever opens the vault.
    case any
    /// A PIN, biometrics or a passphrase; the device alone is not enough.
    case userVerification
}

/// Whether the vault's key can leave the device.
public enum BindingLevel: Sendable, Hashable {
    /// Nothing holds it but a passphrase: who copies the file and knows that, has it.
    case none
    /// The operating system keeps a key for this user.
    case operatingSystem
    /// Hardware keeps a key that it does not give out.
    case hardware
}
