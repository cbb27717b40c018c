import Foundation
internal import WarifuFFI

/// How a token comes to be. The scenarios hold its errands.
extension Token {
    package static func create(
        at file: URL, passphrase: SecretBytes, cost: Argon2Cost?, protector: (any KeyProtector)?,
        transport: any HTTPTransport, clock: any DeviceClock, syncsTime: Bool, hold: ErrandHold?
    ) async throws(WarifuError) -> Token {
        let core = try await Worker.run {
            try WarifuFFI.Token.create(path: file.core, passphrase: passphrase, kdf: cost?.core)
        }
        let errands = Errands(protector: protector, transport: transport, hold: hold)
        return Token(core, errands: errands, clock: clock, syncsTime: syncsTime)
    }

    package static func createOnDevice(
        at file: URL, protector: any KeyProtector, transport: any HTTPTransport, clock: any DeviceClock,
        syncsTime: Bool, hold: ErrandHold?
    ) async throws(WarifuError) -> Token {
        let made = try await Worker.run { try WarifuFFI.createOnDevice(path: file.core, now: clock.now.core) }
        let errands = Errands(protector: protector, transport: transport, hold: hold)
        let token = Token(made.token, errands: errands, clock: clock, syncsTime: syncsTime)
        _ = try await token.run(made.flow, standing: Standing())
        return token
    }

    package static func open(
        at file: URL, protector: (any KeyProtector)?, transport: any HTTPTransport, clock: any DeviceClock,
        syncsTime: Bool, hold: ErrandHold?
    ) async throws(WarifuError) -> Token {
        let core = try await Worker.run { try WarifuFFI.Token.open(path: file.core) }
        let errands = Errands(protector: protector, transport: transport, hold: hold)
        return Token(core, errands: errands, clock: clock, syncsTime: syncsTime)
    }
}
