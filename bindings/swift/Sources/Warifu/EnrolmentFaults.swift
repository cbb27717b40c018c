extension WarifuError {
    /// Why an enrolment did not go on. What is kept of it stays as it is, unless a case says otherwise;
    /// ``Enrolment/resume()`` goes on.
    public enum EnrolmentFault: Sendable, Hashable {
        /// None is pending.
        case nothingPending
        /// Another one is pending, and its service has answered: resume it, or discard it first.
        case anotherPending
        /// This version cannot read the one that is pending; a later one may. Or discard it.
        case unreadable
        /// No response came. What the transport threw is the error's ``WarifuError/cause``.
        case failed(HTTPFailure)
        /// The service could not read what it was sent.
        case notUnderstood
        /// The service does not take the activation code: it is not known, used or expired. Or there is none, and the
        /// service wants one.
        case activationCodeNotTaken
        /// The service knows nothing of this enrolment, or does not keep it any more.
        case notKept
        /// The service has no time now.
        case busy
        /// Another status than the protocol has, like 500.
        case status(Int)
        /// What came is not from the service that the link names, or was changed on the way.
        case notAuthentic
        /// The service's package is none that this version takes.
        case package(PackageFault)
        /// The service's verdict is of a later version.
        case newerVerdict
        /// The bank demands a PIN, biometrics or a passphrase: add such a slot.
        case verificationMissing
        /// The bank demands that the vault opens by a PIN, biometrics or a passphrase alone: remove this slot.
        case slotTooWeak(SlotID)
        /// A credential's bank demands verification of every slot, so no slot of the device alone is made.
        case verificationDemanded
        /// The service, whose word it is, finds the code wrong in its whole window. With a code by the time, the phone's
        /// clock is wrong, by so much ahead of the service's; negative if it is behind.
        case codeWrong(clockAhead: Duration)
        /// The service has ended it. It is forgotten here too.
        case ended
        /// Too many codes were wrong; the service says to wait.
        case wait
        /// The credential is locked or suspended; the bank must act.
        case stopped
    }

    /// Why an enrolment link was refused. It holds nothing of the link.
    public enum EnrolmentLinkFault: Sendable, Hashable {
        /// It does not begin with `https://`.
        case notALink
        /// It has more than 640 bytes, or more than 512 before the `#`.
        case tooLong
        /// Its host, port or path is malformed, or it has a query or a user.
        case malformed
        /// It is plain `http` to another machine.
        case insecure
        /// It has no service key.
        case noKey
        /// Its service key is none.
        case badKey
        /// A parameter stands twice.
        case repeated
        /// It has a parameter that this version does not know.
        case unknownParameter
    }

    /// Why an activation code cannot be one. Nothing was sent.
    public enum ActivationCodeFault: Sendable, Hashable {
        /// It holds something else than digits.
        case notDigits
        /// It has fewer or more than 16 digits.
        case wrongLength
        /// Its check digit does not fit: a digit is wrong, or two are swapped.
        case mistyped
    }

    /// Why a service's package was refused. A part is an element or an attribute, by its name.
    public enum PackageFault: Sendable, Hashable {
        /// It is longer than 12,288 bytes.
        case tooLong
        /// It is not UTF-8.
        case notUTF8
        /// It is not well-formed XML.
        case malformed
        /// It has a part of XML that is not taken: a document type, an entity of its own, CDATA.
        case notTaken
        /// It has more than 256 elements, or more than 12 one in another.
        case tooComplex
        /// It has an element, an attribute or a text where the profile has none.
        case unknown
        /// A part that must be there is not.
        case missing(part: String)
        /// A part stands twice.
        case repeated(part: String)
        /// A part's value is none that the profile has.
        case outOfRange(part: String)
        /// A key is not base64, or not one text.
        case notBase64
        /// A key has fewer than 80 bits.
        case seedTooShort
        /// A key is longer than 256 bytes.
        case seedTooLong
        /// The device key does not have 32 bytes.
        case deviceKeyLength
        /// The issuer or the account cannot be shown.
        case name(NameFault)
        /// The credential ID is none, or the keys do not all have the same.
        case credentialID
    }
}
