import Foundation
import Warifu
import WarifuTestService

/// The way to the scenario's token service, and what becomes of a request on it.
final class Network: HTTPTransport {
    /// What becomes of a request.
    enum Fate: Sendable {
        case word(Word)
        case status(Int)
    }

    enum Word: String, Sendable {
        case lost
        case answer_lost
        case cut
        case thrown
        case unreachable
        case timed_out
        case untrusted
        case certificate_time
        case too_large
        case unavailable
    }

    private struct State {
        var service: TokenService?
        /// What becomes of which of the next requests.
        var next: (fate: Fate, nth: Int)?
    }

    private let state = Locked(State())

    /// It begins when the scenario first has a use for it.
    func service() async throws -> TokenService {
        if let service = state({ $0.service }) { return service }
        let new = try await TokenService()
        return state { state in
            let service = state.service ?? new
            state.service = service
            return service
        }
    }

    func setNext(_ fate: Fate, nth: Int) {
        state { $0.next = (fate, nth) }
    }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let fate: Fate? = state { state in
            guard let next = state.next else { return nil }
            state.next = next.nth > 1 ? (next.fate, next.nth - 1) : nil
            return next.nth == 1 ? next.fate : nil
        }
        let service = try await service()
        switch fate {
        case nil: return try await service.send(request)
        case .status(let status): return HTTPResponse(status: status)
        case .word(let word): return try await send(request, to: service, word)
        }
    }

    private func send(_ request: HTTPRequest, to service: TokenService, _ word: Word) async throws -> HTTPResponse {
        switch word {
        case .cut:
            let whole = try await service.send(request)
            let half = whole.body.withUnsafeBytes { SecretBytes($0.prefix($0.count / 2)) }
            return HTTPResponse(status: whole.status, body: half)
        case .answer_lost:
            _ = try await service.send(request)
            throw HTTPFailure.unreachable
        case .lost, .unreachable: throw HTTPFailure.unreachable
        case .timed_out: throw HTTPFailure.timedOut
        case .untrusted: throw HTTPFailure.untrusted
        case .certificate_time: throw HTTPFailure.certificateTime
        case .too_large: throw HTTPFailure.tooLarge
        case .unavailable: throw HTTPFailure.unavailable
        case .thrown: throw Thrown()
        }
    }
}
