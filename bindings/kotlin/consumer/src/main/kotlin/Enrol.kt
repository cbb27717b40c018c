import jp.warifu.*

/** A credential from the bank's token service: nobody scans a seed. */
suspend fun enrol(token: Token, link: SecretBytes, typed: SecretBytes?, askForNewPin: suspend () -> SecretBytes): Added =
    try {
        token.enrolment.begin(link, typed, BindingLevel.HARDWARE)
    } catch (demanded: WarifuException.VerificationMissing) { // the bank wants a PIN before it confirms
        token.slots.set(NewSlot.Pin(askForNewPin(), PinHardware.MAC, limit = 6))
        withoutWeakSlots(token)
    }

private suspend fun withoutWeakSlots(token: Token): Added = try {
    token.enrolment.resume()
} catch (weak: WarifuException.SlotTooWeak) { // and that the device alone does not open the vault
    token.slots.remove(weak.slot)
    withoutWeakSlots(token)
}
