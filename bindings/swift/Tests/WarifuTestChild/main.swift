import Foundation
import Warifu
import WarifuTesting

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// usage: WarifuTestChild ROLE FOLDER
//
// What a test needs another process for. The secrets are those of `TestSecrets` in the tests.

let (role, folder) = (CommandLine.arguments[1], URL(filePath: CommandLine.arguments[2]))
let vault = folder.appending(path: "token.warifu")
let pin = SecretBytes(utf8: "83917264")
let link = SecretBytes(
    utf8: "otpauth://totp/Bank:0001?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Bank")
let quick = Argon2Cost(memoryKiB: 8, passes: 1, lanes: 1)

switch role {
case "screens": try await showScreens()
case "lock": try holdLock()
case "residue": try await lockAndWipe()
case "crash-interpolation", "crash-try", "crash-throw", "crash-cast": try await crash()
default: fatalError("no role \(role)")
}

/// Prints a line at once, so that it is not lost in a crash.
func say(_ line: String) {
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
}

/// Prints of each screen its code, until when that lives, and when it is printed: the reader judges.
func showScreens() async throws {
    let token = try await Token.createOnDevice(at: vault, protector: FakeKeyProtector())
    try await token.entries.add(link)
    for try await screen in token.screens {
        guard case .totp(let timed)? = screen.cards.first?.face else { continue }
        say("\(timed.code.digits) \(timed.validUntil.timeIntervalSince1970) \(Date().timeIntervalSince1970)")
    }
}

/// Holds the lock of the vault until its input ends.
func holdLock() throws {
    let path = vault.appendingPathExtension("lock").path(percentEncoded: false)
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0, flock(file, LOCK_EX | LOCK_NB) == 0 else { fatalError("the lock cannot be held: \(errno)") }
    say("held")
    _ = readLine()
}

/// Works with secrets from its input, a passphrase, a PIN and a link, then locks, wipes what it holds, and waits to be
/// searched. It leaves no copy of them but what the layer leaves.
func lockAndWipe() async throws {
    let (passphrase, pin, link) = (secretLine(), secretLine(), secretLine())
    let protector = PadProtector()
    let token = try await Token.create(
        at: vault, passphrase: passphrase, cost: quick, protector: protector, clock: ManualClock())
    try await token.entries.add(link)
    try await token.slots.set(.pin(pin, cost: quick))
    try await token.slots.set(.device)
    _ = try token.screen()
    try token.lock()
    try await token.unlock(.pin(pin))
    _ = try token.screen()
    try token.lock()
    try await token.unlock(.device)
    try token.lock()
    try await token.unlock(.passphrase(passphrase))
    try token.lock()
    for secret in [passphrase, pin, link] { secret.wipe() }
    for (wrapped, pad) in protector.pads({ $0 }) {
        say("\(wrapped.base64EncodedString()) \(pad.base64EncodedString())")
    }
    say("wiped")
    while true { sleep(60) }
}

/// Wraps by a pad that it keeps, so that it knows how to undo it and holds nothing of what it wrapped.
final class PadProtector: KeyProtector {
    let pads = Locked<[Data: Data]>([:])

    func createKey(_ key: KeyName, for use: KeyUse, behind gate: KeyGate) async throws {}

    func findKey(_ key: KeyName) async throws {}

    func wrap(_ plaintext: SecretBytes, with key: KeyName) async throws -> Data {
        let pad = Data((0..<plaintext.count).map { _ in .random(in: .min ... .max) })
        let wrapped = plaintext.withUnsafeBytes { bytes in Data(bytes.indices.map { bytes[$0] ^ pad[$0] }) }
        pads { $0[wrapped] = pad }
        return wrapped
    }

    func unwrap(_ wrapped: Data, with key: KeyName) async throws -> SecretBytes {
        guard let pad = pads({ $0[wrapped] }) else { throw KeyRefusal.unavailable }
        return SecretBytes(wrapped.indices.lazy.map { wrapped[$0] ^ pad[$0] })
    }

    func mac(of message: SecretBytes, with key: KeyName) async throws -> SecretBytes { throw KeyRefusal.unavailable }

    func deleteKey(_ key: KeyName) async throws {}

    func anchor(of vault: VaultID) async throws -> UInt64? { nil }

    func raiseAnchor(of vault: VaultID, to generation: UInt64) async throws {}
}

/// The next line of the input, byte by byte past every buffer.
func secretLine() -> SecretBytes {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 512, alignment: 1)
    defer {
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        buffer.deallocate()
    }
    var count = 0
    while count < buffer.count, read(STDIN_FILENO, buffer.baseAddress?.advanced(by: count), 1) == 1,
        buffer[count] != UInt8(ascii: "\n")
    {
        count += 1
    }
    return SecretBytes(buffer[..<count])
}

/// Dies in a way that prints as much as a program prints by itself.
func crash() async throws {
    let token = try await Token.createOnDevice(at: vault, protector: FakeKeyProtector(), clock: ManualClock())
    try await token.entries.add(link)
    try await token.slots.set(.pin(pin, cost: quick))
    let screen = try token.screen()
    guard case .totp(let timed)? = screen.cards.first?.face else { fatalError("no code") }
    say("code \(timed.code.digits) \(timed.next.digits)")
    let everything: [Any] = [token, screen, timed, timed.code, pin, link, Unlock.pin(pin), NewSlot.pin(pin)]
    var dumped = ""
    dump(everything, to: &dumped)
    say(dumped)
    switch role {
    case "crash-interpolation": fatalError("\(everything) \(String(reflecting: everything))")
    case "crash-try":
        try token.lock()
        // swift-format-ignore: NeverUseForceTry
        _ = try! await token.unlock(.pin(SecretBytes(utf8: "71640382")))
    case "crash-throw": try await token.entries.add(link)
    default:
        // swift-format-ignore: NeverForceUnwrap
        _ = everything[1] as! Token
    }
}
