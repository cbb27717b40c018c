import Foundation
package import WarifuFFI

/// Calls the core, or throws what went wrong as an app is told it.
func translated<Value>(_ call: () throws -> Value) throws(WarifuError) -> Value {
    do {
        return try call()
    } catch let error as WarifuError {
        throw error
    } catch WarifuFFI.WarifuError.Core(let error) {
        throw WarifuError(error)
    } catch {
        // A panic in the core, or an identifier that this layer spoilt. Their text is not for an app's log.
        throw .internal
    }
}

extension WarifuError {
    static let closed = WarifuError(.closed, supportCode: nil, message: "the token was closed")
    static let cancelled = WarifuError(.cancelled, supportCode: nil, message: "the task was cancelled")
    static func pinMustWait(_ wait: Duration) -> WarifuError {
        WarifuError(.pinMustWait(wait), supportCode: nil, message: "the next try at the PIN has to wait for \(wait)")
    }
    static let `internal` = WarifuError(.internal, supportCode: nil, message: "a fault in warifu itself")

    func with(cause: (any Error)?) -> WarifuError {
        WarifuError(reason, supportCode: supportCode, message: message, cause: cause)
    }

    /// With the support code and the sentence that the core has for it; for samples too.
    package init(_ error: TokenError) {
        self.init(Reason(error), supportCode: WarifuFFI.supportCode(error: error), message: describe(error: error))
    }

    /// As a token throws it when its key store refuses so: for what an app asks the key store for by itself.
    public init(_ refusal: KeyRefusal) {
        self.init(.vault(.keyStore(refusal.core)))
    }
}

extension WarifuError.Reason {
    fileprivate init(_ error: TokenError) {
        switch error {
        case .locked: self = .locked
        case .vault(let error): self.init(error)
        case .clock(.beforeEarliest(let wall)): self = .clockTooEarly(wall: Date(unixMilliseconds: wall))
        case .clock(.afterLatest(let wall)): self = .clockTooLate(wall: Date(unixMilliseconds: wall))
        case .sync(let error): self = .sync(WarifuError.SyncFault(error))
        case .otpauth(let error): self = .link(WarifuError.LinkFault(error))
        case .enrolmentLink(let error): self.init(error)
        case .enrolment(let error): self = .enrolment(WarifuError.EnrolmentFault(error))
        case .label(let error): self = .name(WarifuError.NameFault(error))
        case .flow(.stale): self = .flow(.stale)
        case .flow(.answerAwaited): self = .flow(.answerAwaited)
        case .flow(.ended): self = .flow(.ended)
        case .marker(.notAMarker): self = .marker(.notAMarker)
        case .marker(.label(let error)): self = .marker(.name(WarifuError.NameFault(error)))
        case .duplicate(let existing): self = .duplicate(of: EntryID(core: existing))
        case .nameless: self = .nameless
        case .notHotp: self = .notHOTP
        case .counterExhausted: self = .countersExhausted
        }
    }

    private init(_ error: VaultError) {
        switch error {
        case .notFound: self = .notFound
        case .alreadyExists: self = .alreadyExists
        case .notAVault: self = .notAVault
        case .unsupportedVersion(let found): self = .unsupportedVersion(found: Int(found))
        case .tooLarge: self = .tooLarge
        case .corrupt(let part): self = .corrupt(WarifuError.VaultPart(part))
        case .wrongPassphrase: self = .wrongPassphrase
        case .noPassphraseSlot: self = .noPassphraseSlot
        case .passphrase(let error): self = .passphrase(WarifuError.PassphraseFault(error))
        case .kdfOutOfRange: self = .costOutOfRange
        case .outOfMemory: self = .outOfMemory
        case .busy: self = .busy
        case .io(let operation, let cause):
            self = .disk(WarifuError.DiskOperation(operation), WarifuError.DiskFault(cause))
        case .random: self = .noRandomness
        case .rolledBack: self = .rolledBack
        case .replaced: self = .replaced
        case .unknownEntry: self = .unknownEntry
        case .unknownSlot: self = .unknownSlot
        case .lastSlot: self = .lastSlot
        case .pin(.notDigits): self = .pin(.notDigits)
        case .pin(.tooSimple): self = .pin(.tooSimple)
        case .pinLimitOutOfRange: self = .pinLimitOutOfRange
        case .wrongPin(let triesLeft, let wait):
            self = .wrongPIN(triesLeft: Int(triesLeft), wait: .milliseconds(wait))
        case .pinDestroyed: self = .pinDestroyed
        case .keyInvalidated(let slot): self = .keyInvalidated(SlotID(core: slot))
        case .keyLost(let slot): self = .keyLost(SlotID(core: slot))
        case .needsReEnrolment: self = .needsReEnrolment
        case .restoredOnAnotherDevice: self = .restoredOnAnotherDevice
        case .keyStore(let refusal): self = .keyStore(KeyRefusal(refusal))
        case .wrongAnswer: self = .wrongAnswer
        case .changed: self = .changed
        }
    }
}

