import Foundation
internal import WarifuFFI

/// How a token comes to be. The scenarios hold its errands.
extension Token {
    package static func create(
        at file: URL, passphrase: SecretBytes, cost: Argon2Cost?, protector: (any KeyProtector)?,
        transport: any HTTPTransport, clock: any DeviceClock, hold: ErrandHold?
    ) async throws(WarifuError) -> Token {
        let core = try await Worker.run {
            try WarifuFFI.Token.create(path: file.core, passphrase: passphrase, kdf: cost?.core)
        }
        return Token(core, errands: Errands(protector: protector, transport: transport, hold: hold), clock: clock)
    }

    package static func createOnDevice(
        at file: URL, protector: any KeyProtector, transport: any HTTPTransport, clock: any DeviceClock,
        hold: ErrandHold?
    ) async throws(WarifuError) -> Token {
        let made = try await Worker.run { try WarifuFFI.createOnDevice(path: file.core, now: clock.now.core) }
        let errands = Errands(protector: protector, transport: transport, hold: hold)
        let token = Token(made.token, errands: errands, clock: clock)
        _ = try await token.run(made.flow, standing: Standing())
        return token
    }

    package static func open(
        at file: URL, protector: (any KeyProtector)?, transport: any HTTPTransport, clock: any DeviceClock,
        hold: ErrandHold?
    ) async throws(WarifuError) -> Token {
        let core = try await Worker.run { try WarifuFFI.Token.open(path: file.core) }
        return Token(core, errands: Errands(protector: protector, transport: transport, hold: hold), clock: clock)
    }
}
