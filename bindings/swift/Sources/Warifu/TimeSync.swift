public import Foundation
internal import WarifuFFI

/// The bank's time, by ``Token/time``: codes are made for it, and not for the device's clock, which a customer may have
/// set.
///
/// ``Screens`` asks for it by itself whenever that is worth its battery, and ``Screen/clock`` says what is known. So an app
/// has nothing to do here but to name the bank's web site, if it has codes that came by a link:
///
/// ```swift
/// let token = try await Token.open(at: file, protector: keychain)
/// try token.time.setHosts([bankSite])
/// ```
///
/// Nothing sets a clock. What was heard is kept in the vault, and holds until the device restarts.
public struct TimeSync: Sendable {
    let token: Token

    /// Names web servers whose `Date` is a hint where no bank's service is to be had, the bank's own site for one: a
    /// credential that came by an `otpauth://` link has no service. It can move codes by no more than 10 minutes, and
    /// nothing by it is ever ``Certainty/sure``. They are not kept in the vault: name them whenever you open it.
    ///
    /// - Parameter hosts: Up to 8 `https` addresses, in the place of those before.
    /// - Throws: ``WarifuError/Reason/sync(_:)`` with ``WarifuError/SyncFault/notAHost`` or
    ///   ``WarifuError/SyncFault/tooManyHosts``, and then those before stay; ``WarifuError/Reason/closed``.
    public func setHosts(_ hosts: [URL]) throws(WarifuError) {
        let core = try token.core()
        try translated { try core.setTimeHosts(hosts: hosts.map(\.absoluteString)) }
        token.changes.note()
    }

    /// Asks the banks' services for their time, and the hosts where none answers; of more than 8 services those that are
    /// due for the longest. It may take some seconds. Of two calls
    /// the newer one goes on, as does a call before what ``Screens`` asks by itself.
    ///
    /// - Throws: ``WarifuError/Reason/sync(_:)``, ``WarifuError/Reason/flow(_:)`` if a newer call took over,
    ///   ``WarifuError/Reason/locked``, ``WarifuError/Reason/disk(_:_:)``.
    public func sync() async throws(WarifuError) {
        token.automaticSync.standBack()
        defer {
            token.automaticSync.goOn()
            // The next screen plans anew.
            token.changes.note()
        }
        _ = try await token.flow(.sync) { core, now in try core.syncTime(now: now) }
    }
}
