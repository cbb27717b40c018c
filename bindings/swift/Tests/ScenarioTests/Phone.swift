import Foundation
import Warifu
import WarifuTesting

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A phone: a folder for one vault, a key store, the clocks, and what the scenario calls things.
final class Phone: Sendable {
    let cost: Argon2Cost
    let store = FakeKeyProtector()
    let network = Network()
    let tasks = Tasks()
    private let folder: URL
    private let names = Locked(Called())

    private struct Called {
        var tokens: [String: Token] = [:]
        var entries: [String: EntryID] = [:]
        var presses: [String: PressID] = [:]
        var files: [String: Data] = [:]
        var lock: Int32?
    }

    init(cost: Argon2Cost) throws {
        self.cost = cost
        folder = FileManager.default.temporaryDirectory.appending(path: "warifu-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    }

    deinit {
        names { called in _ = called.lock.map { Self.shut($0) } }
        try? FileManager.default.removeItem(at: folder)
    }

    var vault: URL { folder.appending(path: "token.warifu") }

    // MARK: - What the scenario calls things

    func put(_ token: Token, as name: String) {
        names { $0.tokens[name] = token }
    }

    func token(_ name: String) throws -> Token {
        guard let token = names({ $0.tokens[name] }) else { throw Broken("no token is called \(name)") }
        return token
    }

    func put(_ entry: EntryID, as name: String) throws {
        let before = names { $0.entries.updateValue(entry, forKey: name) }
        guard before == nil else { throw Broken("two entries are called \(name)") }
    }

    func entry(_ name: String) throws -> EntryID {
        guard let entry = names({ $0.entries[name] }) else { throw Broken("no entry is called \(name)") }
        return entry
    }

    func name(of entry: EntryID) -> JSON {
        JSON(names { $0.entries.first { $0.value == entry }?.key })
    }

    func press(_ name: String) -> PressID {
        names { called in
            let press = called.presses[name] ?? PressID()
            called.presses[name] = press
            return press
        }
    }

    /// The slot's kind, as any open token finds it in the file.
    func kind(of slot: SlotID) async -> JSON {
        for token in names({ Array($0.tokens.values) }) {
            let slots = try? await token.slots.listInFile()
            if let found = slots?.first(where: { $0.id == slot }) { return .string(found.kind.word) }
        }
        return .null
    }

    // MARK: - Its file

    func file() throws -> Data {
        try Data(contentsOf: vault)
    }

    func putFile(_ bytes: Data) throws {
        try bytes.write(to: vault)
    }

    func keepFile(as name: String) throws {
        let bytes = try file()
        names { $0.files[name] = bytes }
    }

    func kept(_ name: String) throws -> Data {
        guard let bytes = names({ $0.files[name] }) else { throw Broken("no file is kept as \(name)") }
        return bytes
    }

    /// Another opening of the lock's file stands for another process: its lock is not ours.
    func holdLock() throws {
        let path = vault.appendingPathExtension("lock").path(percentEncoded: false)
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0, flock(file, LOCK_EX | LOCK_NB) == 0 else { throw Broken("the lock cannot be held: \(errno)") }
        names { $0.lock = file }
    }

    func releaseLock() throws {
        guard let file = names({ $0.lock.take() }) else { throw Broken("nobody holds the lock") }
        Self.shut(file)
    }

    private static func shut(_ file: Int32) {
        _ = close(file)
    }
}
