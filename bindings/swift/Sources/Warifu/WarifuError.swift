import Foundation

/// What went wrong, with the data to act on it. Nothing in it is secret: it may be logged.
///
/// ```swift
/// do {
///     try await token.unlock(.pin(pin))
/// } catch {
///     switch error.reason {
///     case .wrongPIN(let triesLeft, let wait): show(triesLeft, wait)
///     case .keyStore(.cancelled), .cancelled: break
///     default: show(error.supportCode)
///     }
/// }
/// ```
public struct WarifuError: Error, Sendable {
    /// What went wrong.
    public let reason: Reason
    /// The stable name of what went wrong, as the customer reads it to the call centre: `W-127`. The texts for
    /// customers are found by it. `nil` for what happened on the way to the core, as ``Reason/closed``, and for what is no
    /// fault, as ``Reason/pinMustWait(_:)``.
    public let supportCode: String?
    /// What a ``KeyProtector`` threw that was no ``KeyRefusal``, or an ``HTTPTransport`` that was no ``HTTPFailure``, in
    /// the course of this call.
    public let cause: (any Error)?
    /// What it says to a developer.
    let message: String

    init(_ reason: Reason, supportCode: String?, message: String, cause: (any Error)? = nil) {
        self.reason = reason
        self.supportCode = supportCode
        self.message = message
        self.cause = cause
    }
}

extension WarifuError: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable, LocalizedError {
    /// For a developer, in English. Of a ``cause`` it names the type alone, since nobody knows what its text holds.
    public var description: String {
        let code = supportCode.map { "\($0): " } ?? ""
        let cause = cause.map { " (\(type(of: $0)))" } ?? ""
        return code + message + cause
    }

    /// As ``description``.
    public var debugDescription: String { "WarifuError(\(description))" }

    /// Of a ``cause`` its type alone, so that `dump` and a crash find no more.
    public var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "reason": reason, "supportCode": supportCode as Any, "cause": cause.map { "\(type(of: $0))" } as Any,
            ])
    }

    /// As ``description``. It is not for customers: their texts are found by ``supportCode``.
    public var errorDescription: String? { description }
}

extension WarifuError {
    /// Everything that can go wrong.
    public enum Reason: Sendable, Hashable {
        // MARK: The call

        /// The token was closed: open it anew.
        case closed
        /// The task that made the call was cancelled. What the call was to do was not done, or not to its end: after an
        /// unlock ask ``Token/isUnlocked``.
        case cancelled
        /// A fault in warifu itself. It has no data, since nobody foresaw it.
        case `internal`
        /// The token is locked: unlock it first. Also if the lock came in the middle of the call.
        case locked
        /// A newer call of the same kind came meanwhile, or the call was out of order.
        case flow(FlowFault)

        // MARK: The vault's file

        /// There is no vault at this place.
        case notFound
        /// There is a file at this place already. It is not overwritten.
        case alreadyExists
        /// The file is something else than a vault.
        case notAVault
        /// A later warifu made the vault, in the version `found` of the format.
        case unsupportedVersion(found: Int)
        /// Over the bounds of the format: 16 MiB, 16,384 records.
        case tooLarge
        /// A part of the vault does not fit the rest.
        case corrupt(VaultPart)
        /// Another process is writing; try again in a moment.
        case busy
        /// The disk refused.
        case disk(DiskOperation, DiskFault)
        /// The file is older than what was seen of it.
        case rolledBack
        /// The file is another vault than the one that was opened.
        case replaced
        /// Another process changed the vault meanwhile; try again.
        case changed
        /// The system's source of randomness failed.
        case noRandomness
        /// There is not enough memory to make the vault's key.
        case outOfMemory
        /// The vault's key costs more than is accepted, or an ``Argon2Cost`` is out of range.
        case costOutOfRange

        // MARK: Ways to open it

        /// The passphrase is wrong.
        case wrongPassphrase
        /// No slot takes a passphrase.
        case noPassphraseSlot
        /// A passphrase that cannot be one.
        case passphrase(PassphraseFault)
        /// The PIN is wrong. So many tries are left before the slot is destroyed, and the next one has to wait so long.
        case wrongPIN(triesLeft: Int, wait: Duration)
        /// The wait that wrong PINs have earned lasts for so long, more than nothing, and ``Unlock/pin(_:waits:)`` said not to
        /// wait. The PIN was not tried; another way may open meanwhile.
        case pinMustWait(Duration)
        /// The PIN was tried too often; its slot opens nothing any more. Another slot may open.
        case pinDestroyed
        /// A PIN that cannot be one.
        case pin(PINFault)
        /// A PIN's limit on tries is 2 to 20.
        case pinLimitOutOfRange
        /// There is no such slot, or none of this kind.
        case unknownSlot
        /// The last slot that could open the vault cannot be removed.
        case lastSlot
        /// The slot's key is dead, since the enrolled fingers or face changed. Another slot may open; make this one anew.
        case keyInvalidated(SlotID)
        /// The slot's key is gone from this device. Another slot may open; make this one anew.
        case keyLost(SlotID)
        /// The key store did not do what it was asked. What it threw besides is the error's ``WarifuError/cause``.
        case keyStore(KeyRefusal)
        /// The key store's answer does not fit what was asked.
        case wrongAnswer
        /// No slot can open the vault any more: the bank's 交換 is the way on.
        case needsReEnrolment
        /// The vault came here from another device, whose keys stayed there.
        case restoredOnAnotherDevice

