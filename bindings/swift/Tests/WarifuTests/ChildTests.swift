import Foundation
import Testing
import Warifu
import WarifuTesting

/// What takes a second process. They run one after the other, in a process that does nothing else: a file's lock goes
/// along into a child for the moment before its program begins, and another test would find its vault busy.
@Suite(
    .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["WARIFU_CHILDREN"] != nil, "bindings/swift/check runs them apart"))
struct ChildTests {
    @Test func whileAnotherProcessHoldsTheFileReadingGoesOnAndWritingSaysSo() async throws {
        let fixture = try await Fixture()
        let child = try Child("lock", in: fixture.folder)
        var lines = child.lines.makeAsyncIterator()
        #expect(await lines.next() == "held")
        await expect(.busy) { try await fixture.token.entries.add(TestSecrets.hotp) }
        #expect(try fixture.token.screen().code == "637009")
        #expect(try await fixture.token.entries.list().count == 1)
        child.endInput()
        #expect(child.wait() == 0)
        try await fixture.token.entries.add(TestSecrets.hotp)
    }

    /// The process is stopped for a minute and a half, as an app in the background. Nothing that it shows when it goes on
    /// is old.
    @Test func aProcessThatWasFrozenShowsNothingOldWhenItGoesOn() async throws {
        let text = ProcessInfo.processInfo.environment["WARIFU_FREEZE_SECONDS"] ?? ""
        let seconds = Int(text) ?? 90
        let folder = try Folder()
        let child = try Child("screens", in: folder)
        var lines = child.lines.makeAsyncIterator()
        for _ in 0..<3 { try check(try #require(await lines.next())) }
        child.signal(SIGSTOP)
        let stopped = Date().timeIntervalSince1970
        try await Task.sleep(for: .seconds(seconds))
        child.signal(SIGCONT)
        let resumed = Date().timeIntervalSince1970
        var after = 0
        while after < 3 {
            let printed = try check(try #require(await lines.next()))
            // What was written before the stop may have lain in the pipe.
            #expect(printed <= stopped + 0.5 || printed >= resumed - 0.5)
            if printed >= resumed - 0.5 { after += 1 }
        }
        child.signal(SIGKILL)
        #expect(resumed - stopped >= Double(seconds))
        _ = child.wait()
    }

    @Test(arguments: ["crash-interpolation", "crash-try", "crash-throw", "crash-cast"])
    func aCrashPrintsNoSecret(_ role: String) async throws {
        let folder = try Folder()
        let child = try Child(role, in: folder)
        async let errors = child.allErrors()
        var lines: [String] = []
        for await line in child.lines { lines.append(line) }
        let status = child.wait()
        let printed = lines.dropFirst().joined(separator: "\n") + (await errors)

        let codes = try #require(lines.first).split(separator: " ").dropFirst().map(String.init)
        #expect(codes == ["637009", "353674"])
        let grouped = codes.map { "\($0.prefix(3)) \($0.suffix(3))" }
        let secrets = [TestSecrets.pin, TestSecrets.seed, TestSecrets.seedBytes, "71640382"]
        for secret in codes + grouped + secrets { #expect(!printed.contains(secret)) }
        #expect(status != 0)
        #expect(printed.contains("Code(6 digits)") && printed.contains("SecretBytes(8 bytes)"))
        let says = ["crash-try": "W-127", "crash-throw": "W-201", "crash-cast": "Could not cast"][role]
        #expect(says.map { printed.contains($0) } ?? true)
    }

    #if os(Linux)
        /// The memory of a process that has locked its token and wiped what it held. What the key store wrapped is known
        /// by what it wrapped to and the pad between.
        @Test func afterALockAndAWipeNoSecretIsLeftInMemory() async throws {
            let (passphrase, pin) = (
                Memory.draw(24, from: "abcdefghijkmnpqrstuvwxyz"), Memory.draw(12, from: "0123456789")
            )
            let seed = Memory.draw(32, from: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
            let folder = try Folder()
            let child = try Child("residue", in: folder)
            for line in [passphrase, pin, "otpauth://totp/Bank:0001?secret=\(seed)&issuer=Bank"] { child.write(line) }
            var lines = child.lines.makeAsyncIterator()
            var keys: [[UInt8]] = []
            while let line = await lines.next(), line != "wiped" {
                let parts = try line.split(separator: " ").map { try #require(Data(base64Encoded: String($0))) }
                keys.append(zip(parts[0], parts[1]).map { $0 ^ $1 })
            }
            // The vault's key. Behind the PIN there are wraps of wraps, which are no secret.
            keys.removeAll { $0.count != 32 }
            #expect(!keys.isEmpty)
            let memory = try child.memory()
            child.signal(SIGKILL)
            _ = child.wait()

            // The search finds what is there.
            #expect(!Memory.regions(with: Array("WarifuTestChild".utf8), in: memory).isEmpty)
            let secrets =
                [
                    ("passphrase", Array(passphrase.utf8)), ("PIN", Array(pin.utf8)),
                    ("seed in base32", Array(seed.utf8)), ("seed", try Memory.base32(seed)),
                ] + keys.map { ("key", $0) }
            for (name, secret) in secrets {
                let left = Memory.pieces(of: secret, in: memory)
                #expect(left.isEmpty, "of a \(name) of \(secret.count) bytes")
            }
        }
    #endif

    /// A line of the child: a code, until when it lives, and when it was printed. The instant.
    @discardableResult
    private func check(_ line: String) throws -> Double {
        let parts = line.split(separator: " ")
        try #require(parts.count == 3, "\(line)")
        let (until, printed) = (try #require(Double(parts[1])), try #require(Double(parts[2])))
        #expect(parts[0].count == 6)
        #expect(printed < until, "a dead code was shown")
        return printed
    }
}

#if os(Linux)
    /// The memory of a process, searched.
    private enum Memory {
        static func draw(_ count: Int, from letters: String) -> String {
            String((0..<count).compactMap { _ in letters.randomElement() })
        }

        typealias Regions = [(region: String, bytes: Data)]

        /// Where pieces of eight bytes are found: what freed memory is used for next overwrites some.
        static func pieces(of secret: [UInt8], in memory: Regions) -> [String] {
            (0...secret.count - 8).flatMap { at in
                regions(with: Array(secret[at..<at + 8]), in: memory).map { "\(at) in \($0)" }
            }
        }

        static func regions(with bytes: [UInt8], in memory: Regions) -> [String] {
            memory.filter { _, region in
                region.withUnsafeBytes { region in
                    guard let start = region.baseAddress else { return false }
                    return memmem(start, region.count, bytes, bytes.count) != nil
                }
            }.map(\.region)
        }

        /// Whole groups of eight letters alone.
        static func base32(_ text: String) throws -> [UInt8] {
            let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
            let letters = try text.map { try #require(alphabet.firstIndex(of: $0)) }
            return stride(from: 0, to: letters.count, by: 8).flatMap { at in
                let bits = letters[at..<at + 8].reduce(UInt64(0)) { $0 << 5 | UInt64($1) }
                return (0..<5).map { UInt8(truncatingIfNeeded: bits >> (32 - 8 * $0)) }
            }
        }
    }
#endif
