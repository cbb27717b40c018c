extension WarifuError {
    /// Why no clock was heard. What is known of the time stays as it is.
    public enum SyncFault: Sendable, Hashable {
        /// No entry has a service that tells its time, and no host is named.
        case nothingToAsk
        /// What was named is no host: it is no `https` address.
        case notAHost
        /// More than 8 hosts were named.
        case tooManyHosts
        /// No response came. What the transport threw is the error's ``WarifuError/cause``.
        case failed(HTTPFailure)
        /// The service has no time now.
        case busy
        /// The service does not tell this credential the time, or answers with a status that the protocol does not have,
        /// like 404. It is nobody's signed word.
        case status(Int)
        /// What came is not the service's, or was changed on the way.
        case notAuthentic
        /// It is the service's answer, of a later version.
        case newerVersion
        /// The answer tells nothing about the time: it took too long, contradicts itself, came of a cache, or has no date.
        case noTime
    }
}
