public import WarifuFFI

/// The ways to open a token's vault, by ``Token/slots``.
public struct Slots: Sendable {
    let token: Token

    /// The slots of the unlocked token.
    ///
    /// - Throws: ``WarifuError/Reason/locked``.
    public func list() async throws(WarifuError) -> [Slot] {
        try await token.work { core in try core.slots().map(Slot.init) }
    }

    /// The slots as the file lists them, of a token that may be locked. Nobody vouches for them until it is unlocked:
    /// enough to choose what to ask for.
    ///
    /// - Throws: As ``Token/open(at:protector:transport:clock:syncsTime:)``.
    public func listInFile() async throws(WarifuError) -> [Slot] {
        try await token.work { core in try core.lockedSlots().map(Slot.init) }
    }

    /// How many keys of replaced or removed slots the key store has not deleted yet. Every unlock by the platform tries
    /// again. Until then an older copy of the file opens by what the slot took: the old PIN, the old device key.
    ///
    /// - Throws: ``WarifuError/Reason/locked``.
    public func keptKeyCount() async throws(WarifuError) -> Int {
        try await token.work { core in Int(try core.keptKeys()) }
    }

    /// Makes a slot, in the place of every other of its kind. So a PIN is set, changed, or set anew by the one call. The
    /// keys of the others are deleted; where the key store refuses that, the slot is made all the same, and
    /// ``keptKeyCount()`` tells.
    ///
    /// The bytes in `new` stay the caller's, who wipes them.
    ///
    /// - Returns: The ID of the new slot.
    /// - Throws: ``WarifuError/Reason/pin(_:)``, ``WarifuError/Reason/passphrase(_:)``,
    ///   ``WarifuError/Reason/keyStore(_:)``, ``WarifuError/Reason/locked``, ``WarifuError/Reason/disk(_:_:)``.
    @discardableResult
    public func set(_ new: NewSlot) async throws(WarifuError) -> SlotID {
        try await make { core, now in try core.setSlot(new: new.core, now: now) }
    }

    /// Makes a *device* or *biometric* slot anew, under a new ID and key, and deletes the key before it as
    /// ``set(_:)`` does.
    ///
    /// - Returns: The ID of the new slot.
    /// - Throws: ``WarifuError/Reason/unknownSlot``, ``WarifuError/Reason/keyStore(_:)``,
    ///   ``WarifuError/Reason/locked``, ``WarifuError/Reason/disk(_:_:)``.
    @discardableResult
    public func remake(_ slot: SlotID) async throws(WarifuError) -> SlotID {
        try await make { core, now in try core.remakeSlot(id: slot.rawValue, now: now) }
    }

    /// Removes a slot and deletes its keys. A key that stayed would open an older copy of the file, so the call succeeds
    /// only when all of them are gone. If it fails, the slot may have left the list already; the same call again, or any
    /// later unlock by the platform, deletes the rest.
    ///
    /// - Throws: ``WarifuError/Reason/lastSlot``, ``WarifuError/Reason/unknownSlot``,
    ///   ``WarifuError/Reason/keyStore(_:)``, ``WarifuError/Reason/locked``, ``WarifuError/Reason/disk(_:_:)``.
    public func remove(_ slot: SlotID) async throws(WarifuError) {
        _ = try await token.flow(.slots) { core, now in try core.removeSlot(id: slot.rawValue, now: now) }
    }

    /// Puts a new passphrase in the place of the current one. It needs no key store, so it goes on beside another change
    /// of slots and ends none.
    ///
    /// A copy of the file made earlier still opens with the old passphrase: the key behind both is the same. If the old
    /// one is known to others, have the bank exchange the credentials.
    ///
    /// - Throws: ``WarifuError/Reason/wrongPassphrase``, ``WarifuError/Reason/passphrase(_:)``,
    ///   ``WarifuError/Reason/locked``, ``WarifuError/Reason/disk(_:_:)``.
    public func changePassphrase(
        from current: SecretBytes, to new: SecretBytes, cost: Argon2Cost? = nil
    ) async throws(WarifuError) {
        try await token.write { core in
            try core.changePassphrase(current: current, new: new, kdf: cost?.core)
        }
    }

    private func make(
        _ begin: (WarifuFFI.Token, WarifuFFI.DeviceTime) throws -> WarifuFFI.Flow
    ) async throws(WarifuError) -> SlotID {
        guard case .slot(let id) = try await token.flow(.slots, begin) else { throw .internal }
        return SlotID(core: id)
    }
}
