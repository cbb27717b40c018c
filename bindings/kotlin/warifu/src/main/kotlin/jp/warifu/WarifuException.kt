package jp.warifu

import kotlin.time.Duration
import kotlin.time.Instant

/**
 * Why a call failed, with the data to act on it. Nothing in it is secret: it may be logged.
 *
 * @property supportCode The stable name of what went wrong, as the customer reads it to the call centre:
 *   `W-107`. Null where the app, or warifu itself, is at fault and a customer can do nothing, and of
 *   [PinMustWait], which is no fault.
 */
public sealed class WarifuException(public val supportCode: String?, message: String, cause: Throwable? = null) :
    Exception(message, cause) {
    // ---- The token. ----

    /** The token is locked: unlock it first. W-101. */
    public class Locked internal constructor(told: Told) : WarifuException(told)

    /** The token was closed: open it anew. */
    public class Closed internal constructor() : WarifuException(null, "the token was closed")

    /**
     * A newer unlock, change of slots, enrolment or synchronisation took over. An unlock leaves nothing open then but
     * what the newer one opens; a change of slots may have been made all the same. W-121.
     */
    public class Superseded internal constructor(told: Told) : WarifuException(told)

    /** warifu is at fault. Please report it. */
    public class Internal internal constructor(supportCode: String? = null) :
        WarifuException(supportCode, "an internal error of warifu")

    // ---- The vault and its file. ----

    /** There is no file. W-102. */
    public class NotFound internal constructor(told: Told) : WarifuException(told)

    /** There is a file already, and it is not overwritten. W-103. */
    public class AlreadyExists internal constructor(told: Told) : WarifuException(told)

    /** The file is something else, or empty. W-104. */
    public class NotAVault internal constructor(told: Told) : WarifuException(told)

    /**
     * A later warifu made the vault. W-105.
     *
     * @property found The version it has.
     */
    public class UnsupportedVersion internal constructor(told: Told, public val found: Int) : WarifuException(told)

    /** The vault is over the bounds of its format: 16 MiB, 16,384 records. W-106. */
    public class TooLarge internal constructor(told: Told) : WarifuException(told)

    /**
     * A part of the vault does not fit the rest. W-107.
     *
     * @property part Which part.
     */
    public class Corrupt internal constructor(told: Told, public val part: VaultPart) : WarifuException(told)

    /** The file is older than what was seen of it. W-119. */
    public class RolledBack internal constructor(told: Told) : WarifuException(told)

    /** The file is another vault than the one that was opened. W-120. */
    public class Replaced internal constructor(told: Told) : WarifuException(told)

    /** Another process changed the vault meanwhile: try again. W-137. */
    public class Changed internal constructor(told: Told) : WarifuException(told)

    /** Another process is writing: try again in a moment. W-114. */
    public class Busy internal constructor(told: Told) : WarifuException(told)

    /**
     * The disk refused. W-115, W-116, W-117, W-140.
     *
     * @property operation What was attempted.
     * @property why Why it failed.
     */
    public class Disk internal constructor(
        told: Told,
        public val operation: DiskOperation,
        public val why: DiskFailure,
    ) : WarifuException(told)

    /** There is not enough memory to make the key. W-113. */
    public class OutOfMemory internal constructor(told: Told) : WarifuException(told)

    /** The system's source of randomness failed. W-118. */
    public class NoRandomness internal constructor(told: Told) : WarifuException(told)

    // ---- Opening it. ----

    /** The passphrase opens no slot. W-108. */
    public class WrongPassphrase internal constructor(told: Told) : WarifuException(told)

    /** No whole slot takes a passphrase. W-109. */
    public class NoPassphraseSlot internal constructor(told: Told) : WarifuException(told)

    /**
     * A passphrase that cannot be one. W-110, W-111, W-139.
     *
     * @property why Why not.
     */
    public class PassphraseRefused internal constructor(told: Told, public val why: PassphraseFault) :
        WarifuException(told)

    /** The cost of the vault's key is out of range. W-112. */
    public class CostOutOfRange internal constructor(told: Told) : WarifuException(told)

    /**
     * A PIN that cannot be one. W-125, W-126.
     *
     * @property why Why not.
     */
    public class PinRefused internal constructor(told: Told, public val why: PinFault) : WarifuException(told)

    /** A PIN's limit on tries is 2 to 20. W-138. */
    public class PinLimitOutOfRange internal constructor(told: Told) : WarifuException(told)

    /**
     * The PIN is wrong. W-127.
     *
     * @property triesLeft How many more tries there are before the slot is destroyed: 1 or more.
     * @property wait How long the next try has to wait.
     */
    public class WrongPin internal constructor(told: Told, public val triesLeft: Int, public val wait: Duration) :
        WarifuException(told)

    /**
     * The wait that wrong tries have earned is not over, and [Unlock.Pin.waits] said not to wait for it. The PIN was not
     * tried: another way may open meanwhile.
     *
     * @property wait How long the next try has to wait: more than nothing.
     */
    public class PinMustWait internal constructor(public val wait: Duration) :
        WarifuException(null, "the next try at the PIN has to wait for $wait")

    /** The PIN was tried too often and opens nothing any more. Another slot may. W-128. */
    public class PinDestroyed internal constructor(told: Told) : WarifuException(told)

    /**
     * The slot's key is dead, since the enrolled fingers or face changed. Another slot may open. W-129.
     *
     * @property slot Which slot wants to be made anew.
     */
    public class KeyInvalidated internal constructor(told: Told, public val slot: SlotId) : WarifuException(told)

    /**
     * The slot's key is gone, and the device is the one that had it. Another slot may open. W-130.
     *
     * @property slot Which slot wants to be made anew.
     */
    public class KeyLost internal constructor(told: Told, public val slot: SlotId) : WarifuException(told)

    /** No slot opens the vault any more: the bank's exchange (交換) is the way on. W-131. */
    public class NeedsReEnrolment internal constructor(told: Told) : WarifuException(told)

    /** The vault came here from another device, whose keys stayed there. W-132. */
    public class RestoredOnAnotherDevice internal constructor(told: Told) : WarifuException(told)

    /**
     * The key store did not do what it was asked. W-129, W-130, W-133 to W-136. Where it threw something
     * that it should not have, that is the [cause].
     *
     * @property why Why not.
     */
    public class KeyStoreRefused internal constructor(told: Told, public val why: KeyRefusal) : WarifuException(told)

    /** The key store's answer does not fit what it was asked. W-136. */
    public class WrongAnswer internal constructor(told: Told) : WarifuException(told)

    /** The vault has no such slot. W-123. */
    public class UnknownSlot internal constructor(told: Told) : WarifuException(told)

    /** The last slot cannot be removed. W-124. */
    public class LastSlot internal constructor(told: Told) : WarifuException(told)

    // ---- Its credentials. ----

    /**
     * The same credential is there already. W-201.
     *
     * @property existing Which entry it is.
     */
    public class Duplicate internal constructor(told: Told, public val existing: EntryId) : WarifuException(told)

    /** The vault has no such entry. W-202. */
    public class UnknownEntry internal constructor(told: Told) : WarifuException(told)

    /** An entry must keep an issuer or an account. W-203. */
    public class Nameless internal constructor(told: Told) : WarifuException(told)

    /** The entry makes its codes from the time, not on request. W-204. */
    public class NotHotp internal constructor(told: Told) : WarifuException(told)

    /** Every counter of the credential is spent. W-205. */
    public class CounterExhausted internal constructor(told: Told) : WarifuException(told)

    /**
     * A name that cannot be shown. W-206.
     *
     * @property why Why not.
     */
    public class NameRefused internal constructor(told: Told, public val why: NameFault) : WarifuException(told)

    /**
     * A link that holds no credential. W-401 to W-404.
     *
     * @property why Which rule it breaks, the first that is met.
     * @property parameter Which parameter it is about, as a link writes it; null where it is about none.
     * @property name What is wrong with the issuer or the account, where [why] says that it is one of them.
     */
    public class LinkRefused internal constructor(
        told: Told,
        public val why: LinkFault,
        public val parameter: String?,
        public val name: NameFault?,
    ) : WarifuException(told)

    /** The text is no marker. W-122. */
    public class NotAMarker internal constructor(told: Told) : WarifuException(told)

    // ---- Enrolment. ----

    /**
     * A link that leads to no token service. W-601.
     *
     * @property why Which rule it breaks.
     */
    public class EnrolmentLinkRefused internal constructor(told: Told, public val why: EnrolmentLinkFault) :
        WarifuException(told)

    /**
     * An activation code, typed or in a link, that cannot be one. Nothing was sent. W-602.
     *
     * @property why Why not.
     */
    public class ActivationCodeRefused internal constructor(told: Told, public val why: ActivationCodeFault) :
        WarifuException(told)

    /** No enrolment is pending. W-603. */
    public class NothingPending internal constructor(told: Told) : WarifuException(told)

    /** Another enrolment is pending, and its service has answered: resume it, or discard it first. W-604. */
    public class AnotherPending internal constructor(told: Told) : WarifuException(told)

    /** This version cannot read the enrolment that is pending. A later one may; or discard it. W-605. */
    public class PendingUnreadable internal constructor(told: Told) : WarifuException(told)

    /**
     * No response came. The enrolment is kept: resume it. W-303, W-606 to W-608. What the transport threw is the [cause].
     *
     * @property why Why not.
     */
    public class RequestFailed internal constructor(told: Told, public val why: HttpFailure) : WarifuException(told)

    /** What came is not from the service that the link names, or was changed on the way. W-608. */
    public class ServiceNotAuthentic internal constructor(told: Told) : WarifuException(told)

    /** The service could not read what it was sent, or its verdict is of a later version. W-609. */
    public class NotUnderstood internal constructor(told: Told) : WarifuException(told)

    /**
     * The service's package is none that this version takes. W-609.
     *
     * @property why Which rule it breaks, the first that is met.
     * @property part Which element or attribute it is about, by its name; null where it is about none.
     * @property name What is wrong with the issuer or the account, where [why] says that it is one of them.
     */
    public class PackageRefused internal constructor(
        told: Told,
        public val why: PackageFault,
        public val part: String?,
        public val name: NameFault?,
    ) : WarifuException(told)

    /**
     * The service does not take the activation code: it is not known, used or expired. Or there is none, and the
     * service wants one. W-610.
     */
    public class ActivationCodeNotTaken internal constructor(told: Told) : WarifuException(told)

    /** The service knows nothing of this enrolment, or does not keep it any more. W-611. */
    public class NotKept internal constructor(told: Told) : WarifuException(told)

    /** The service has no time now. The enrolment is kept: resume it later. W-612. */
    public class ServiceBusy internal constructor(told: Told) : WarifuException(told)

    /**
     * The service answered with a status that the protocol does not have. The enrolment is kept. W-612.
     *
     * @property status Which, like 500.
     */
    public class UnexpectedStatus internal constructor(told: Told, public val status: Int) : WarifuException(told)

    /** The bank demands a PIN, biometrics or a passphrase: add such a slot, then resume. W-613. */
    public class VerificationMissing internal constructor(told: Told) : WarifuException(told)

    /**
     * The bank demands that the vault opens by a PIN, biometrics or a passphrase alone: remove this slot, then
     * resume. W-614.
     *
     * @property slot Which.
     */
    public class SlotTooWeak internal constructor(told: Told, public val slot: SlotId) : WarifuException(told)

    /** A credential's bank demands verification of every slot, so no slot of the device alone is made. W-619. */
    public class VerificationDemanded internal constructor(told: Told) : WarifuException(told)

    /**
     * The service, whose word it is, finds the code wrong in its whole window. With a code by the time, the phone's
     * clock is wrong: have it set right, then resume. W-615.
     *
     * @property ahead How far the phone's clock is ahead of the service's; negative if it is behind.
     */
    public class ServiceRefusedCode internal constructor(told: Told, public val ahead: Duration) : WarifuException(told)

    /** The service has ended the enrolment. It is forgotten here too: begin anew. W-616. */
    public class EnrolmentEnded internal constructor(told: Told) : WarifuException(told)

    /** Too many codes were wrong, and the service says to wait. Then resume. W-617. */
    public class ServiceSaysWait internal constructor(told: Told) : WarifuException(told)

    /** The credential is locked or suspended: the bank must act. W-618. */
    public class CredentialStopped internal constructor(told: Told) : WarifuException(told)

    // ---- The time. ----

    /**
     * The device's clock cannot be right: before 2020, or after 2106. W-301, W-302.
     *
     * @property wall What it says.
     */
    public class ClockImplausible internal constructor(told: Told, public val wall: Instant) : WarifuException(told)

    /**
     * No clock was heard. What is known of the time stays as it is. W-303 to W-307. What the transport threw is the
     * [cause].
     *
     * @property why Why not: the first thing that went wrong.
     * @property failure Why no response came, where [why] says that none did.
     * @property status Which status the service answered with, like 404, where [why] says that it is about one.
     */
    public class SyncFailed internal constructor(
        told: Told,
        public val why: SyncFault,
        public val failure: HttpFailure?,
        public val status: Int?,
    ) : WarifuException(told)

    /**
     * Time hosts that cannot be those, and the token was not made or opened; see [TimeSync]. W-304.
     *
     * @property why Why not.
     */
    public class TimeHostsRefused internal constructor(told: Told, public val why: TimeHostFault) :
        WarifuException(told)

    private constructor(told: Told) : this(told.supportCode, told.message, told.cause)

    /** What the core tells of an error, and what a key store or a transport threw meanwhile. */
    internal class Told(val supportCode: String, val message: String, val cause: Throwable?)
}
