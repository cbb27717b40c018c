package jp.warifu.app.state

import jp.warifu.HttpFailure
import jp.warifu.Slot
import jp.warifu.SlotKind
import jp.warifu.Span
import jp.warifu.SyncFault
import jp.warifu.WarifuException
import jp.warifu.app.R
import kotlin.time.Duration

/** What to show of what went wrong. */
fun troubleOf(failed: WarifuException): Page.Trouble = Page.Trouble(failed.supportCode, nextAfter(failed))

/** What a wrong PIN means, in words. */
fun wrongPin(failed: WarifuException.WrongPin): Words = when {
    failed.wait > Duration.ZERO -> Words(R.string.pin_wait, Span.of(failed.wait).inWords(), failed.triesLeft)
    else -> wrongPinAfterWait(failed.triesLeft)
}

/** The same, once the wait is over. */
fun wrongPinAfterWait(triesLeft: Int): Words = Words(R.string.pin_wrong, triesLeft)

/** No PIN is taken for so long, after wrong ones. */
fun pinMustWait(wait: Duration): Words = Words(R.string.pin_must_wait, Span.of(wait).inWords())

/** Where a person shows who they are, with the token open. */
fun proofKeypad(heading: Int, explain: Int, enter: Int, hasPin: Boolean, hasBiometrics: Boolean) = KeypadState(
    heading = heading,
    explain = Words(if (hasPin) explain else R.string.prove_by_biometrics),
    enter = enter,
    hasKeys = hasPin,
    hasBiometrics = hasBiometrics,
    biometrics = R.string.prove_biometrics,
    mayCancel = true,
)

/** Where an app is unlocked, by the slots that its vault lists. */
fun unlockKeypad(slots: List<Slot>): KeypadState {
    val hasPin = slots.any { it.kind == SlotKind.Pin }
    return KeypadState(
        heading = R.string.unlock_heading,
        explain = Words(if (hasPin) R.string.unlock_by_pin else R.string.unlock_by_biometrics),
        enter = R.string.key_open,
        hasHelp = true,
        hasKeys = hasPin,
        hasBiometrics = slots.any { it.kind == SlotKind.Biometric },
    )
}

/** How the app is opened, by its slots. */
fun lockInWords(slots: List<Slot>): Words {
    val kinds = slots.map { it.kind }
    return Words(
        when {
            SlotKind.Device in kinds -> R.string.lock_is_none
            SlotKind.Pin in kinds && SlotKind.Biometric in kinds -> R.string.lock_is_both
            SlotKind.Pin in kinds -> R.string.lock_is_pin
            else -> R.string.lock_is_biometrics
        },
    )
}

private fun nextAfter(failed: WarifuException): Next = when (failed) {
    is WarifuException.NeedsReEnrolment,
    is WarifuException.RestoredOnAnotherDevice,
    is WarifuException.Corrupt,
    is WarifuException.NotAVault,
    is WarifuException.RolledBack,
    -> Next.START_OVER

    is WarifuException.RequestFailed ->
        if (failed.why == HttpFailure.CERTIFICATE_TIME) Next.BACK else Next.RETRY

    // To ask nobody again is of no use.
    is WarifuException.SyncFailed -> if (failed.why == SyncFault.NOTHING_TO_ASK) Next.BACK else Next.RETRY

    is WarifuException.ClockImplausible,
    is WarifuException.ServiceBusy,
    is WarifuException.ServiceRefusedCode,
    is WarifuException.KeyStoreRefused,
    is WarifuException.Busy,
    is WarifuException.Changed,
    is WarifuException.Superseded,
    is WarifuException.Disk,
    -> Next.RETRY

    else -> Next.BACK
}
