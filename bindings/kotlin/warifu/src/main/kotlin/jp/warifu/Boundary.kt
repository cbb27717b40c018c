package jp.warifu

import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.Instant
import jp.warifu.ffi.Added as FfiAdded
import jp.warifu.ffi.Algorithm as FfiAlgorithm
import jp.warifu.ffi.AnsweredEnrolment as FfiAnsweredEnrolment
import jp.warifu.ffi.BindingLevel as FfiBindingLevel
import jp.warifu.ffi.DamagedSlot as FfiDamagedSlot
import jp.warifu.ffi.DeviceTime as FfiDeviceTime
import jp.warifu.ffi.EnrolmentPreview as FfiEnrolmentPreview
import jp.warifu.ffi.EntryInfo as FfiEntry
import jp.warifu.ffi.Errand as FfiErrand
import jp.warifu.ffi.Generator as FfiGenerator
import jp.warifu.ffi.HttpErrand as FfiHttpErrand
import jp.warifu.ffi.HttpFailure as FfiHttpFailure
import jp.warifu.ffi.HttpMethod as FfiHttpMethod
import jp.warifu.ffi.KdfCost as FfiKdfCost
import jp.warifu.ffi.KeyErrand as FfiKeyErrand
import jp.warifu.ffi.KeyGate as FfiKeyGate
import jp.warifu.ffi.KeyRefusal as FfiKeyRefusal
import jp.warifu.ffi.KeyUse as FfiKeyUse
import jp.warifu.ffi.MarkedBank as FfiMarkedBank
import jp.warifu.ffi.Marker as FfiMarker
import jp.warifu.ffi.Names as FfiNames
import jp.warifu.ffi.NewSlot as FfiNewSlot
import jp.warifu.ffi.PinHardware as FfiPinHardware
import jp.warifu.ffi.PinSetting as FfiPinSetting
import jp.warifu.ffi.Preview as FfiPreview
import jp.warifu.ffi.SlotInfo as FfiSlot
import jp.warifu.ffi.SlotKind as FfiSlotKind
import jp.warifu.ffi.SlotPart as FfiSlotPart
import jp.warifu.ffi.UnlockPolicy as FfiUnlockPolicy
import jp.warifu.ffi.UnlockReport as FfiUnlockReport
import jp.warifu.ffi.UnlockWith as FfiUnlockWith
import jp.warifu.ffi.Weakness as FfiWeakness

// From what the generated code says to what an app reads, and back. Nothing is decided here.

internal fun Long.toInstant(): Instant = Instant.fromEpochMilliseconds(this)

internal fun ULong.toSpan(): Duration = toLong().milliseconds

internal fun ULong.toUptime(): Duration = toSpan()

internal fun DeviceTime.toFfi() = FfiDeviceTime(
    wall = wall.toEpochMilliseconds(),
    uptime = uptime.inWholeMilliseconds.coerceAtLeast(0).toULong(),
    boot = boot.hex,
)

// ---- Credentials. ----

internal fun FfiNames.toPublic() = Names(issuer, account, credentialId)

private fun FfiGenerator.toPublic(): Generator = when (this) {
    is FfiGenerator.Totp -> Generator.Totp(
        algorithm = algorithm.toPublic(),
        digits = digits.toInt(),
        period = steps.period.toInt().seconds,
        start = Instant.fromEpochSeconds(steps.t0),
    )

    is FfiGenerator.Hotp -> Generator.Hotp(algorithm.toPublic(), digits.toInt(), counter)
}

private fun FfiAlgorithm.toPublic() = when (this) {
    FfiAlgorithm.SHA1 -> Algorithm.SHA1
    FfiAlgorithm.SHA256 -> Algorithm.SHA256
    FfiAlgorithm.SHA512 -> Algorithm.SHA512
}

internal fun FfiWeakness.toPublic(): Weakness = when (this) {
    is FfiWeakness.ShortSeed -> Weakness.ShortSeed(bits.toInt())
}

internal fun FfiPreview.toPublic() = Preview(names.toPublic(), generator.toPublic(), weakness?.toPublic())

