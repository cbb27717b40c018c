import Foundation
import Testing
import Warifu
import WarifuTestService

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The platform's own HTTP, against a host on loopback that does what hosts do.
@Suite(.serialized) struct TransportTests {
    private let transport = URLSessionTransport()

    @Test(arguments: [
        ("whole", 200, 100), ("chunked", 200, 7), ("status", 500, 0), ("unauthorized", 401, 0), ("redirect", 302, 0),
    ])
    func whateverResponseComesIsAResponse(_ name: String, _ status: Int, _ count: Int) async throws {
        let response = try await send(name)
        #expect(response.status == status)
        #expect(response.body.count == count)
    }

    @Test(arguments: [
        ("closed", HTTPFailure.unreachable), ("gibberish", .unreachable), ("truncated", .unreachable),
        ("huge", .tooLarge), ("endless", .tooLarge), ("silent", .timedOut), ("dripping", .timedOut),
        ("dripping-head", .timedOut),
    ])
    func whatIsNoResponseSaysWhy(_ name: String, _ failure: HTTPFailure) async throws {
        let timeout: Duration = failure == .timedOut ? .milliseconds(500) : .seconds(30)
        let error = await thrown { _ = try await send(name, timeout: timeout) }
        #expect(error.map(HTTPFailure.init) == failure, "\(String(describing: error))")
    }

    @Test func aBodyMayBeAsLongAsWasAskedForAndNoLonger() async throws {
        #expect(try await send("whole", most: 100).body.count == 100)
        await #expect(throws: HTTPFailure.tooLarge) { try await send("whole", most: 99) }
    }

