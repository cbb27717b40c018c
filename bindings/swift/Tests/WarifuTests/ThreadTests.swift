import Dispatch
import Foundation
import Testing
import Warifu
import WarifuTesting

/// What threads read and write, as Linux counts it for each: those that tasks share none of the vault. In a process that
/// does nothing else, so these are among the tests that take one.
extension ChildTests {
    @Test func theThreadsThatTasksShareReadAndWriteNoFile() async throws {
        let folder = try Folder()
        // A UUID is read from the system's randomness, which is no matter here.
        let clock = ManualClock()
        var rounds: [Bool] = []
        // What the process reads when it first needs it is read in the first rounds.
        for round in 0..<6 {
            let before = await SharedThreads.transferred()
            try await live(at: folder.url.appending(path: "\(round).warifu"), by: clock)
            rounds.append(await SharedThreads.grew(since: before) == [])
        }
        #expect(rounds.contains(true))
    }

    /// Or the test above would see nothing.
    @Test func aFileThatATaskReadsOrWritesIsCounted() async throws {
        let folder = try Folder()
        for _ in 0..<6 {
            let before = await SharedThreads.transferred()
            try await Task.detached {
                try Data([1]).write(to: folder.vault)
            }.value
            let grown = await SharedThreads.grew(since: before)
            #expect(grown.contains { $0.hasPrefix("wchar") })
            let read = try await Task.detached { try Data(contentsOf: folder.vault).count }.value
            #expect(read == 1)
            #expect(await SharedThreads.grew(since: before).count > grown.count)
        }
    }

    private func live(at file: URL, by clock: ManualClock) async throws {
        let passphrase = SecretBytes(utf8: TestSecrets.passphrase)
        let pin = SecretBytes(utf8: TestSecrets.pin)
        let protector = FakeKeyProtector()
        let token = try await Token.create(
            at: file, passphrase: passphrase, cost: TestSecrets.quick, protector: protector, clock: clock)
        let entry = try await token.entries.add(TestSecrets.totp).id
        let counted = try await token.entries.add(TestSecrets.hotp).id
        try await token.entries.rename(entry, issuer: "Another Bank")
        _ = try await token.entries.advance(counted, for: PressID())
        try await token.entries.remove(entry)
        try await token.slots.set(.pin(pin, hardware: .mac, cost: TestSecrets.quick))
        try await token.slots.changePassphrase(from: passphrase, to: passphrase, cost: TestSecrets.quick)
        try await token.anchor()
        _ = try token.screen()
        try token.lock()
        _ = try await token.slots.listInFile()
        try await token.unlock(.pin(pin))
        try token.lock()
        try await token.unlock(.passphrase(passphrase))
        try await token.refresh()
        try await token.enrolment.discard()
        token.close()
        try await Token.open(at: file, protector: protector, clock: clock).close()
    }
}

/// The threads that tasks of every priority run on.
private enum SharedThreads {
    /// By thread and kind, how many bytes were read and written.
    static func transferred() async -> [String: Int] {
        let threads = await all()
        // Elsewhere, since to read the counts counts.
        return await withCheckedContinuation { continuation in
            DispatchQueue(label: "counts").async {
                var counts: [String: Int] = [:]
                for thread in threads {
                    let text = (try? String(contentsOfFile: "/proc/\(thread)/io", encoding: .utf8)) ?? ""
                    for line in text.split(separator: "\n") where line.hasPrefix("rchar") || line.hasPrefix("wchar") {
                        let words = line.split(separator: " ")
                        counts["\(words[0]) \(thread)"] = Int(words[1])
                    }
                }
                continuation.resume(returning: counts)
            }
        }
    }

    /// Which counts are higher; those of a thread that is new begin at 0.
    static func grew(since before: [String: Int]) async -> Set<String> {
        Set(await transferred().filter { $0.value > before[$0.key, default: 0] }.keys)
    }

    /// Many tasks at once, each of which keeps its thread for a moment, meet every one of them.
    private static func all() async -> Set<String> {
        await withTaskGroup(of: String?.self) { group in
            for number in 0..<64 {
                let priority: TaskPriority = [.background, .utility, .medium, .userInitiated][number % 4]
                group.addTask(priority: priority) {
                    usleep(1_000)
                    return try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
                }
            }
            return await group.reduce(into: []) { found, thread in
                if let thread { found.insert(thread) }
            }
        }
    }
}
