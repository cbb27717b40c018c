import Foundation
public import Warifu

/// A network whose replies a test decides. Each request takes the next of those that were ``enqueue(_:)``d; without one
/// the host cannot be reached.
///
/// The answers to an enrolment and to a question for the bank's time take the bank's key, so no fixed bytes come to a good
/// end here: it serves for whatever an app does when a request fails, is slow, or is answered with a status.
public final class FakeHTTPTransport: HTTPTransport {
    /// A request that was made, without its body.
    public struct Sent: Sendable, Hashable {
        /// GET, HEAD or POST.
        public let method: HTTPMethod
        /// Where to.
        public let url: URL
        /// How many bytes its body had.
        public let count: Int
    }

    /// What comes of a request.
    public enum Reply: Sendable {
        /// A response without a body, like 503.
        case status(Int)
        /// A response of status 200.
        case body([UInt8])
        /// A response of status 200 without a body, with this `Date`, like `Wed, 18 May 2033 03:33:30 GMT`.
        case date(String)
        /// What is thrown, such as an `HTTPFailure`.
        case failure(any Error)
        /// Nothing, until the task is cancelled.
        case never
    }

    private struct State {
        var replies: [Reply] = []
        var sent: [Sent] = []
    }

    private let state = Locked(State())

    /// A network without a host.
    public init() {}

    /// What was asked for so far.
    public var sent: [Sent] { state { $0.sent } }

    /// Says what comes of the requests that follow, one each.
    public func enqueue(_ replies: Reply...) {
        state { $0.replies += replies }
    }

    /// Takes the next reply.
    public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let reply = state { state in
            state.sent.append(Sent(method: request.method, url: request.url, count: request.body.count))
            return state.replies.isEmpty ? .failure(HTTPFailure.unreachable) : state.replies.removeFirst()
        }
        switch reply {
        case .status(let status): return HTTPResponse(status: status)
        case .body(let bytes): return HTTPResponse(status: 200, body: SecretBytes(bytes))
        case .date(let date): return HTTPResponse(status: 200, date: date)
        case .failure(let error): throw error
        case .never:
            while true { try await Task.sleep(for: .seconds(3_600)) }
        }
    }
}
