import Foundation
public import Warifu

/// A token service of the program `examples/token_service.rs`, which runs beside the tests. As a transport it carries what
/// is meant for `bank.example`, by the platform's own HTTP.
public struct TokenService: HTTPTransport {
    /// At `bank.example`.
    public let link: String
    private let address: String

    private static let bank = "https://bank.example"

    /// Like `http://127.0.0.1:4711`.
    public static var host: String {
        get throws {
            guard let host = ProcessInfo.processInfo.environment["WARIFU_SERVICE"] else {
                throw Failure(what: "WARIFU_SERVICE is not set: it is what `cargo run --example token_service` prints")
            }
            return host
        }
    }

    /// A new one.
    public init() async throws {
        let host = try Self.host
        let lines = try await Self.post("\(host)/new").split(separator: "\n")
        address = "\(host)/\(lines[0])"
        link = String(lines[1])
    }

    /// The link as it leads there without a transport of ours.
    public var loopbackLink: String { link.replacing(Self.bank, with: address) }

    /// See the program.
    public func order(_ line: String) async throws {
        _ = try await Self.post("\(address)/order", line)
    }

    public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let text = request.url.absoluteString
        guard text.hasPrefix(Self.bank), let url = URL(string: text.replacing(Self.bank, with: address)) else {
            throw Failure(what: "nobody is at \(text)")
        }
        return try await URLSessionTransport().send(
            HTTPRequest(
                method: request.method, url: url, contentType: request.contentType, body: request.body,
                maxResponse: request.maxResponse, timeout: request.timeout))
    }

    private static func post(_ address: String, _ text: String = "") async throws -> String {
        guard let url = URL(string: address) else { throw Failure(what: address) }
        let response = try await URLSessionTransport().send(
            HTTPRequest(
                method: .post, url: url, contentType: "text/plain", body: SecretBytes(utf8: text), maxResponse: 1_024,
                timeout: .seconds(30)))
        guard response.status == 200 else { throw Failure(what: "\(address): \(response.status)") }
        return response.body.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    struct Failure: Error {
        let what: String
    }
}
