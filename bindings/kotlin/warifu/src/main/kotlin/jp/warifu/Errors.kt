package jp.warifu

import jp.warifu.WarifuException.Told
import jp.warifu.ffi.InternalException
import kotlin.time.Instant
import jp.warifu.ffi.Corrupt as FfiCorrupt
import jp.warifu.ffi.DiskOperation as FfiDiskOperation
import jp.warifu.ffi.Implausible as FfiImplausible
import jp.warifu.ffi.InvalidLabel as FfiInvalidLabel
import jp.warifu.ffi.IoCause as FfiIoCause
import jp.warifu.ffi.MarkerError as FfiMarkerError
import jp.warifu.ffi.Misuse as FfiMisuse
import jp.warifu.ffi.OtpauthError as FfiLinkError
import jp.warifu.ffi.Parameter as FfiParameter
import jp.warifu.ffi.PassphraseError as FfiPassphraseError
import jp.warifu.ffi.PinError as FfiPinError
import jp.warifu.ffi.SyncError as FfiSyncError
import jp.warifu.ffi.TokenError as FfiTokenError
import jp.warifu.ffi.VaultError as FfiVaultError
import jp.warifu.ffi.WarifuException as FfiException
import jp.warifu.ffi.describe as ffiDescribe
import jp.warifu.ffi.supportCode as ffiSupportCode

/**
 * Calls the core, and throws what it refuses as this layer's own. A panic's message stays behind: it is
 * for nobody who would see it here.
 */
internal inline fun <T> told(thrown: () -> Throwable? = { null }, call: () -> T): T = try {
    call()
} catch (refused: FfiException.Core) {
    throw refused.error.toPublic(Told(ffiSupportCode(refused.error), ffiDescribe(refused.error), thrown()))
} catch (_: FfiException.MalformedId) {
    throw WarifuException.Internal()
} catch (_: InternalException) {
    throw WarifuException.Internal()
}

internal fun FfiTokenError.toPublic(told: Told): WarifuException = when (this) {
    FfiTokenError.Locked -> WarifuException.Locked(told)

    is FfiTokenError.Vault -> v1.toPublic(told)

    is FfiTokenError.Clock -> WarifuException.ClockImplausible(told, Instant.fromEpochMilliseconds(v1.wall()))

    is FfiTokenError.Sync -> v1.toPublic(told)

    is FfiTokenError.Otpauth -> v1.toPublic(told)

    is FfiTokenError.EnrolmentLink -> v1.toPublic(told)

    is FfiTokenError.Enrolment -> v1.toPublic(told)

    is FfiTokenError.Label -> WarifuException.NameRefused(told, v1.toPublic())

    is FfiTokenError.Flow -> when (v1) {
        FfiMisuse.STALE -> WarifuException.Superseded(told)

        // The loop of this layer answers in order.
        FfiMisuse.ANSWER_AWAITED, FfiMisuse.ENDED -> WarifuException.Internal(told.supportCode)
    }

    is FfiTokenError.Marker -> when (val error = v1) {
        FfiMarkerError.NotAMarker -> WarifuException.NotAMarker(told)
        is FfiMarkerError.Label -> WarifuException.NameRefused(told, error.v1.toPublic())
    }

    is FfiTokenError.Duplicate -> WarifuException.Duplicate(told, EntryId(existing))

    FfiTokenError.Nameless -> WarifuException.Nameless(told)

    FfiTokenError.NotHotp -> WarifuException.NotHotp(told)

    FfiTokenError.CounterExhausted -> WarifuException.CounterExhausted(told)
}

