import Foundation
import Warifu

/// What the app stands on. A test puts fakes in the place of the device's own.
struct Parts: Sendable {
    /// The device's clocks.
    var clock: any DeviceClock
    /// The platform's key store.
    var keys: any KeyProtector
    /// The way to a bank's service.
    var transport: any HTTPTransport
    /// Makes the folder of the vault, which no backup has and nobody reads while the device is locked.
    var prepare: @Sendable () throws -> Void
    /// Where the token is.
    var vault: URL
    /// Where what a backup may hold is.
    var marker: URL
    /// The bank that this app is built for, if there is one.
    var bank: Bank?
    /// The host whose `https` links open the app; `nil` if none does.
    var linkHost: String? = nil
    /// Whether the vault's key can leave the device.
    var binding: @Sendable () async throws -> BindingLevel
    /// Deletes what a former installation left in the key store, where there is no vault.
    var clearLeftovers: @Sendable () async throws -> Void
    /// Deletes the vault's file.
    var erase: @Sendable (URL) throws -> Void = { file in try FileManager.default.removeItem(at: file) }
    /// What the device knows a person by, if somebody is enrolled.
    var biometry: @Sendable () -> Biometry?
    /// Asks for the face or a finger now, and for the permission to, before they are added.
    var askForBiometrics: @Sendable () async throws -> Void
    /// What a guess at a PIN costs; the core's choice if `nil`.
    var pinCost: Argon2Cost? = nil
    /// How long the app may be out of sight and come back unlocked: to a browser and back.
    var locksAfter: Duration = .seconds(120)
}

/// A bank by its name, and the link of its token service.
struct Bank: Hashable, Sendable {
    let name: String
    let link: String
}
