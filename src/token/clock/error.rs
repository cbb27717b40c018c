use crate::{
    clock::{SampleError, TimeAnswerError},
    credential::InvalidAddress,
    token::HttpFailure,
};

/// Why no clock was heard. What is known of the time stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// No entry has a service that tells its time, and no host is named.
    #[error("there is nobody to ask for the time")]
    NothingToAsk,
    /// What was named is no host: it is no `https` address.
    #[error("a host's address is none")]
    NotAHost,
    /// More than [`TimeSync::MAX_HOSTS`](super::TimeSync::MAX_HOSTS) hosts were named.
    #[error("too many hosts are named")]
    TooManyHosts,
    /// No response came.
    #[error(transparent)]
    Failed(#[from] HttpFailure),
    /// The service has no time now.
    #[error("the service is busy")]
    Busy,
    /// The service does not tell this credential the time, or answers with a status that the protocol
    /// does not have. It is nobody's signed word.
    #[error("the service answered with status {status}")]
    Status {
        /// Which, like 404.
        status: u16,
    },
    /// What came is not the service's, or was changed on the way.
    #[error("the answer is not the service's")]
    NotAuthentic,
    /// It is the service's answer, of a later version.
    #[error("the answer is of a later version")]
    Newer,
    /// The answer tells nothing about the time: it took too long, contradicts itself, came of a cache,
    /// or has no date.
    #[error("the answer tells no time")]
    NoTime,
}

impl SyncError {
    /// Whether the device's date is what is to be mended.
    pub(super) fn is_of_the_date(self) -> bool {
        self == Self::Failed(HttpFailure::CertificateTime)
    }

    /// What a status other than 200 says.
    pub(super) fn of_status(status: u16) -> Self {
        match status {
            429 | 503 => Self::Busy,
            _ => Self::Status { status },
        }
    }
}

impl From<InvalidAddress> for SyncError {
    fn from(_: InvalidAddress) -> Self {
        Self::NotAHost
    }
}

impl From<TimeAnswerError> for SyncError {
    fn from(error: TimeAnswerError) -> Self {
        match error {
            TimeAnswerError::Malformed | TimeAnswerError::NotGenuine => Self::NotAuthentic,
            TimeAnswerError::SentBeforeReceived => Self::NoTime,
            TimeAnswerError::Newer => Self::Newer,
        }
    }
}

impl From<SampleError> for SyncError {
    fn from(error: SampleError) -> Self {
        match error {
            SampleError::OtherBoot
            | SampleError::OutOfOrder
            | SampleError::TooSlow { .. }
            | SampleError::TooCoarse { .. }
            | SampleError::Implausible { .. }
            | SampleError::Impossible => Self::NoTime,
        }
    }
}