        // MARK: Credentials

        /// An `otpauth://` link that is none.
        case link(LinkFault)
        /// The same credential is there already, as this entry.
        case duplicate(of: EntryID)
        /// There is no such entry.
        case unknownEntry
        /// A name that cannot be shown.
        case name(NameFault)
        /// An entry must keep an issuer or an account.
        case nameless
        /// The entry makes its codes from the time, not on request.
        case notHOTP
        /// Every counter of the credential is spent.
        case countersExhausted
        /// A marker that is none.
        case marker(MarkerFault)

        // MARK: Enrolment

        /// A link that leads to no token service.
        case enrolmentLink(EnrolmentLinkFault)
        /// An activation code, typed or in a link, that cannot be one.
        case activationCode(ActivationCodeFault)
        /// An enrolment did not go on.
        case enrolment(EnrolmentFault)

        // MARK: The clock

        /// The device's wall clock stands before 2020 and cannot be right.
        case clockTooEarly(wall: Date)
        /// The device's wall clock stands after 2106 and cannot be right.
        case clockTooLate(wall: Date)
        /// No clock was heard. What is known of the time stays as it is.
        case sync(SyncFault)
    }

    /// How a call came out of order.
    public enum FlowFault: Sendable, Hashable {
        /// A newer call of the same kind, such as another unlock, has overtaken this one.
        case stale
        /// A step was taken while an answer was awaited.
        case answerAwaited
        /// The call had ended already.
        case ended
    }

    /// A part of the vault's file.
    public enum VaultPart: Sendable, Hashable {
        /// The table of contents.
        case contents
        /// The root tag, or something that it covers.
        case rootTag
        /// The slot that was to open the vault.
        case slot(SlotID)
        /// A record; an entry's has the entry's ID.
        case record(EntryID)
        /// Bytes at the end that belong to no slot.
        case envelopes
    }

    /// What was attempted on the disk.
    public enum DiskOperation: Sendable, Hashable {
        /// To read the vault.
        case read
        /// To take its lock.
        case lock
        /// To write its next version.
        case write
    }

    /// Why the disk refused.
    public enum DiskFault: Sendable, Hashable {
        /// No space, or a quota is used up.
        case full
        /// The folder or the file may not be written or read.
        case notPermitted
        /// The folder is not there.
        case noFolder
        /// Anything else.
        case other
    }

    /// Why a passphrase cannot be one.
    public enum PassphraseFault: Sendable, Hashable {
        /// Nothing was typed.
        case empty
        /// More than 1,024 bytes.
        case tooLong
        /// A new one has fewer than 8 characters.
        case tooShort
        /// Not UTF-8, or with a control character, or, if new, with a character that is not assigned.
        case notText
    }

    /// Why a PIN cannot be one.
    public enum PINFault: Sendable, Hashable {
        /// Not 4 to 12 digits.
        case notDigits
        /// A new one that anybody tries first.
        case tooSimple
    }

    /// Why a text cannot be shown as a name.
    public enum NameFault: Sendable, Hashable {
        /// Nothing but white space.
        case empty
        /// More than 128 characters.
        case tooLong
        /// A control character, or one that changes the direction of its neighbours.
        case forbiddenCharacter
    }

    /// Why bytes are no marker.
    public enum MarkerFault: Sendable, Hashable {
        /// Not this format, or too much of it.
        case notAMarker
        /// A name in it cannot be shown.
        case name(NameFault)
    }

    /// Why a link was refused. It never holds the secret, nor any text of the link.
    public enum LinkFault: Sendable, Hashable {
        /// It is something else than an `otpauth://` link.
        case notOtpauth
        /// It has more than 4,096 bytes.
        case tooLong
        /// It has more than 32 parameters.
        case tooManyParameters
        /// It holds a control character, a raw `#`, or a `%` without two hexadecimal digits, or no label's `/`.
        case malformed
        /// It holds text that is not UTF-8.
        case notUTF8
        /// Its type is neither `totp` nor `hotp`.
        case unknownType
        /// A parameter that must be there is not, or is empty.
        case missing(LinkParameter)
        /// A parameter is there more than once.
        case repeated(LinkParameter)
        /// A parameter is no number, or one out of its range.
        case outOfRange(LinkParameter)
        /// The algorithm is none of SHA1, SHA256 and SHA512.
        case unknownAlgorithm
        /// The secret is not base32.
        case notBase32
        /// The secret has fewer than 80 bits.
        case seedTooShort
        /// The secret is longer than 256 bytes.
        case seedTooLong
        /// There is neither an issuer nor an account.
        case nameless
        /// The label names one issuer, the parameter `issuer` another.
        case issuerMismatch
        /// The issuer cannot be shown.
        case issuer(NameFault)
        /// The account cannot be shown.
        case account(NameFault)
        /// The credential ID is not 4 to 32 letters and digits.
        case credentialID
    }

    /// A parameter of a link, as the link writes it.
    public enum LinkParameter: String, Sendable, Hashable {
        /// The seed.
        case secret
        /// Who issued the credential.
        case issuer
        /// The hash function.
        case algorithm
        /// How many digits a code has.
        case digits
        /// How long a code lives.
        case period
        /// From which counter on codes are made.
        case counter
        /// The issuer's ID for the credential.
        case credentialID = "credential_id"
    }
}
