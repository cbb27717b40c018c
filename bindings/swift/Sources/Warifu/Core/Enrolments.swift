import Foundation
internal import WarifuFFI

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

// What the core says of enrolments and asks of the network, and back.

extension EnrolmentPreview {
    init(_ core: WarifuFFI.EnrolmentPreview) {
        self.init(host: core.host, hasActivation: core.hasActivation)
    }
}

extension PendingEnrolment {
    init(_ core: WarifuFFI.PendingEnrolment) {
        self.init(host: core.host, answered: core.answered.map(AnsweredEnrolment.init))
    }
}

extension AnsweredEnrolment {
    fileprivate init(_ core: WarifuFFI.AnsweredEnrolment) {
        let names = Names(issuer: core.issuer, account: core.account, credentialID: core.credentialId)
        let unlock: UnlockPolicy =
            switch core.unlock {
            case .any: .any
            case .userVerification: .userVerification
            }
        self.init(names: names, unlock: unlock)
    }
}

extension BindingLevel {
    var core: WarifuFFI.BindingLevel {
        switch self {
        case .none: .none
        case .operatingSystem: .operatingSystem
        case .hardware: .hardware
        }
    }
}

extension HTTPRequest {
    init(_ core: WarifuFFI.HttpErrand) throws {
        guard let url = URL(string: core.url) else { throw HTTPFailure.unavailable }
        let method: HTTPMethod =
            switch core.method {
            case .get: .get
            case .head: .head
            case .post: .post
            }
        self.init(
            method: method, url: url, contentType: core.contentType, body: core.body,
            maxResponse: Int(core.maxResponse), timeout: .milliseconds(core.timeout))
    }
}

extension HTTPResponse {
    var core: WarifuFFI.HttpAnswer {
        guard let status = UInt16(exactly: status) else { return .failed(.unavailable) }
        return .response(status: status, body: body, date: date, hasAge: hasAge)
    }
}

extension HTTPFailure {
    /// What a client's own error says.
    package init(_ error: any Error) {
        self =
            switch error {
            case let failure as HTTPFailure: failure
            case let error as URLError: HTTPFailure(certificateOf: error) ?? HTTPFailure(error.code)
            default: .unavailable
            }
    }

    /// Foundation of Swift on Linux has one code for all that is wrong on the way to a host. What is wrong with a
    /// certificate stands in curl's words alone, which are OpenSSL's.
    private init?(certificateOf error: URLError) {
        #if canImport(FoundationNetworking)
            let words = error.localizedDescription
            guard error.code == .cannotConnectToHost, words.hasPrefix("SSL certificate problem:") else { return nil }
            let isTime = ["certificate has expired", "certificate is not yet valid"].contains(where: words.hasSuffix)
            self = isTime ? .certificateTime : .untrusted
        #else
            return nil
        #endif
    }

    private init(_ code: URLError.Code) {
        switch code {
        case .timedOut: self = .timedOut
        case .serverCertificateHasBadDate, .serverCertificateNotYetValid: self = .certificateTime
        case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasUnknownRoot,
            .clientCertificateRejected, .clientCertificateRequired, .appTransportSecurityRequiresSecureConnection:
            self = .untrusted
        case .dataLengthExceedsMaximum: self = .tooLarge
        case .badURL, .cancelled: self = .unavailable
        // Foundation of Swift on Linux says `unsupportedURL` of what is no HTTP, and `unknown` of what breaks off.
        default: self = .unreachable
        }
    }

    init(_ core: WarifuFFI.HttpFailure) {
        switch core {
        case .unreachable: self = .unreachable
        case .timedOut: self = .timedOut
        case .untrusted: self = .untrusted
        case .certificateTime: self = .certificateTime
        case .tooLarge: self = .tooLarge
        case .unavailable: self = .unavailable
        }
    }

    var core: WarifuFFI.HttpFailure {
        switch self {
        case .unreachable: .unreachable
        case .timedOut: .timedOut
        case .untrusted: .untrusted
        case .certificateTime: .certificateTime
        case .tooLarge: .tooLarge
        case .unavailable: .unavailable
        }
    }
}

extension WarifuError.Reason {
    init(_ core: WarifuFFI.EnrolmentLinkError) {
        switch core {
        case .notALink: self = .enrolmentLink(.notALink)
        case .tooLong: self = .enrolmentLink(.tooLong)
        case .malformed: self = .enrolmentLink(.malformed)
        case .insecure: self = .enrolmentLink(.insecure)
        case .noKey: self = .enrolmentLink(.noKey)
        case .badKey: self = .enrolmentLink(.badKey)
        case .activation(.notDigits): self = .activationCode(.notDigits)
        case .activation(.wrongLength): self = .activationCode(.wrongLength)
        case .activation(.mistyped): self = .activationCode(.mistyped)
        case .repeated: self = .enrolmentLink(.repeated)
        case .unknownParameter: self = .enrolmentLink(.unknownParameter)
        }
    }
}

extension WarifuError.EnrolmentFault {
    init(_ core: WarifuFFI.EnrolmentError) {
        switch core {
        case .nothingPending: self = .nothingPending
        case .anotherPending: self = .anotherPending
        case .unreadable: self = .unreadable
        case .failed(let failure): self = .failed(HTTPFailure(failure))
        case .notUnderstood: self = .notUnderstood
        case .codeRefused: self = .activationCodeNotTaken
        case .notKept: self = .notKept
        case .busy: self = .busy
        case .status(let status): self = .status(Int(status))
        case .notAuthentic: self = .notAuthentic
        case .package(let error): self = .package(WarifuError.PackageFault(error))
        case .newerVerdict: self = .newerVerdict
        case .verificationMissing: self = .verificationMissing
        case .slotTooWeak(let slot): self = .slotTooWeak(SlotID(core: slot))
        case .verificationDemanded: self = .verificationDemanded
        case .codeWrong(let ahead): self = .codeWrong(clockAhead: .milliseconds(ahead))
        case .ended: self = .ended
        case .wait: self = .wait
        case .stopped: self = .stopped
        }
    }
}

extension WarifuError.PackageFault {
    fileprivate init(_ core: WarifuFFI.PackageError) {
        switch core {
        case .tooLong: self = .tooLong
        case .notUtf8: self = .notUTF8
        case .malformed: self = .malformed
        case .notTaken: self = .notTaken
        case .tooComplex: self = .tooComplex
        case .unknown: self = .unknown
        case .missing(let part): self = .missing(part: part.inXML)
        case .repeated(let part): self = .repeated(part: part.inXML)
        case .outOfRange(let part): self = .outOfRange(part: part.inXML)
        case .notBase64: self = .notBase64
        case .seed(.tooShort): self = .seedTooShort
        case .seed(.tooLong): self = .seedTooLong
        case .deviceKeyLength: self = .deviceKeyLength
        case .label(let why): self = .name(WarifuError.NameFault(why))
        case .credentialId: self = .credentialID
        }
    }
}

extension WarifuFFI.PackagePart {
    /// A case of no data prints as its name: `serialNo` is `SerialNo`.
    fileprivate var inXML: String {
        let name = String(describing: self)
        return name.prefix(1).uppercased() + name.dropFirst()
    }
}
