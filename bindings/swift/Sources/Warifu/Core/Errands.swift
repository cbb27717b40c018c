import Foundation
internal import WarifuFFI

/// Takes errands to the token's key store and to the network.
struct Errands: Sendable {
    /// `nil` where there is none: every errand is then refused.
    let protector: (any KeyProtector)?
    let transport: any HTTPTransport
    /// Called before an errand gets in line, and awaited; for the scenarios, which hold one errand and let others go by.
    let hold: ErrandHold?
    let line = ErrandLine()

    /// Gets in line; what it returns does the errand, and must be called. The task that does that begins at a time of its
    /// own, and of two errands the one that was asked for first comes first.
    func queue(_ errand: WarifuFFI.KeyErrand) -> @Sendable () async throws -> WarifuFFI.KeyAnswer {
        let place = hold == nil ? line.place() : nil
        return { [self] in
            defer { errand.wipe() }
            try await hold?(errand.kind)
            return try await line.run(at: place ?? line.place()) {
                guard let protector else { throw KeyRefusal.unavailable }
                return try await errand.run(by: protector)
            }
        }
    }
}

extension Errands {
    /// Makes a request. It waits for no other errand, and none for it.
    func send(_ errand: WarifuFFI.HttpErrand) async throws -> HTTPResponse {
        defer { errand.body.wipe() }
        try await hold?(.request)
        return try await transport.send(HTTPRequest(errand))
    }
}

package typealias ErrandHold = @Sendable (ErrandKind) async throws -> Void

/// What an errand asks for.
package enum ErrandKind: String, Sendable {
    case create
    case find
    case wrap
    case unwrap
    case mac
    case delete
    case readAnchor = "read_anchor"
    case raiseAnchor = "raise_anchor"
    /// Over the network.
    case request
}

extension WarifuFFI.KeyErrand {
    fileprivate var kind: ErrandKind {
        switch self {
        case .create: .create
        case .find: .find
        case .wrap: .wrap
        case .unwrap: .unwrap
        case .mac: .mac
        case .delete: .delete
        case .readAnchor: .readAnchor
        case .raiseAnchor: .raiseAnchor
        }
    }

    fileprivate func run(by protector: any KeyProtector) async throws -> WarifuFFI.KeyAnswer {
        switch self {
        case .create(let key, let usage, let gate):
            try await protector.createKey(KeyName(core: key), for: KeyUse(usage), behind: KeyGate(gate))
            return .done
        case .find(let key):
            try await protector.findKey(KeyName(core: key))
            return .done
        case .wrap(let key, let plaintext):
            return .bytes(SecretBytes(try await protector.wrap(plaintext, with: KeyName(core: key))))
        case .unwrap(let key, let wrapped):
            return .bytes(try await protector.unwrap(wrapped, with: KeyName(core: key)))
        case .mac(let key, let message):
            return .bytes(try await protector.mac(of: message, with: KeyName(core: key)))
        case .delete(let key):
            try await protector.deleteKey(KeyName(core: key))
            return .done
        case .readAnchor(let vault):
            return .anchor(try await protector.anchor(of: VaultID(core: vault)))
        case .raiseAnchor(let vault, let generation):
            try await protector.raiseAnchor(of: VaultID(core: vault), to: generation)
            return .done
        }
    }

    fileprivate func wipe() {
        switch self {
        case .wrap(_, let bytes), .mac(_, let bytes): bytes.wipe()
        case .create, .find, .unwrap, .delete, .readAnchor, .raiseAnchor: break
        }
    }
}

extension WarifuFFI.Answer {
    func wipe() {
        switch self {
        case .key(let answer): answer.wipe()
        case .http(.response(_, let body, _, _)): body.wipe()
        case .http(.failed): break
        }
    }
}

extension WarifuFFI.KeyAnswer {
    func wipe() {
        switch self {
        case .bytes(let bytes): bytes.wipe()
        case .done, .anchor, .refused: break
        }
    }
}