private fun FfiVaultError.toPublic(told: Told): WarifuException = when (this) {
    FfiVaultError.NotFound -> WarifuException.NotFound(told)
    FfiVaultError.AlreadyExists -> WarifuException.AlreadyExists(told)
    FfiVaultError.NotAVault -> WarifuException.NotAVault(told)
    is FfiVaultError.UnsupportedVersion -> WarifuException.UnsupportedVersion(told, found.toInt())
    FfiVaultError.TooLarge -> WarifuException.TooLarge(told)
    is FfiVaultError.Corrupt -> WarifuException.Corrupt(told, part.toPublic())
    FfiVaultError.WrongPassphrase -> WarifuException.WrongPassphrase(told)
    FfiVaultError.NoPassphraseSlot -> WarifuException.NoPassphraseSlot(told)
    is FfiVaultError.Passphrase -> WarifuException.PassphraseRefused(told, v1.toPublic())
    FfiVaultError.KdfOutOfRange -> WarifuException.CostOutOfRange(told)
    FfiVaultError.OutOfMemory -> WarifuException.OutOfMemory(told)
    FfiVaultError.Busy -> WarifuException.Busy(told)
    is FfiVaultError.Io -> WarifuException.Disk(told, operation.toPublic(), cause.toPublic())
    FfiVaultError.Random -> WarifuException.NoRandomness(told)
    FfiVaultError.RolledBack -> WarifuException.RolledBack(told)
    FfiVaultError.Replaced -> WarifuException.Replaced(told)
    FfiVaultError.UnknownEntry -> WarifuException.UnknownEntry(told)
    FfiVaultError.UnknownSlot -> WarifuException.UnknownSlot(told)
    FfiVaultError.LastSlot -> WarifuException.LastSlot(told)
    is FfiVaultError.Pin -> WarifuException.PinRefused(told, v1.toPublic())
    FfiVaultError.PinLimitOutOfRange -> WarifuException.PinLimitOutOfRange(told)
    is FfiVaultError.WrongPin -> WarifuException.WrongPin(told, triesLeft.toInt(), wait.toUptime())
    FfiVaultError.PinDestroyed -> WarifuException.PinDestroyed(told)
    is FfiVaultError.KeyInvalidated -> WarifuException.KeyInvalidated(told, SlotId(slot))
    is FfiVaultError.KeyLost -> WarifuException.KeyLost(told, SlotId(slot))
    FfiVaultError.NeedsReEnrolment -> WarifuException.NeedsReEnrolment(told)
    FfiVaultError.RestoredOnAnotherDevice -> WarifuException.RestoredOnAnotherDevice(told)
    is FfiVaultError.KeyStore -> WarifuException.KeyStoreRefused(told, v1.toPublic())
    FfiVaultError.WrongAnswer -> WarifuException.WrongAnswer(told)
    FfiVaultError.Changed -> WarifuException.Changed(told)
}

private fun FfiCorrupt.toPublic(): VaultPart = when (this) {
    FfiCorrupt.Contents -> VaultPart.Contents
    FfiCorrupt.RootTag -> VaultPart.RootTag
    is FfiCorrupt.Slot -> VaultPart.Slot(SlotId(v1))
    is FfiCorrupt.Record -> VaultPart.Record(EntryId(v1))
    FfiCorrupt.Envelopes -> VaultPart.Envelopes
}

private fun FfiDiskOperation.toPublic() = when (this) {
    FfiDiskOperation.READ -> DiskOperation.READ
    FfiDiskOperation.LOCK -> DiskOperation.LOCK
    FfiDiskOperation.WRITE -> DiskOperation.WRITE
}

private fun FfiIoCause.toPublic() = when (this) {
    FfiIoCause.FULL -> DiskFailure.FULL
    FfiIoCause.NOT_PERMITTED -> DiskFailure.NOT_PERMITTED
    FfiIoCause.NO_FOLDER -> DiskFailure.NO_FOLDER
    FfiIoCause.OTHER -> DiskFailure.OTHER
}

private fun FfiPassphraseError.toPublic() = when (this) {
    FfiPassphraseError.EMPTY -> PassphraseFault.EMPTY
    FfiPassphraseError.TOO_LONG -> PassphraseFault.TOO_LONG
    FfiPassphraseError.TOO_SHORT -> PassphraseFault.TOO_SHORT
    FfiPassphraseError.NOT_TEXT -> PassphraseFault.NOT_TEXT
}

