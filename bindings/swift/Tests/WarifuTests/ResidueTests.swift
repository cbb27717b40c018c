#if os(Linux)
    import Foundation
    import Testing
    import Warifu
    import WarifuTesting

    /// What is left of secrets in the memory of a process that has locked its token and wiped what it held. The generated
    /// code has copies of its own on the way over the boundary, which Swift frees without a wipe: best effort, and the
    /// threat model lists what is found here. The seed itself is made and wiped within the core.
    @Suite struct ResidueTests {
        @Test func afterALockAndAWipeNothingIsLeftButWhatTheThreatModelLists() async throws {
            let (passphrase, pin) = (Self.draw(24, from: "abcdefghijkmnpqrstuvwxyz"), Self.draw(12, from: "0123456789"))
            let seed = Self.draw(32, from: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
            let folder = try Folder()
            let child = try Child("residue", in: folder)
            for line in [passphrase, pin, "otpauth://totp/Bank:0001?secret=\(seed)&issuer=Bank"] { child.write(line) }
            var lines = child.lines.makeAsyncIterator()
            #expect(await lines.next() == "wiped")
            let memory = try child.memory()
            child.signal(SIGKILL)
            _ = child.wait()

            // The search finds what is there.
            #expect(Self.count("WarifuTestChild", in: memory) > 0)
            let secrets = [
                ("passphrase", Array(passphrase.utf8)), ("PIN", Array(pin.utf8)), ("seed in base32", Array(seed.utf8)),
                ("seed", try Self.base32(seed)),
            ]
            for (name, secret) in secrets {
                let pieces = Self.pieces(of: secret, in: memory)
                print("left in memory of a \(name): \(pieces) of \(secret.count - 7) pieces")
                // Freed by Swift without a wipe; what is used next overwrites the beginning.
                #expect(pieces <= (name == "seed" ? 0 : (secret.count - 7) / 2), "\(name)")
            }
        }

        private static func draw(_ count: Int, from letters: String) -> String {
            String((0..<count).compactMap { _ in letters.randomElement() })
        }

        /// How many different pieces of eight bytes are found. What freed memory is used for next overwrites its beginning.
        private static func pieces(of secret: [UInt8], in memory: [(name: String, bytes: Data)]) -> Int {
            (0...secret.count - 8).count { count(Data(secret[$0..<$0 + 8]), in: memory) > 0 }
        }

        private static func count(_ text: String, in memory: [(name: String, bytes: Data)]) -> Int {
            count(Data(text.utf8), in: memory)
        }

        private static func count(_ bytes: Data, in memory: [(name: String, bytes: Data)]) -> Int {
            memory.map { _, region in
                var (count, from) = (0, region.startIndex)
                while let hit = region.range(of: bytes, in: from..<region.endIndex) {
                    count += 1
                    from = hit.upperBound
                }
                return count
            }.reduce(0, +)
        }

        /// Whole groups of eight letters alone.
        private static func base32(_ text: String) throws -> [UInt8] {
            let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
            let letters = try text.map { try #require(alphabet.firstIndex(of: $0)) }
            return stride(from: 0, to: letters.count, by: 8).flatMap { at in
                let bits = letters[at..<at + 8].reduce(UInt64(0)) { $0 << 5 | UInt64($1) }
                return (0..<5).map { UInt8(truncatingIfNeeded: bits >> (32 - 8 * $0)) }
            }
        }
    }
#endif
