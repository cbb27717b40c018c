import Foundation

/// The way to a bank's token service, as a token needs it: ``URLSessionTransport``, an app's own client, a fake in a test.
///
/// It makes one request, once, and returns whatever response comes, a redirect or a refusal too. If none comes it throws
/// an ``HTTPFailure`` that says why, or a `URLError`, which is read as one; so a client needs no more around it than its
/// call. Anything else that is thrown counts as ``HTTPFailure/unavailable``. What was thrown, but for an ``HTTPFailure``,
/// becomes the ``WarifuError/cause`` of the call's error.
///
/// An own one keeps to this:
/// - `https` alone, with the platform's own judgement of certificates; plain `http` to `127.0.0.1`, `[::1]` or
///   `localhost`, and nowhere else.
/// - It follows no redirect, sends and keeps no cookie, asks no cache, adds no credentials, and repeats nothing.
/// - It stops reading beyond ``HTTPRequest/maxResponse``, and when ``HTTPRequest/timeout`` is over.
/// - It logs neither of the bodies.
///
/// Its task is cancelled, and not awaited, when nobody waits for the answer any more: the caller was cancelled, the token
/// was locked, a newer enrolment took over.
public protocol HTTPTransport: Sendable {
    /// Makes the request.
    func send(_ request: HTTPRequest) async throws -> HTTPResponse
}

/// A request to be made. Its body prints as a mask.
public struct HTTPRequest: Sendable {
    /// GET, HEAD or POST.
    public let method: HTTPMethod
    /// Where to, without a fragment.
    public let url: URL
    /// The `Content-Type` of the body, and what to `Accept`.
    public let contentType: String
    /// What to send. It may hold a one-time code, and is wiped when ``HTTPTransport/send(_:)`` has ended.
    public let body: SecretBytes
    /// The most bytes that a response's body may have.
    public let maxResponse: Int
    /// From the beginning to the last byte of the response.
    public let timeout: Duration

    /// A request; for tests of a transport.
    public init(
        method: HTTPMethod, url: URL, contentType: String, body: SecretBytes, maxResponse: Int, timeout: Duration
    ) {
        self.method = method
        self.url = url
        self.contentType = contentType
        self.body = body
        self.maxResponse = maxResponse
        self.timeout = timeout
    }
}

/// The method of a request.
public enum HTTPMethod: String, Sendable, Hashable {
    /// Without a body.
    case get = "GET"
    /// Without a body, either way: the headers alone are asked for.
    case head = "HEAD"
    /// With one.
    case post = "POST"
}

/// A whole response. Its body prints as a mask.
public struct HTTPResponse: Sendable {
    /// Its status, like 200.
    public let status: Int
    /// Its body. That of a status other than 200 is not looked at, and may be left out. It is wiped once it has been used.
    public let body: SecretBytes
    /// The value of the `Date` header as it came, with whichever status; `nil` if there is none, or more than one. A client
    /// that leaves it out tells a token no time.
    public let date: String?
    /// Whether there is an `Age` header, and so the response comes of a cache.
    public let hasAge: Bool

    /// A response.
    public init(status: Int, body: SecretBytes = SecretBytes([]), date: String? = nil, hasAge: Bool = false) {
        self.status = status
        self.body = body
        self.date = date
        self.hasAge = hasAge
    }
}

/// Why no response came.
public enum HTTPFailure: Error, Sendable, Hashable {
    /// The host was not found or did not answer, or the connection broke.
    case unreachable
    /// It took too long.
    case timedOut
    /// The host could not show that it is the one in the URL.
    case untrusted
    /// The host's certificate is not valid yet, or no more, by the device's clock: that may be wrong. `URLSession` says so on
    /// Apple's systems by a code of its own, on Linux by its words, as far as curl uses OpenSSL.
    case certificateTime
    /// The body is longer than was asked for.
    case tooLarge
    /// The transport cannot do it, or failed in another way.
    case unavailable
}
