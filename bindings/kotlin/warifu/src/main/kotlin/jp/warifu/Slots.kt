package jp.warifu

import jp.warifu.ffi.Outcome

/** The ways to open an unlocked token's vault. */
public class Slots internal constructor(private val core: Core) {
    /**
     * The slots that there are.
     *
     * @throws WarifuException.Locked
     */
    public suspend fun list(): List<Slot> = core.quick { token -> token.slots().map { it.toPublic() } }

    /**
     * How many keys of replaced or removed slots the key store has not deleted yet. Every unlock by the
     * platform tries again. Until then an older copy of the file opens by what the slot took: the old PIN,
     * the old device key.
     *
     * @throws WarifuException.Locked
     */
    public suspend fun keptKeys(): Int = core.quick { it.keptKeys().toInt() }

    /**
     * Makes a slot, in the place of every other of its kind. So a PIN is set, changed, or set anew by the
     * one call. The keys of the others are deleted; where the key store refuses that, the slot is made all
     * the same, and [keptKeys] tells.
     *
     * @return The slot's name.
     * @throws WarifuException.PinRefused
     * @throws WarifuException.PassphraseRefused
     * @throws WarifuException.KeyStoreRefused
     * @throws WarifuException.VerificationDemanded for a *device* slot, if a credential's bank does not want it.
     * @throws WarifuException.Locked
     * @throws WarifuException.Superseded if a newer change of slots took over.
     */
    public suspend fun set(new: NewSlot): SlotId = try {
        core.flow(Work.SLOTS) { token, now -> token.setSlot(new.toFfi(), now) }.slot()
    } finally {
        new.wipe()
    }

    /**
     * Makes a *device* or *biometric* slot anew, under a new name and key, and deletes the key before it.
     *
     * @return The new slot's name.
     * @throws WarifuException.UnknownSlot
     * @throws WarifuException.KeyStoreRefused
     * @throws WarifuException.Locked
     * @throws WarifuException.Superseded if a newer change of slots took over.
     */
    public suspend fun remake(id: SlotId): SlotId =
        core.flow(Work.SLOTS) { token, now -> token.remakeSlot(id.hex, now) }.slot()

    /**
     * Removes a slot and deletes its keys. Where the key store refuses the deletion the slot is gone from
     * the list all the same, and the call throws; the same call again finishes it.
     *
     * @throws WarifuException.LastSlot
     * @throws WarifuException.UnknownSlot
     * @throws WarifuException.KeyStoreRefused
     * @throws WarifuException.Locked
     * @throws WarifuException.Superseded if a newer change of slots took over.
     */
    public suspend fun remove(id: SlotId) {
        core.flow(Work.SLOTS) { token, now -> token.removeSlot(id.hex, now) }
    }

    /**
     * Puts a new passphrase in the place of the current one, durably. Slow by design: Argon2 twice.
     *
     * A copy of the file made earlier still opens with the old passphrase. If that is known to others,
     * have the bank exchange the credentials.
     *
     * @param current What it is now. It is wiped.
     * @param new What it will be: 8 characters or more. It is wiped.
     * @param cost What a guess at the new one costs; the core's choice if null.
     * @throws WarifuException.WrongPassphrase if [current] is not it.
     * @throws WarifuException.PassphraseRefused
     * @throws WarifuException.Locked
     * @throws WarifuException.Busy [WarifuException.Disk]
     */
    public suspend fun changePassphrase(current: SecretBytes, new: SecretBytes, cost: KdfCost? = null) {
        current.use { new.use { core.change { it.changePassphrase(current, new, cost?.toFfi()) } } }
    }

    private fun Outcome.slot(): SlotId = SlotId((this as Outcome.Slot).v1)
}