extension WarifuError.VaultPart {
    fileprivate init(_ core: Corrupt) {
        switch core {
        case .contents: self = .contents
        case .rootTag: self = .rootTag
        case .slot(let id): self = .slot(SlotID(core: id))
        case .record(let id): self = .record(EntryID(core: id))
        case .envelopes: self = .envelopes
        }
    }
}

extension WarifuError.DiskOperation {
    fileprivate init(_ core: WarifuFFI.DiskOperation) {
        switch core {
        case .read: self = .read
        case .lock: self = .lock
        case .write: self = .write
        }
    }
}

extension WarifuError.DiskFault {
    fileprivate init(_ core: IoCause) {
        switch core {
        case .full: self = .full
        case .notPermitted: self = .notPermitted
        case .noFolder: self = .noFolder
        case .other: self = .other
        }
    }
}

extension WarifuError.PassphraseFault {
    fileprivate init(_ core: PassphraseError) {
        switch core {
        case .empty: self = .empty
        case .tooLong: self = .tooLong
        case .tooShort: self = .tooShort
        case .notText: self = .notText
        }
    }
}

extension WarifuError.NameFault {
    init(_ core: InvalidLabel) {
        switch core {
        case .empty: self = .empty
        case .tooLong: self = .tooLong
        case .forbiddenCharacter: self = .forbiddenCharacter
        }
    }
}

extension WarifuError.LinkFault {
    fileprivate init(_ core: OtpauthError) {
        switch core {
        case .notOtpauth: self = .notOtpauth
        case .tooLong: self = .tooLong
        case .tooManyParameters: self = .tooManyParameters
        case .malformed: self = .malformed
        case .notUtf8: self = .notUTF8
        case .unknownType: self = .unknownType
        case .missing(let parameter): self = .missing(WarifuError.LinkParameter(parameter))
        case .repeated(let parameter): self = .repeated(WarifuError.LinkParameter(parameter))
        case .outOfRange(let parameter): self = .outOfRange(WarifuError.LinkParameter(parameter))
        case .unknownAlgorithm: self = .unknownAlgorithm
        case .notBase32: self = .notBase32
        case .seedTooShort: self = .seedTooShort
        case .seedTooLong: self = .seedTooLong
        case .nameless: self = .nameless
        case .issuerMismatch: self = .issuerMismatch
        case .issuer(let why): self = .issuer(WarifuError.NameFault(why))
        case .account(let why): self = .account(WarifuError.NameFault(why))
        case .credentialId: self = .credentialID
        }
    }
}

extension WarifuError.LinkParameter {
    fileprivate init(_ core: Parameter) {
        switch core {
        case .secret: self = .secret
        case .issuer: self = .issuer
        case .algorithm: self = .algorithm
        case .digits: self = .digits
        case .period: self = .period
        case .counter: self = .counter
        case .credentialId: self = .credentialID
        }
    }
}

extension KeyRefusal {
    fileprivate init(_ core: WarifuFFI.KeyRefusal) {
        switch core {
        case .missing: self = .missing
        case .invalidated: self = .invalidated
        case .cancelled: self = .cancelled
        case .lockedOut: self = .lockedOut
        case .notEnrolled: self = .notEnrolled
        case .unavailable: self = .unavailable
        }
    }

    var core: WarifuFFI.KeyRefusal {
        switch self {
        case .missing: .missing
        case .invalidated: .invalidated
        case .cancelled: .cancelled
        case .lockedOut: .lockedOut
        case .notEnrolled: .notEnrolled
        case .unavailable: .unavailable
        }
    }
}
