import Warifu

/// Something did not work: what, and what to do.
struct TroubleState: Hashable, Sendable {
    /// What happened.
    let what: Words
    /// What the customer does next.
    let next: Words
    /// What it is called, as a call centre asks for it; `nil` where the app itself is at fault.
    let supportCode: String?
    /// Where a button leads.
    let way: Way

    /// What there is to do after something did not work.
    enum Way: Hashable, Sendable {
        /// Back to where things work.
        case back
        /// The same again.
        case retry
        /// Erase everything and register anew, for nothing else is left.
        case startOver
    }

    /// The words for an error of the core.
    init(_ error: WarifuError) {
        self.init(supportCode: error.supportCode, way: Way(after: error.reason))
    }

    /// The words for a support code; without one, or without words for it, that the app is at fault.
    init(supportCode: String?, way: Way) {
        what = Words(supportCode.flatMap(TextKey.what) ?? .unexpectedWhat)
        next = Words(supportCode.flatMap(TextKey.next) ?? .unexpectedNext)
        self.supportCode = supportCode
        self.way = way
    }

    /// A picture without a QR code. It is read outside of the core, under a code that the core has for no error.
    static let noCodeInPicture = TroubleState(supportCode: "W-501", way: .back)
}

extension TroubleState.Way {
    /// By what went wrong.
    init(after reason: WarifuError.Reason) {
        self =
            switch reason {
            case .needsReEnrolment, .restoredOnAnotherDevice, .corrupt, .notAVault, .rolledBack: .startOver
            case .enrolment(.failed(.certificateTime)), .sync(.failed(.certificateTime)), .clockTooEarly, .clockTooLate:
                .retry
            case .enrolment(.failed), .enrolment(.busy), .enrolment(.activationCodeNotTaken), .enrolment(.wait), .sync,
                .keyStore, .busy, .changed, .flow, .disk, .cancelled:
                .retry
            default: .back
            }
    }
}