internal fun FfiEntry.toPublic() = Entry(EntryId(id), names.toPublic(), generator.toPublic(), weakness?.toPublic())

internal fun FfiAdded.toPublic() = Added(EntryId(id), weakness?.toPublic(), sameName.map(::EntryId))

internal fun FfiMarker.toPublic() = Marker(banks.map { Marker.Bank(it.issuer, it.lastFour) })

internal fun Marker.toFfi() = FfiMarker(banks.map { FfiMarkedBank(it.issuer, it.lastFour) })

// ---- Slots. ----

internal fun FfiSlot.toPublic() = Slot(SlotId(id), kind.toPublic(), damage?.toPublic())

internal fun FfiUnlockReport.toPublic() =
    UnlockReport(damagedSlots.map { it.toPublic() }, keptUnread.toInt(), pinCountStays)

private fun FfiDamagedSlot.toPublic() = DamagedSlot(SlotId(id), kind.toPublic(), part.toPublic())

private fun FfiSlotKind.toPublic(): SlotKind = when (this) {
    FfiSlotKind.Passphrase -> SlotKind.Passphrase
    FfiSlotKind.Device -> SlotKind.Device
    FfiSlotKind.Biometric -> SlotKind.Biometric
    FfiSlotKind.Pin -> SlotKind.Pin
    is FfiSlotKind.Other -> SlotKind.Other(v1.toInt())
}

private fun FfiSlotPart.toPublic() = when (this) {
    FfiSlotPart.FIXED -> SlotPart.FIXED
    FfiSlotPart.ENVELOPE -> SlotPart.ENVELOPE
}

internal fun Unlock.toFfi(): FfiUnlockWith = when (this) {
    is Unlock.Passphrase -> error("a passphrase needs no flow")
    Unlock.Device -> FfiUnlockWith.Device
    Unlock.Biometric -> FfiUnlockWith.Biometric
    is Unlock.Pin -> FfiUnlockWith.Pin(pin)
}

internal fun Unlock.wipe() {
    when (this) {
        is Unlock.Passphrase -> passphrase.wipe()
        is Unlock.Pin -> pin.wipe()
        Unlock.Device, Unlock.Biometric -> {}
    }
}

internal fun NewSlot.toFfi(): FfiNewSlot = when (this) {
    is NewSlot.Passphrase -> FfiNewSlot.Passphrase(passphrase, cost?.toFfi())

    NewSlot.Device -> FfiNewSlot.Device

    NewSlot.Biometric -> FfiNewSlot.Biometric

    // A limit that no byte holds is as far out of range as the nearest that one does.
    is NewSlot.Pin -> FfiNewSlot.Pin(
        pin,
        FfiPinSetting(cost?.toFfi(), hardware.toFfi(), limit.coerceIn(0, UByte.MAX_VALUE.toInt()).toUByte()),
    )
}

internal fun NewSlot.wipe() {
    when (this) {
        is NewSlot.Passphrase -> passphrase.wipe()
        is NewSlot.Pin -> pin.wipe()
        NewSlot.Device, NewSlot.Biometric -> {}
    }
}

private fun PinHardware.toFfi() = when (this) {
    PinHardware.MAC -> FfiPinHardware.MAC
    PinHardware.UNWRAP -> FfiPinHardware.UNWRAP
}

// A negative number is out of range on both sides.
internal fun KdfCost.toFfi() = FfiKdfCost(memoryKib.toUInt(), passes.toUInt(), lanes.toUInt())

// ---- The key store. ----

internal fun FfiKeyUse.toPublic() = when (this) {
    FfiKeyUse.WRAP -> KeyUse.WRAP
    FfiKeyUse.MAC -> KeyUse.MAC
}

internal fun FfiKeyGate.toPublic() = when (this) {
    FfiKeyGate.DEVICE -> KeyGate.DEVICE
    FfiKeyGate.BIOMETRIC -> KeyGate.BIOMETRIC
}

