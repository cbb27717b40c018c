use crate::{
    provision::{
        enrol::{AnswerError, VerdictError},
        pskc,
    },
    token::HttpFailure,
    vault::SlotId,
};

/// Why an enrolment did not go on. What is kept of it stays as it is, unless a variant says
/// otherwise; [`Enrolment::resume`](super::Enrolment::resume) goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnrolmentError {
    /// None is pending.
    #[error("no enrolment is pending")]
    NothingPending,
    /// Another one is pending, and the service has answered it: resume it, or discard it first.
    #[error("another enrolment is pending")]
    AnotherPending,
    /// This version cannot read the one that is pending; a later one may. Or discard it.
    #[error("the pending enrolment cannot be read")]
    Unreadable,
    /// No response came.
    #[error(transparent)]
    Failed(#[from] HttpFailure),
    /// The service could not read what it was sent: it has another key than the link, or another
    /// version. It is nobody's signed word, like every status.
    #[error("the service does not understand")]
    NotUnderstood,
    /// The service does not take the activation code: it is not known, used or expired. Or there is
    /// none, and the service wants one.
    #[error("the service does not take the activation code")]
    CodeRefused,
    /// The service knows nothing of this enrolment, or does not keep it any more.
    #[error("the service does not keep this enrolment")]
    NotKept,
    /// The service has no time now.
    #[error("the service is busy")]
    Busy,
    /// Another status than the protocol has.
    #[error("the service answered with status {status}")]
    Status {
        /// Which, like 500.
        status: u16,
    },
    /// What came is not from the service that the link names, or was changed on the way.
    #[error("the answer is not the service's")]
    NotAuthentic,
    /// It is the service's, and the package in it is none that this version takes.
    #[error(transparent)]
    Package(#[from] pskc::Error),
    /// It is the service's verdict, of a later version.
    #[error("the verdict is of a later version")]
    NewerVerdict,
    /// The bank demands a PIN, biometrics or a passphrase: add one of these slots.
    #[error("a slot with user verification is demanded")]
    VerificationMissing,
    /// The bank demands that the vault opens by a PIN, biometrics or a passphrase alone: remove this
    /// slot, and with it its key.
    #[error("a slot without user verification must go")]
    SlotTooWeak {
        /// Which.
        slot: SlotId,
    },
    /// A credential's bank demands that the vault opens by a PIN, biometrics or a passphrase alone, so
    /// no slot of the device alone is made.
    #[error("a credential demands user verification of every slot")]
    VerificationDemanded,
    /// The service, whose word it is, finds the code wrong in its whole window. With a code by the
    /// time, the phone's clock is wrong.
    #[error("the service refuses the code; the clock is {ahead_millis} ms ahead of the service's")]
    CodeWrong {
        /// How far the phone's clock is ahead of the service's; below 0, behind it.
        ahead_millis: i64,
    },
    /// The service has ended it: revoked or expired. It is forgotten here too.
    #[error("the service has ended the enrolment")]
    Ended,
    /// Too many codes were wrong; the service says to wait.
    #[error("the service says to wait")]
    Wait,
    /// The credential is locked or suspended; the bank must act.
    #[error("the credential is stopped")]
    Stopped,
}

impl EnrolmentError {
    /// What a status other than 200 says.
    pub(super) fn of_status(status: u16) -> Self {
        match status {
            400 | 413 | 415 => Self::NotUnderstood,
            403 => Self::CodeRefused,
            404 | 409 | 410 => Self::NotKept,
            429 | 503 => Self::Busy,
            _ => Self::Status { status },
        }
    }
}

impl From<AnswerError> for EnrolmentError {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::TooLong | AnswerError::Malformed | AnswerError::NotForUs => {
                Self::NotAuthentic
            }
            AnswerError::Package(error) => Self::Package(error),
        }
    }
}

impl From<VerdictError> for EnrolmentError {
    fn from(error: VerdictError) -> Self {
        match error {
            VerdictError::Malformed | VerdictError::NotGenuine => Self::NotAuthentic,
            VerdictError::Newer => Self::NewerVerdict,
        }
    }
}
