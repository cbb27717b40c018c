/// An error of Security, LocalAuthentication or CryptoTokenKit, by its domain and code alone. Nothing in it is secret.
///
/// Where a ``KeychainKeyProtector`` has no better word for one, it is the `cause` of the call's `WarifuError`.
public struct SecurityFault: Error, Sendable, Hashable {
    /// Like `NSOSStatusErrorDomain`.
    public let domain: String
    /// Like -25308, which the documentation of the domain explains.
    public let code: Int

    package init(domain: String, code: Int) {
        self.domain = domain
        self.code = code
    }
}

extension SecurityFault: CustomStringConvertible {
    /// The domain and the code.
    public var description: String { "\(domain) \(code)" }
}

extension SecurityFault {
    // Each domain's name is that which its errors have; the codes are those of Apple's documentation. They are written
    // out, so that what follows from them can be tested where those frameworks are not.

    /// `OSStatus`, as in <https://developer.apple.com/documentation/security/security-framework-result-codes>.
    package static let osStatusDomain = "NSOSStatusErrorDomain"
    /// `LAError`, as in <https://developer.apple.com/documentation/localauthentication/laerror-swift.struct/code>.
    package static let localAuthenticationDomain = "com.apple.LocalAuthentication"
    /// `TKError`, as in <https://developer.apple.com/documentation/cryptotokenkit/tkerror-swift.struct/code>.
    package static let cryptoTokenKitDomain = "CryptoTokenKit"

    /// Of an `OSStatus`.
    package init(status: Int32) {
        self.init(domain: Self.osStatusDomain, code: Int(status))
    }

    /// What an error says, as far as a key store's caller is concerned.
    package enum Meaning: Sendable, Hashable {
        /// There is no such key.
        case missing
        /// The person, the app or the system put an end to the prompt.
        case cancelled
        /// Too many wrong tries.
        case lockedOut
        /// No finger or face, or no passcode, is enrolled.
        case notEnrolled
        /// The person may have failed to show who they are, or those who are enrolled may be others than before: Apple's
        /// systems say the same for both.
        case rejected
        /// Nobody can be asked now: the device is locked, the app in the background.
        case notInteractive
        /// None of these.
        case failure
    }

    /// What the error says.
    package var meaning: Meaning {
        switch (domain, code) {
        case (Self.osStatusDomain, -25_300),  // errSecItemNotFound
            (Self.cryptoTokenKitDomain, -6):  // objectNotFound
            .missing
        case (Self.osStatusDomain, -128),  // errSecUserCanceled
            (Self.localAuthenticationDomain, -2),  // userCancel
            (Self.localAuthenticationDomain, -3),  // userFallback: the button that goes to the PIN
            (Self.localAuthenticationDomain, -4),  // systemCancel
            (Self.localAuthenticationDomain, -9),  // appCancel
            (Self.localAuthenticationDomain, -10),  // invalidContext: ended before it began
            (Self.cryptoTokenKitDomain, -4):  // canceledByUser
            .cancelled
        case (Self.localAuthenticationDomain, -8):  // biometryLockout
            .lockedOut
        case (Self.localAuthenticationDomain, -5),  // passcodeNotSet
            (Self.localAuthenticationDomain, -6),  // biometryNotAvailable
            (Self.localAuthenticationDomain, -7):  // biometryNotEnrolled
            .notEnrolled
        case (Self.osStatusDomain, -25_293),  // errSecAuthFailed
            (Self.localAuthenticationDomain, -1),  // authenticationFailed
            (Self.cryptoTokenKitDomain, -5):  // authenticationFailed
            .rejected
        case (Self.osStatusDomain, -25_308),  // errSecInteractionNotAllowed
            (Self.localAuthenticationDomain, -1_004),  // notInteractive
            (Self.cryptoTokenKitDomain, -9):  // authenticationNeeded
            .notInteractive
        default:
            .failure
        }
    }
}
