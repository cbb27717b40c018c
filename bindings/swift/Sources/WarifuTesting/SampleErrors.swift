public import Warifu
internal import enum WarifuFFI.TokenError

/// Errors that an app answers with more than their support code, for previews and tests. Each is as a token throws it.
public enum SampleError: String, CaseIterable, Sendable, Identifiable {
    /// A wrong PIN; 3 tries are left, and the next may come at once.
    case wrongPIN
    /// A wrong PIN; one try is left, and it has to wait for a minute.
    case lastPINTry
    /// The PIN was tried too often.
    case pinDestroyed
    /// A new PIN that anybody tries first.
    case simplePIN
    /// A wrong passphrase.
    case wrongPassphrase
    /// The person cancelled the prompt.
    case promptCancelled
    /// Too many tries with the wrong finger or face.
    case lockedOut
    /// The enrolled fingers or face changed.
    case keyInvalidated
    /// The vault came from another device.
    case restoredOnAnotherDevice
    /// Nothing opens the vault any more.
    case needsReEnrolment
    /// The token service could not be reached.
    case serviceUnreachable
    /// The token service does not take the activation code.
    case activationCodeNotTaken
    /// An activation code with a wrong digit.
    case activationCodeMistyped
    /// The bank demands a PIN, biometrics or a passphrase.
    case verificationMissing
    /// The phone's clock is an hour ahead of the token service's.
    case clockAhead
    /// A link without its secret.
    case linkWithoutSecret
    /// A credential that is there already.
    case duplicate
    /// No space on the disk.
    case diskFull
    /// A part of the vault is damaged.
    case damaged
    /// The device's clock stands in 2001.
    case clockTooEarly
    /// No entry has a service that tells its time, and no host is named.
    case noTimeToAskFor
    /// Nobody who tells the time could be reached.
    case timeUnreachable
    /// By the device's clock a host's certificate is not valid yet, or no more.
    case certificateTime

    /// The error's name.
    public var id: String { rawValue }

    /// What a token throws.
    public var error: WarifuError { WarifuError(core) }

    private var core: TokenError {
        switch self {
        case .wrongPIN: .vault(.wrongPin(triesLeft: 3, wait: 0))
        case .lastPINTry: .vault(.wrongPin(triesLeft: 1, wait: 60_000))
        case .pinDestroyed: .vault(.pinDestroyed)
        case .simplePIN: .vault(.pin(.tooSimple))
        case .wrongPassphrase: .vault(.wrongPassphrase)
        case .promptCancelled: .vault(.keyStore(.cancelled))
        case .lockedOut: .vault(.keyStore(.lockedOut))
        case .keyInvalidated: .vault(.keyInvalidated(slot: String(repeating: "0", count: 15) + "1"))
        case .restoredOnAnotherDevice: .vault(.restoredOnAnotherDevice)
        case .needsReEnrolment: .vault(.needsReEnrolment)
        case .serviceUnreachable: .enrolment(.failed(.unreachable))
        case .activationCodeNotTaken: .enrolment(.codeRefused)
        case .activationCodeMistyped: .enrolmentLink(.activation(.mistyped))
        case .verificationMissing: .enrolment(.verificationMissing)
        case .clockAhead: .enrolment(.codeWrong(aheadMillis: 3_600_000))
        case .linkWithoutSecret: .otpauth(.missing(parameter: .secret))
        case .duplicate: .duplicate(existing: String(repeating: "0", count: 31) + "1")
        case .diskFull: .vault(.io(operation: .write, cause: .full))
        case .damaged: .vault(.corrupt(part: .rootTag))
        case .clockTooEarly: .clock(.beforeEarliest(wall: 1_000_000_000_000))
        case .noTimeToAskFor: .sync(.nothingToAsk)
        case .timeUnreachable: .sync(.failed(.unreachable))
        case .certificateTime: .sync(.failed(.certificateTime))
        }
    }
}