    @Test func aRequestCarriesWhatWasAskedForAndNothingOfItsOwn() async throws {
        let lines = try await echoed(body: [0, 1, 255])
        #expect(lines.first == "POST")
        #expect(lines.last == "0001ff")
        let headers = Dictionary(
            uniqueKeysWithValues: lines.dropFirst().dropLast().map { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                return (String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces))
            })
        #expect(headers["content-type"] == "application/octet-stream")
        #expect(headers["accept"] == "application/octet-stream")
        #expect(headers["accept-encoding"] == "identity")
        #expect(headers["user-agent"] == "warifu")
        let known: Set = [
            "accept", "accept-encoding", "accept-language", "cache-control", "connection", "content-length",
            "content-type", "host", "pragma", "user-agent",
        ]
        #expect(Set(headers.keys).subtracting(known).isEmpty)
        #expect(try await echoed(.get).first == "GET")
    }

    @Test(arguments: [Duration.milliseconds(1), .milliseconds(1_500), .seconds(30)])
    func aSessionKeepsNothingAndItsOwnTimeoutsAreNoShorterThanWhatWasAskedFor(_ timeout: Duration) throws {
        let url = try #require(URL(string: "https://bank.example/"))
        let configuration = URLSessionTransport.configuration(request(url, timeout: timeout))
        #expect(configuration.httpCookieStorage == nil && !configuration.httpShouldSetCookies)
        #expect(configuration.urlCache == nil && configuration.urlCredentialStorage == nil)
        #expect(configuration.requestCachePolicy == .reloadIgnoringLocalCacheData)
        for interval in [configuration.timeoutIntervalForRequest, configuration.timeoutIntervalForResource] {
            #expect(interval > 0 && Duration.seconds(interval) >= timeout)
        }
    }

    @Test func aCookieIsNotSentBack() async throws {
        _ = try await send("cookie")
        #expect(try await echoed().allSatisfy { !$0.hasPrefix("cookie:") })
    }

    @Test func aBodyReachesTheHostAsItWas() async throws {
        let body = (0..<4096).map { UInt8(truncatingIfNeeded: $0) }
        let sent = body.map { String(format: "%02x", $0) }.joined()
        #expect(try await echoed(body: body).last == sent)
        #expect(try await echoed(body: []).last?.isEmpty == true)
    }

    @Test(arguments: [
        "http://bank.example/enrol", "http://127.0.0.2/", "http://localhost.bank.example/", "ftp://127.0.0.1/",
        "file:///etc/passwd", "http://127.0.0.1@bank.example/",
    ])
    func nothingButHTTPSIsTakenAndPlainHTTPToThisMachine(_ address: String) async throws {
        let url = try #require(URL(string: address))
        await #expect(throws: HTTPFailure.unavailable) { try await transport.send(request(url)) }
    }

    @Test func aHostThatIsNotThereCannotBeReached() async throws {
        let url = try #require(URL(string: "http://127.0.0.1:1/"))
        let error = await thrown { _ = try await transport.send(request(url)) }
        #expect(error.map(HTTPFailure.init) == .unreachable)
    }

    @Test func aRequestIsMadeOnceWhateverComesOfIt() async throws {
        func count(_ name: String) async throws -> Int? {
            let bytes = try await send("count/\(name)").body
            return Int(bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
        }
        let whole = try #require(try await count("whole"))
        for name in ["closed", "truncated", "redirect", "unauthorized", "gibberish"] {
            let before = try #require(try await count(name))
            _ = try? await send(name)
            #expect(try await count(name) == before + 1, "\(name)")
        }
        #expect(try await count("whole") == whole, "a redirect was followed")
    }

    @Test func aCallThatIsCancelledEndsAtOnce() async throws {
        let begin = ContinuousClock.now
        let call = Task { try await send("silent", timeout: .seconds(60)) }
        try await Task.sleep(for: .milliseconds(50))
        call.cancel()
        await #expect(throws: CancellationError.self) { try await call.value }
        #expect(ContinuousClock.now - begin < .seconds(30))
    }

    @Test func aClientsOwnErrorsAreReadAsWhatTheySay() {
        for (code, failure) in [
            (URLError.cannotFindHost, HTTPFailure.unreachable), (.networkConnectionLost, .unreachable),
            (.notConnectedToInternet, .unreachable), (.timedOut, .timedOut), (.serverCertificateUntrusted, .untrusted),
            (.secureConnectionFailed, .untrusted), (.dataLengthExceedsMaximum, .tooLarge),
            (.serverCertificateHasBadDate, .certificateTime), (.serverCertificateNotYetValid, .certificateTime),
            (.badURL, .unavailable),
        ] {
            #expect(HTTPFailure(URLError(code)) == failure)
        }
        #expect(HTTPFailure(CancellationError()) == .unavailable)
    }

    #if os(Linux)
        /// As it was seen with hosts whose certificates were so.
        @Test(arguments: [
            ("SSL certificate problem: certificate has expired", HTTPFailure.certificateTime),
            ("SSL certificate problem: certificate is not yet valid", .certificateTime),
            ("SSL certificate problem: self-signed certificate", .untrusted),
            ("Failed to connect to 127.0.0.1 port 1: Connection refused", .unreachable),
        ])
        func whatIsWrongWithACertificateIsReadFromItsWords(_ words: String, _ failure: HTTPFailure) {
            let error = URLError(.cannotConnectToHost, userInfo: [NSLocalizedDescriptionKey: words])
            #expect(HTTPFailure(error) == failure)
        }
    #endif

    @Test(arguments: Head.all)
    func aHeadGivesTheDateAsItCameAndWhetherItIsOfACache(_ head: Head) async throws {
        // The length is that of what was not asked for.
        let host = try RawHost(answering: "HTTP/1.1 \(head.status) It\r\nContent-Length: 5000\r\n\(head.fields)\r\n")
        let response = try await transport.send(request(host.url, .head, body: [], most: 0))
        #expect(host.asked?.hasPrefix("HEAD / HTTP/1.1\r\n") == true)
        #expect(response.status == head.status)
        #expect(response.date == head.date)
        #expect(response.hasAge == head.hasAge)
        #expect(response.body.isEmpty)
    }

    struct Head: Sendable {
        var status = 200
        let fields: String
        let date: String?
        var hasAge = false

        static let all = [
            Head(fields: "Date: \(noon)\r\n", date: noon),
            Head(fields: "date: \(noon)\r\nAGE: 0\r\n", date: noon, hasAge: true),
            Head(fields: "Age: 60\r\n", date: nil, hasAge: true),
            Head(fields: "Date: \(noon)\r\nDate: \(noon)\r\n", date: nil),
            Head(fields: "Date: yesterday\r\n", date: "yesterday"),
            Head(status: 404, fields: "Date: \(noon)\r\n", date: noon),
            Head(status: 301, fields: "Date: \(noon)\r\nLocation: /\r\n", date: noon),
        ]
    }

    @Test func aDateComesWithABodyToo() async throws {
        let host = try RawHost(answering: "HTTP/1.1 200 It\r\nDate: \(Self.noon)\r\nContent-Length: 2\r\n\r\nok")
        let response = try await transport.send(request(host.url))
        #expect(response.date == Self.noon)
        #expect(response.body.count == 2)
    }

    private static let noon = "Wed, 18 May 2033 12:00:00 GMT"

    private func echoed(_ method: HTTPMethod = .post, body: [UInt8] = [1]) async throws -> [String] {
        let echo = try await send("echo", method, body: body, most: 65_536).body
        let text = echo.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private func send(
        _ name: String, _ method: HTTPMethod = .post, body: [UInt8] = [1], most: Int = 16_384,
        timeout: Duration = .seconds(30)
    ) async throws -> HTTPResponse {
        let url = try #require(URL(string: "\(try TokenService.host)/case/\(name)"))
        return try await transport.send(request(url, method, body: body, most: most, timeout: timeout))
    }

    private func request(
        _ url: URL, _ method: HTTPMethod = .post, body: [UInt8] = [1], most: Int = 16_384,
        timeout: Duration = .seconds(30)
    ) -> HTTPRequest {
        HTTPRequest(
            method: method, url: url, contentType: "application/octet-stream", body: SecretBytes(body),
            maxResponse: most, timeout: timeout)
    }
}
