package jp.warifu

import jp.warifu.ffi.Outcome
import jp.warifu.ffi.PendingEnrolment as FfiPendingEnrolment

/**
 * Enrolment with a bank's token service: it issues a credential, and nobody has to scan a seed.
 *
 * At most one is pending at a time, and the vault keeps it. Most exceptions are a place where a person does
 * something, and then [resume] goes on from there, in this process or a later one: the network was gone
 * ([WarifuException.RequestFailed]), the bank demands a PIN and there is none
 * ([WarifuException.VerificationMissing]), the phone's clock is wrong ([WarifuException.ServiceRefusedCode]). Ask
 * [pending] when your app starts.
 *
 * ```
 * try {
 *     token.enrolment.begin(link, typedCode, BindingLevel.HARDWARE)
 * } catch (missing: WarifuException.VerificationMissing) {
 *     token.slots.set(NewSlot.Pin(askForNewPin(), PinHardware.MAC, limit = 5))
 *     token.enrolment.resume()
 * }
 * ```
 */
public class Enrolment internal constructor(private val core: Core) {
    /**
     * The one that is pending, or null.
     *
     * @throws WarifuException.PendingUnreadable if a later warifu began it.
     * @throws WarifuException.Locked
     */
    public suspend fun pending(): PendingEnrolment? = core.quick { it.pendingEnrolment()?.toPublic() }

    /**
     * Enrols with the service of a link, from the beginning to the end. If one by the same link and code is
     * pending, that goes on. If another is, it is forgotten, unless its service has answered.
     *
     * @param link The enrolment link, in UTF-8. It is wiped.
     * @param activation The activation code that the customer typed, in the place of the link's own. It is wiped.
     * @param binding Whether the vault's key can leave the device. The bank is told, and decides what it thinks of that.
     * @return What was added to the list.
     * @throws WarifuException.EnrolmentLinkRefused [WarifuException.ActivationCodeRefused]
     * @throws WarifuException.AnotherPending [resume] that one, or [discard] it.
     * @throws WarifuException.RequestFailed [WarifuException.ServiceBusy], [WarifuException.UnexpectedStatus]: resume later.
     * @throws WarifuException.ActivationCodeNotTaken begin again with another code.
     * @throws WarifuException.VerificationMissing [WarifuException.SlotTooWeak]: change the slots, then resume.
     * @throws WarifuException.ServiceRefusedCode set the clock right, then resume.
     * @throws WarifuException.ServiceNotAuthentic [WarifuException.NotUnderstood], [WarifuException.PackageRefused]
     * @throws WarifuException.NotKept [WarifuException.EnrolmentEnded], [WarifuException.CredentialStopped]: the bank
     *   must act.
     * @throws WarifuException.Duplicate names the entry that is the same.
     * @throws WarifuException.Changed if another process went on with it meanwhile.
     * @throws WarifuException.Superseded if a newer [begin], [resume] or [discard] took over.
     * @throws WarifuException.Locked
     */
    public suspend fun begin(
        link: SecretBytes,
        activation: SecretBytes? = null,
        binding: BindingLevel = BindingLevel.NONE,
    ): Added {
        fun wipe() {
            link.wipe()
            activation?.wipe()
        }
        try {
            return core.flow(Work.ENROLMENT) { token, now ->
                // The core has a copy of its own, for as long as it needs one.
                token.beginEnrolment(link, activation, binding.toFfi(), now).also { wipe() }
            }.added()
        } finally {
            wipe()
        }
    }

    /**
     * Goes on with the one that is pending.
     *
     * @return What was added to the list.
     * @throws WarifuException.NothingPending and what else [begin] throws.
     */
    public suspend fun resume(): Added = core.flow(Work.ENROLMENT) { token, now -> token.resumeEnrolment(now) }.added()

    /**
     * Forgets the one that is pending, durably, and ends a call that is at it. What the service issued for it is
     * never accepted, and expires.
     *
     * @throws WarifuException.Locked
     * @throws WarifuException.Busy [WarifuException.Disk]
     */
    public suspend fun discard() {
        core.changeAndEnd(Work.ENROLMENT) { it.discardEnrolment() }
    }

    private fun Outcome.added(): Added = (this as Outcome.Enrolled).v1.toPublic()

    private fun FfiPendingEnrolment.toPublic() = PendingEnrolment(host, answered?.toPublic())
}

/**
 * What an enrolment link says, without its activation code: enough to ask the customer.
 *
 * @property host The service's host, and its port if the link has one.
 * @property hasActivation Whether the link has an activation code. If not, the customer may have one to type.
 */
public data class EnrolmentPreview(val host: String, val hasActivation: Boolean)

/**
 * An enrolment that was begun and has not come to its end.
 *
 * @property host The service's host, and its port if the link has one.
 * @property answered What the service has answered, or null if it has not.
 */
public data class PendingEnrolment(val host: String, val answered: AnsweredEnrolment?)

/**
 * The credential that a service has issued and that is not confirmed yet.
 *
 * @property names The bank, whose it is, and its ID.
 * @property unlock Which unlock the bank demands before it is confirmed.
 */
public data class AnsweredEnrolment(val names: Names, val unlock: UnlockPolicy)

/** Which unlock an issuer demands before its credential may be used. */
public enum class UnlockPolicy {
    /** Whatever opens the vault. */
    ANY,

    /** A PIN, biometrics or a passphrase; the device alone is not enough. */
    USER_VERIFICATION,
}

/** Whether the vault's key can leave the device. */
public enum class BindingLevel {
    /** Nothing holds it but a passphrase: who copies the file and knows that, has it. */
    NONE,

    /** The operating system keeps a key for this user. */
    OPERATING_SYSTEM,

    /** Hardware keeps a key that it does not give out. */
    HARDWARE,
}