private fun FfiPinError.toPublic() = when (this) {
    FfiPinError.NOT_DIGITS -> PinFault.NOT_DIGITS
    FfiPinError.TOO_SIMPLE -> PinFault.TOO_SIMPLE
}

internal fun FfiInvalidLabel.toPublic() = when (this) {
    FfiInvalidLabel.EMPTY -> NameFault.EMPTY
    FfiInvalidLabel.TOO_LONG -> NameFault.TOO_LONG
    FfiInvalidLabel.FORBIDDEN_CHARACTER -> NameFault.FORBIDDEN_CHARACTER
}

private fun FfiImplausible.wall(): Long = when (this) {
    is FfiImplausible.BeforeEarliest -> wall
    is FfiImplausible.AfterLatest -> wall
}

private fun FfiSyncError.toPublic(told: Told): WarifuException {
    fun failed(why: SyncFault, failure: HttpFailure? = null, status: Int? = null) =
        WarifuException.SyncFailed(told, why, failure, status)
    return when (this) {
        FfiSyncError.NothingToAsk -> failed(SyncFault.NOTHING_TO_ASK)
        FfiSyncError.NotAHost -> WarifuException.TimeHostsRefused(told, TimeHostFault.NOT_A_HOST)
        FfiSyncError.TooManyHosts -> WarifuException.TimeHostsRefused(told, TimeHostFault.TOO_MANY)
        is FfiSyncError.Failed -> failed(SyncFault.NO_RESPONSE, failure = v1.toPublic())
        FfiSyncError.Busy -> failed(SyncFault.BUSY)
        is FfiSyncError.Status -> failed(SyncFault.STATUS, status = status.toInt())
        FfiSyncError.NotAuthentic -> failed(SyncFault.NOT_AUTHENTIC)
        FfiSyncError.Newer -> failed(SyncFault.NEWER)
        FfiSyncError.NoTime -> failed(SyncFault.NO_TIME)
    }
}

private fun FfiLinkError.toPublic(told: Told): WarifuException.LinkRefused {
    fun refused(why: LinkFault, parameter: FfiParameter? = null, name: FfiInvalidLabel? = null) =
        WarifuException.LinkRefused(told, why, parameter?.name?.lowercase(), name?.toPublic())
    return when (this) {
        FfiLinkError.NotOtpauth -> refused(LinkFault.NOT_OTPAUTH)
        FfiLinkError.TooLong -> refused(LinkFault.TOO_LONG)
        FfiLinkError.TooManyParameters -> refused(LinkFault.TOO_MANY_PARAMETERS)
        FfiLinkError.Malformed -> refused(LinkFault.MALFORMED)
        FfiLinkError.NotUtf8 -> refused(LinkFault.NOT_UTF8)
        FfiLinkError.UnknownType -> refused(LinkFault.UNKNOWN_TYPE)
        is FfiLinkError.Missing -> refused(LinkFault.MISSING, parameter)
        is FfiLinkError.Repeated -> refused(LinkFault.REPEATED, parameter)
        is FfiLinkError.OutOfRange -> refused(LinkFault.OUT_OF_RANGE, parameter)
        FfiLinkError.UnknownAlgorithm -> refused(LinkFault.UNKNOWN_ALGORITHM)
        FfiLinkError.NotBase32 -> refused(LinkFault.NOT_BASE32)
        FfiLinkError.SeedTooShort -> refused(LinkFault.SEED_TOO_SHORT)
        FfiLinkError.SeedTooLong -> refused(LinkFault.SEED_TOO_LONG)
        FfiLinkError.Nameless -> refused(LinkFault.NAMELESS)
        FfiLinkError.IssuerMismatch -> refused(LinkFault.ISSUER_MISMATCH)
        is FfiLinkError.Issuer -> refused(LinkFault.ISSUER, name = why)
        is FfiLinkError.Account -> refused(LinkFault.ACCOUNT, name = why)
        FfiLinkError.CredentialId -> refused(LinkFault.CREDENTIAL_ID)
    }
}
