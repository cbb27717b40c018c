import Foundation
import Testing
import Warifu
import WarifuTesting

/// A folder for one vault, which goes with the last reference.
final class Folder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "warifu-\(UUID())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    var vault: URL { url.appending(path: "token.warifu") }
}

/// What must never be printed.
enum TestSecrets {
    static let pin = "83917264"
    static let passphrase = "correct horse battery"
    static let seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    static let seedBytes = "12345678901234567890"
    static let totp = SecretBytes(utf8: "otpauth://totp/Bank:0001?secret=\(seed)&issuer=Bank")
    static let hotp = SecretBytes(
        utf8: "otpauth://hotp/Bank:0002?secret=\(seed)&issuer=Bank&counter=0")
    static let quick = Argon2Cost(memoryKiB: 8, passes: 1, lanes: 1)
}

/// An unlocked token with one TOTP credential, on a manual clock that stands where a period begins.
struct Fixture: Sendable {
    let folder: Folder
    let clock = ManualClock()
    let protector = FakeKeyProtector()
    let token: Token

    init() async throws {
        folder = try Folder()
        token = try await Token.createOnDevice(at: folder.vault, protector: protector, clock: clock)
        try await token.entries.add(TestSecrets.totp)
    }
}

extension Screen {
    /// The code of its first card.
    var code: String? { timed?.code.digits }

    var timed: TimedCode? {
        guard case .totp(let timed)? = cards.first?.face else { return nil }
        return timed
    }
}

/// Whether the next error is a ``WarifuError`` of this reason.
func expect(
    _ reason: WarifuError.Reason, at location: SourceLocation = #_sourceLocation,
    from call: () async throws -> Void
) async {
    do {
        try await call()
        Issue.record("no error, though \(reason) was to come", sourceLocation: location)
    } catch let error as WarifuError {
        #expect(error.reason == reason, sourceLocation: location)
    } catch {
        Issue.record("\(error), though \(reason) was to come", sourceLocation: location)
    }
}

/// What the call throws.
func thrown(by call: () async throws -> Void) async -> (any Error)? {
    do {
        try await call()
        return nil
    } catch {
        return error
    }
}

/// A process of the test's own.
struct Child {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let errors = Pipe()

    init(_ role: String, in folder: Folder) throws {
        // Beside the program that runs the tests.
        let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        process.executableURL = products.appending(path: "WarifuTestChild")
        process.arguments = [role, folder.url.path(percentEncoded: false)]
        // Functions are bound before the program begins, as on Apple's systems: to bind one at its first call is to write
        // the processor's registers onto the stack, and what was copied by them last.
        process.environment = ProcessInfo.processInfo.environment.merging(["LD_BIND_NOW": "1"]) { $1 }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        try process.run()
    }

    /// Its lines, as they come.
    var lines: AsyncStream<String> {
        AsyncStream { continuation in
            let file = output.fileHandleForReading
            // A thread of its own: the read blocks.
            Thread.detachNewThread {
                var rest = Data()
                while case let more = file.availableData, !more.isEmpty {
                    rest += more
                    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                        continuation.yield(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
                        rest = Data(rest[rest.index(after: end)...])
                    }
                }
                continuation.finish()
            }
        }
    }

    /// Its standard error to the end.
    func allErrors() async -> String {
        await withCheckedContinuation { continuation in
            let file = errors.fileHandleForReading
            Thread.detachNewThread {
                continuation.resume(returning: String(decoding: file.readDataToEndOfFile(), as: UTF8.self))
            }
        }
    }

    func signal(_ number: Int32) {
        kill(process.processIdentifier, number)
    }

    func write(_ line: String) {
        input.fileHandleForWriting.write(Data("\(line)\n".utf8))
    }

    /// Its writable memory, region by region.
    func memory() throws -> [(region: String, bytes: Data)] {
        let process = "/proc/\(process.processIdentifier)"
        let file = try FileHandle(forReadingFrom: URL(filePath: "\(process)/mem"))
        return try String(contentsOfFile: "\(process)/maps", encoding: .utf8).split(separator: "\n").compactMap {
            line in
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            let bounds = fields[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            guard fields[1].hasPrefix("rw"), bounds.count == 2 else { return nil }
            try file.seek(toOffset: bounds[0])
            let bytes = try? file.read(upToCount: Int(bounds[1] - bounds[0]))
            return (String(line), bytes ?? Data())
        }
    }

    func endInput() {
        input.fileHandleForWriting.closeFile()
    }

    func wait() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }
}