internal fun FfiKeyRefusal.toPublic() = when (this) {
    FfiKeyRefusal.MISSING -> KeyRefusal.MISSING
    FfiKeyRefusal.INVALIDATED -> KeyRefusal.INVALIDATED
    FfiKeyRefusal.CANCELLED -> KeyRefusal.CANCELLED
    FfiKeyRefusal.LOCKED_OUT -> KeyRefusal.LOCKED_OUT
    FfiKeyRefusal.NOT_ENROLLED -> KeyRefusal.NOT_ENROLLED
    FfiKeyRefusal.UNAVAILABLE -> KeyRefusal.UNAVAILABLE
}

internal fun KeyRefusal.toFfi() = when (this) {
    KeyRefusal.MISSING -> FfiKeyRefusal.MISSING
    KeyRefusal.INVALIDATED -> FfiKeyRefusal.INVALIDATED
    KeyRefusal.CANCELLED -> FfiKeyRefusal.CANCELLED
    KeyRefusal.LOCKED_OUT -> FfiKeyRefusal.LOCKED_OUT
    KeyRefusal.NOT_ENROLLED -> FfiKeyRefusal.NOT_ENROLLED
    KeyRefusal.UNAVAILABLE -> FfiKeyRefusal.UNAVAILABLE
}

// ---- Enrolment and the network. ----

internal fun FfiEnrolmentPreview.toPublic() = EnrolmentPreview(host, hasActivation)

internal fun FfiAnsweredEnrolment.toPublic() =
    AnsweredEnrolment(Names(issuer, account, credentialId), unlock.toPublic())

private fun FfiUnlockPolicy.toPublic() = when (this) {
    FfiUnlockPolicy.ANY -> UnlockPolicy.ANY
    FfiUnlockPolicy.USER_VERIFICATION -> UnlockPolicy.USER_VERIFICATION
}

internal fun BindingLevel.toFfi() = when (this) {
    BindingLevel.NONE -> FfiBindingLevel.NONE
    BindingLevel.OPERATING_SYSTEM -> FfiBindingLevel.OPERATING_SYSTEM
    BindingLevel.HARDWARE -> FfiBindingLevel.HARDWARE
}

internal fun FfiHttpErrand.toPublic() =
    HttpRequest(method.toPublic(), url, contentType, body, maxResponse.toInt(), timeout.toSpan())

private fun FfiHttpMethod.toPublic() = when (this) {
    FfiHttpMethod.GET -> HttpMethod.GET
    FfiHttpMethod.HEAD -> HttpMethod.HEAD
    FfiHttpMethod.POST -> HttpMethod.POST
}

internal fun FfiHttpFailure.toPublic() = when (this) {
    FfiHttpFailure.UNREACHABLE -> HttpFailure.UNREACHABLE
    FfiHttpFailure.TIMED_OUT -> HttpFailure.TIMED_OUT
    FfiHttpFailure.UNTRUSTED -> HttpFailure.UNTRUSTED
    FfiHttpFailure.CERTIFICATE_TIME -> HttpFailure.CERTIFICATE_TIME
    FfiHttpFailure.TOO_LARGE -> HttpFailure.TOO_LARGE
    FfiHttpFailure.UNAVAILABLE -> HttpFailure.UNAVAILABLE
}

internal fun HttpFailure.toFfi() = when (this) {
    HttpFailure.UNREACHABLE -> FfiHttpFailure.UNREACHABLE
    HttpFailure.TIMED_OUT -> FfiHttpFailure.TIMED_OUT
    HttpFailure.UNTRUSTED -> FfiHttpFailure.UNTRUSTED
    HttpFailure.CERTIFICATE_TIME -> FfiHttpFailure.CERTIFICATE_TIME
    HttpFailure.TOO_LARGE -> FfiHttpFailure.TOO_LARGE
    HttpFailure.UNAVAILABLE -> FfiHttpFailure.UNAVAILABLE
}

/** Overwrites the secret bytes that go with an errand. */
internal fun FfiErrand.wipe() {
    when (this) {
        is FfiErrand.Key -> v1.wipe()
        is FfiErrand.Http -> v1.body.wipe()
    }
}

private fun FfiKeyErrand.wipe() {
    when (this) {
        is FfiKeyErrand.Wrap -> plaintext.wipe()
        is FfiKeyErrand.Mac -> message.wipe()
        else -> {}
    }
}
