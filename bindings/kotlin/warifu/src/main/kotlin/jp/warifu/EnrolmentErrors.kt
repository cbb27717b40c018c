package jp.warifu

import jp.warifu.WarifuException.Told
import kotlin.time.Duration.Companion.milliseconds
import jp.warifu.ffi.EnrolmentError as FfiEnrolmentError
import jp.warifu.ffi.EnrolmentLinkError as FfiEnrolmentLinkError
import jp.warifu.ffi.InvalidActivationCode as FfiInvalidActivationCode
import jp.warifu.ffi.InvalidLabel as FfiInvalidLabel
import jp.warifu.ffi.PackageError as FfiPackageError
import jp.warifu.ffi.PackagePart as FfiPackagePart
import jp.warifu.ffi.SeedLength as FfiSeedLength

// What the core refuses of an enrolment, as this layer's own.

internal fun FfiEnrolmentError.toPublic(told: Told): WarifuException = when (this) {
    FfiEnrolmentError.NothingPending -> WarifuException.NothingPending(told)
    FfiEnrolmentError.AnotherPending -> WarifuException.AnotherPending(told)
    FfiEnrolmentError.Unreadable -> WarifuException.PendingUnreadable(told)
    is FfiEnrolmentError.Failed -> WarifuException.RequestFailed(told, v1.toPublic())
    FfiEnrolmentError.NotUnderstood -> WarifuException.NotUnderstood(told)
    FfiEnrolmentError.CodeRefused -> WarifuException.ActivationCodeNotTaken(told)
    FfiEnrolmentError.NotKept -> WarifuException.NotKept(told)
    FfiEnrolmentError.Busy -> WarifuException.ServiceBusy(told)
    is FfiEnrolmentError.Status -> WarifuException.UnexpectedStatus(told, status.toInt())
    FfiEnrolmentError.NotAuthentic -> WarifuException.ServiceNotAuthentic(told)
    is FfiEnrolmentError.Package -> v1.toPublic(told)
    FfiEnrolmentError.NewerVerdict -> WarifuException.NotUnderstood(told)
    FfiEnrolmentError.VerificationMissing -> WarifuException.VerificationMissing(told)
    is FfiEnrolmentError.SlotTooWeak -> WarifuException.SlotTooWeak(told, SlotId(slot))
    FfiEnrolmentError.VerificationDemanded -> WarifuException.VerificationDemanded(told)
    is FfiEnrolmentError.CodeWrong -> WarifuException.ServiceRefusedCode(told, aheadMillis.milliseconds)
    FfiEnrolmentError.Ended -> WarifuException.EnrolmentEnded(told)
    FfiEnrolmentError.Wait -> WarifuException.ServiceSaysWait(told)
    FfiEnrolmentError.Stopped -> WarifuException.CredentialStopped(told)
}

internal fun FfiEnrolmentLinkError.toPublic(told: Told): WarifuException {
    fun refused(why: EnrolmentLinkFault) = WarifuException.EnrolmentLinkRefused(told, why)
    return when (this) {
        FfiEnrolmentLinkError.NotALink -> refused(EnrolmentLinkFault.NOT_A_LINK)
        FfiEnrolmentLinkError.TooLong -> refused(EnrolmentLinkFault.TOO_LONG)
        FfiEnrolmentLinkError.Malformed -> refused(EnrolmentLinkFault.MALFORMED)
        FfiEnrolmentLinkError.Insecure -> refused(EnrolmentLinkFault.INSECURE)
        FfiEnrolmentLinkError.NoKey -> refused(EnrolmentLinkFault.NO_KEY)
        FfiEnrolmentLinkError.BadKey -> refused(EnrolmentLinkFault.BAD_KEY)
        is FfiEnrolmentLinkError.Activation -> WarifuException.ActivationCodeRefused(told, v1.toPublic())
        FfiEnrolmentLinkError.Repeated -> refused(EnrolmentLinkFault.REPEATED)
        FfiEnrolmentLinkError.UnknownParameter -> refused(EnrolmentLinkFault.UNKNOWN_PARAMETER)
    }
}

private fun FfiInvalidActivationCode.toPublic() = when (this) {
    FfiInvalidActivationCode.NOT_DIGITS -> ActivationCodeFault.NOT_DIGITS
    FfiInvalidActivationCode.WRONG_LENGTH -> ActivationCodeFault.WRONG_LENGTH
    FfiInvalidActivationCode.MISTYPED -> ActivationCodeFault.MISTYPED
}

private fun FfiPackageError.toPublic(told: Told): WarifuException.PackageRefused {
    fun refused(why: PackageFault, part: FfiPackagePart? = null, name: FfiInvalidLabel? = null) =
        WarifuException.PackageRefused(told, why, part?.inXml(), name?.toPublic())
    return when (this) {
        FfiPackageError.TooLong -> refused(PackageFault.TOO_LONG)

        FfiPackageError.NotUtf8 -> refused(PackageFault.NOT_UTF8)

        FfiPackageError.Malformed -> refused(PackageFault.MALFORMED)

        FfiPackageError.NotTaken -> refused(PackageFault.NOT_TAKEN)

        FfiPackageError.TooComplex -> refused(PackageFault.TOO_COMPLEX)

        FfiPackageError.Unknown -> refused(PackageFault.UNKNOWN)

        is FfiPackageError.Missing -> refused(PackageFault.MISSING, part)

        is FfiPackageError.Repeated -> refused(PackageFault.REPEATED, part)

        is FfiPackageError.OutOfRange -> refused(PackageFault.OUT_OF_RANGE, part)

        FfiPackageError.NotBase64 -> refused(PackageFault.NOT_BASE64)

        is FfiPackageError.Seed -> when (v1) {
            FfiSeedLength.TOO_SHORT -> refused(PackageFault.SEED_TOO_SHORT)
            FfiSeedLength.TOO_LONG -> refused(PackageFault.SEED_TOO_LONG)
        }

        FfiPackageError.DeviceKeyLength -> refused(PackageFault.DEVICE_KEY_LENGTH)

        is FfiPackageError.Label -> refused(PackageFault.NAME, name = v1)

        FfiPackageError.CredentialId -> refused(PackageFault.CREDENTIAL_ID)
    }
}

/** `SERIAL_NO` is `SerialNo`. */
private fun FfiPackagePart.inXml(): String = name.split('_').joinToString("") { it.take(1) + it.drop(1).lowercase() }
