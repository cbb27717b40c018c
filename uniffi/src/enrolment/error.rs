use warifu::{
    credential::{InvalidLabel, SeedLength},
    provision::{
        enrol::{InvalidActivationCode, LinkError as EnrolmentLinkError},
        pskc::{Error as PackageError, Part as PackagePart},
    },
    token::{EnrolmentError, HttpFailure},
    vault::SlotId,
};

/// Why an enrolment did not go on. What is kept of it stays as it is, unless a variant says otherwise;
/// resuming goes on.
#[uniffi::remote(Enum)]
pub enum EnrolmentError {
    /// None is pending.
    NothingPending,
    /// Another one is pending, and the service has answered it: resume it, or discard it first.
    AnotherPending,
    /// This version cannot read the one that is pending; a later one may. Or discard it.
    Unreadable,
    /// No response came.
    Failed(HttpFailure),
    /// The service could not read what it was sent: it has another key than the link, or another
    /// version. It is nobody's signed word, like every status.
    NotUnderstood,
    /// The service does not take the activation code: it is not known, used or expired. Or there is
    /// none, and the service wants one.
    CodeRefused,
    /// The service knows nothing of this enrolment, or does not keep it any more.
    NotKept,
    /// The service has no time now.
    Busy,
    /// Another status than the protocol has.
    Status {
        /// Which, like 500.
        status: u16,
    },
    /// What came is not from the service that the link names, or was changed on the way.
    NotAuthentic,
    /// It is the service's, and the package in it is none that this version takes.
    Package(PackageError),
    /// It is the service's verdict, of a later version.
    NewerVerdict,
    /// The bank demands a PIN, biometrics or a passphrase: add one of these slots.
    VerificationMissing,
    /// The bank demands that the vault opens by a PIN, biometrics or a passphrase alone: remove this
    /// slot, and with it its key.
    SlotTooWeak {
        /// Which.
        slot: SlotId,
    },
    /// A credential's bank demands that the vault opens by a PIN, biometrics or a passphrase alone, so
    /// no slot of the device alone is made.
    VerificationDemanded,
    /// The service, whose word it is, finds the code wrong in its whole window. With a code by the
    /// time, the phone's clock is wrong.
    CodeWrong {
        /// How far the phone's clock is ahead of the service's; below 0, behind it.
        ahead_millis: i64,
    },
    /// The service has ended it: revoked or expired. It is forgotten here too.
    Ended,
    /// Too many codes were wrong; the service says to wait.
    Wait,
    /// The credential is locked or suspended; the bank must act.
    Stopped,
}

/// Why an enrolment link was refused. It holds nothing of the link.
#[uniffi::remote(Enum)]
pub enum EnrolmentLinkError {
    /// It does not begin with `https://`.
    NotALink,
    /// It has more than 640 bytes, or more than 512 before the `#`.
    TooLong,
    /// Its host, port or path is malformed, or it has a query or a user.
    Malformed,
    /// It is plain `http` to another machine.
    Insecure,
    /// It has no service key.
    NoKey,
    /// Its service key is not 52 characters of base32.
    BadKey,
    /// Its activation code is none.
    Activation(InvalidActivationCode),
    /// A parameter stands twice.
    Repeated,
    /// It has a parameter that this version does not know.
    UnknownParameter,
}

/// Why an activation code was refused. It holds nothing of the code.
#[uniffi::remote(Enum)]
pub enum InvalidActivationCode {
    /// It holds something else than digits.
    NotDigits,
    /// It has fewer or more than 16 digits.
    WrongLength,
    /// Its check digit does not fit: a digit is wrong, or two are swapped.
    Mistyped,
}

/// Why a service's package was refused. It holds nothing of the package.
#[uniffi::remote(Enum)]
pub enum PackageError {
    /// It is longer than 12,288 bytes.
    TooLong,
    /// It is not UTF-8.
    NotUtf8,
    /// It is not well-formed XML.
    Malformed,
    /// It has a document type declaration, a processing instruction, an entity that XML does not have
    /// by itself, or a CDATA section.
    NotTaken,
    /// It has more than 256 elements, or more than 12 one in another.
    TooComplex,
    /// It has an element, an attribute or a text where the profile has none.
    Unknown,
    /// A part that must be there is not.
    Missing {
        /// Which one.
        part: PackagePart,
    },
    /// A part stands twice.
    Repeated {
        /// Which one.
        part: PackagePart,
    },
    /// A part's value is none that the profile has.
    OutOfRange {
        /// Which one.
        part: PackagePart,
    },
    /// A key is not base64, or not one text.
    NotBase64,
    /// A key is too short or too long.
    Seed(SeedLength),
    /// The device key does not have 32 bytes.
    DeviceKeyLength,
    /// Issuer or account cannot be shown.
    Label(InvalidLabel),
    /// The credential ID is none, or the keys do not all have the same.
    CredentialId,
}

/// Why a key was refused.
#[uniffi::remote(Enum)]
pub enum SeedLength {
    /// Under 80 bits.
    TooShort,
    /// Over 2,048 bits.
    TooLong,
}

/// An element or an attribute of a package, by its name.
#[uniffi::remote(Enum)]
pub enum PackagePart {
    /// The whole document.
    KeyContainer,
    /// Attribute of the container: the version of PSKC.
    Version,
    /// A key, and what it is in.
    KeyPackage,
    /// What the key is in.
    DeviceInfo,
    /// Who made it.
    Manufacturer,
    /// The credential ID.
    SerialNo,
    /// A key.
    Key,
    /// Attribute of a key: the credential ID, with a suffix by purpose.
    Id,
    /// Attribute of a key: how it is used.
    Algorithm,
    /// The bank.
    Issuer,
    /// The account.
    FriendlyName,
    /// How codes are made.
    AlgorithmParameters,
    /// The hash under the HMAC.
    Suite,
    /// What codes look like.
    ResponseFormat,
    /// Attribute of the format: the number of digits.
    Length,
    /// Attribute of the format: decimal.
    Encoding,
    /// The key's values.
    Data,
    /// The key itself.
    Secret,
    /// T0, in seconds.
    Time,
    /// The period, in seconds.
    TimeInterval,
    /// The next counter.
    Counter,
    /// A value in the clear.
    PlainValue,
    /// What the key may be used for.
    Policy,
    /// For what.
    KeyUsage,
    /// warifu's own: what the issuer demands.
    CredentialPolicy,
    /// Attribute of the demands: which unlock.
    Unlock,
    /// Attribute of the demands: whether the credential may leave the device.
    Export,
    /// Attribute of the demands: what a code made from the time needs.
    Clock,
}
