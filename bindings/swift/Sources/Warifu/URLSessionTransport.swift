import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif
#if canImport(Security)
    import Security
#endif

/// The platform's own HTTP, `URLSession`: each request has a session of its own, which keeps nothing and ends with it. On
/// Apple's systems it speaks TLS 1.2 or later, whatever an app's `Info.plist` allows; on Linux as curl and its library do.
public struct URLSessionTransport: HTTPTransport {
    /// The platform's own HTTP.
    public init() {}

    /// Makes the request.
    public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard Self.takes(request.url) else { throw HTTPFailure.unavailable }
        let exchange = Exchange(most: request.maxResponse)
        let session = URLSession(
            configuration: Self.configuration(request), delegate: exchange, delegateQueue: nil)
        let task = session.dataTask(with: Self.urlRequest(request))
        let alarm = Task {
            try await Task.sleep(for: request.timeout)
            exchange.end(.failure(HTTPFailure.timedOut))
        }
        defer {
            alarm.cancel()
            exchange.close(session)
        }
        task.resume()
        return try await withTaskCancellationHandler {
            try await exchange.ending.value().get()
        } onCancel: {
            exchange.end(.failure(CancellationError()))
        }
    }

    static func takes(_ url: URL) -> Bool {
        let loopback: Set = ["127.0.0.1", "localhost", "::1", "[::1]"]
        return url.scheme == "https" || url.scheme == "http" && loopback.contains(url.host() ?? "")
    }

    package static func configuration(_ request: HTTPRequest) -> URLSessionConfiguration {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieStorage = nil
        configuration.httpShouldSetCookies = false
        configuration.httpCookieAcceptPolicy = .never
        configuration.urlCache = nil
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        configuration.urlCredentialStorage = nil
        #if canImport(Security)
            configuration.tlsMinimumSupportedProtocolVersion = .TLSv12
        #endif
        // For a request whose task has no alarm any more. In whole seconds, and never 0, which would mean something else.
        let timeout = TimeInterval(request.timeout.components.seconds + 1)
        configuration.timeoutIntervalForRequest = timeout
        configuration.timeoutIntervalForResource = timeout
        return configuration
    }

    private static func urlRequest(_ request: HTTPRequest) -> URLRequest {
        var made = URLRequest(url: request.url)
        made.httpMethod = request.method.rawValue
        made.httpShouldHandleCookies = false
        made.setValue(request.contentType, forHTTPHeaderField: "Accept")
        // As it is, or it would be unpacked, to whatever length.
        made.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        made.setValue("warifu", forHTTPHeaderField: "User-Agent")
        if request.method == .post {
            made.setValue(request.contentType, forHTTPHeaderField: "Content-Type")
            made.httpBody = request.body.withUnsafeBytes { Data($0) }
        }
        return made
    }
}

/// One request under way: it ends once, by whatever comes first.
///
/// What the session asks is answered before the end is told, for whoever awaits that closes the session; and what it asks
/// after a close is not answered. `URLSession` on Linux ends the process at an answer that it does not wait for any more.
private final class Exchange: NSObject, URLSessionDataDelegate {
    let ending = OneShot<Result<HTTPResponse, any Error>>()
    private let most: Int
    private let received: Locked<Data>
    /// Read and written on the session's queue alone, one piece of work after the other.
    private let isClosed = Locked(false)

    init(most: Int) {
        self.most = most
        received = Locked(Data(capacity: most))
    }

    func end(_ result: Result<HTTPResponse, any Error>) {
        ending.set(result)
    }

    /// Ends what has not ended, and lets go of the delegate.
    func close(_ session: URLSession) {
        session.delegateQueue.addOperation { [isClosed] in
            isClosed { $0 = true }
            session.invalidateAndCancel()
        }
    }

    /// Only that of status 200 is read on.
    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
        if isClosed({ $0 }) { return }
        guard let response = response as? HTTPURLResponse else {
            completionHandler(.cancel)
            return end(.failure(HTTPFailure.unreachable))
        }
        // What a HEAD is told of the length is the length of what it did not ask for.
        if response.statusCode != 200 || dataTask.originalRequest?.httpMethod == HTTPMethod.head.rawValue {
            completionHandler(.cancel)
            end(.success(HTTPResponse(response)))
        } else if response.expectedContentLength > Int64(most) {
            completionHandler(.cancel)
            end(.failure(HTTPFailure.tooLarge))
        } else {
            completionHandler(.allow)
        }
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let isTooLarge = received { [most] received in
            guard data.count <= most - received.count else { return true }
            received.append(data)
            return false
        }
        guard isTooLarge else { return }
        end(.failure(HTTPFailure.tooLarge))
        dataTask.cancel()
    }

    /// A redirect is a response like any other.
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        if isClosed({ $0 }) { return }
        completionHandler(nil)
        end(.success(HTTPResponse(response)))
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        if let error { return end(.failure(error)) }
        let body = received { SecretBytes($0) }
        let response = (task.response as? HTTPURLResponse).map { HTTPResponse($0, body: body) }
        end(response.map { .success($0) } ?? .failure(HTTPFailure.unreachable))
    }
}

extension HTTPResponse {
    fileprivate init(_ response: HTTPURLResponse, body: SecretBytes = SecretBytes([])) {
        let date = response.value(forHTTPHeaderField: "Date")
        // Foundation joins two of them by a comma, and one has no more than one (RFC 9110, section 5.6.7).
        let isOne = date.map { $0.count { $0 == "," } < 2 } ?? false
        self.init(
            status: response.statusCode, body: body, date: isOne ? date : nil,
            hasAge: response.value(forHTTPHeaderField: "Age") != nil)
    }
}
