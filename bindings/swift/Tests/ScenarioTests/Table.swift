import Foundation
import Testing
import Warifu

/// The table as data; `docs/scenarios.md` says what it means.
struct Table: Decodable, Sendable {
    let format: Int
    let kdf: Cost
    let ops: [String]
    let scenarios: [Scenario]

    struct Cost: Decodable, Sendable {
        let memory_kib: Int
        let passes: Int
        let lanes: Int
    }

    /// The one of this checkout.
    static func read() throws -> Table {
        let root = URL(filePath: #filePath).appending(path: "../../../../..").standardized
        let bytes = try Data(contentsOf: root.appending(path: "tests/scenarios.json"))
        let table = try JSONDecoder().decode(Table.self, from: bytes)
        guard table.format == 1 else { throw Broken("the table has format \(table.format)") }
        return table
    }

    var cost: Argon2Cost { Argon2Cost(memoryKiB: kdf.memory_kib, passes: kdf.passes, lanes: kdf.lanes) }
}

struct Scenario: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let steps: [JSON]

    var testDescription: String { name }
}

/// One step: an op, with what it is to give or the error that it is to end in.
struct Step {
    let op: Op
    let arguments: Arguments
    let expect: JSON?
    let error: JSON?
    /// As it is written, for messages.
    let text: String

    init(_ written: JSON) throws {
        guard case .object(var fields) = written else { throw Broken("no step: \(written)") }
        text = "\(written)"
        guard case .string(let name)? = fields.removeValue(forKey: "op") else { throw Broken("no op: \(text)") }
        guard let op = Op(rawValue: name) else { throw Broken("the op \(name) is not known") }
        self.op = op
        expect = fields.removeValue(forKey: "expect")
        error = fields.removeValue(forKey: "error")
        guard expect == nil || error == nil else { throw Broken("a result and an error: \(text)") }
        arguments = Arguments(fields)
    }
}

/// Everything that can be done.
enum Op: String, CaseIterable {
    case clock
    case create, create_on_device, open, close, lock, is_unlocked, unlock
    case screen, refresh, anchor, marker, read_marker
    case preview, add, rename, remove, entries, advance
    case sync_time
    case service, network, preview_enrolment, enrol, resume_enrolment, pending_enrolment, discard_enrolment
    case slots, locked_slots, set_slot, remake_slot, remove_slot, change_passphrase
    case keep_file, put_file, compare_file, damage_file, cut_file, write_file, remove_file
    case hold_lock, release_lock
    case key_store, refuse_next, throw_next, empty_next, hold_next, release
    case lose_keys, answer_prompts, change_biometrics
    case start, task, cancel, finish, `repeat`, at_once
}

/// A step's arguments. Each is taken once, by its name; what is left over is not known.
final class Arguments {
    private var fields: [String: JSON]

    init(_ fields: [String: JSON]) {
        self.fields = fields
    }

    func string(_ name: String) throws -> String {
        guard let text = try stringIfAny(name) else { throw Broken("\(name) is missing") }
        return text
    }

    func stringIfAny(_ name: String) throws -> String? {
        switch fields.removeValue(forKey: name) {
        case nil: return nil
        case .string(let text): return text
        case let other?: throw Broken("\(name) is no text: \(other)")
        }
    }

    func int(_ name: String) throws -> Int64 {
        guard let int = try intIfAny(name) else { throw Broken("\(name) is missing") }
        return int
    }

    func intIfAny(_ name: String) throws -> Int64? {
        switch fields.removeValue(forKey: name) {
        case nil: return nil
        case .int(let int): return int
        case let other?: throw Broken("\(name) is no number: \(other)")
        }
    }

    func boolIfAny(_ name: String) throws -> Bool? {
        switch fields.removeValue(forKey: name) {
        case nil: return nil
        case .bool(let bool): return bool
        case let other?: throw Broken("\(name) is neither true nor false: \(other)")
        }
    }

    /// A word out of those of `Words`.
    func word<Words: RawRepresentable<String>>(_ name: String, of: Words.Type = Words.self) throws -> Words {
        guard let word = try wordIfAny(name, of: Words.self) else { throw Broken("\(name) is missing") }
        return word
    }

    func wordIfAny<Words: RawRepresentable<String>>(_ name: String, of: Words.Type = Words.self) throws -> Words? {
        guard let text = try stringIfAny(name) else { return nil }
        guard let word = Words(rawValue: text) else { throw Broken("\(name) cannot be \(text)") }
        return word
    }

    func steps(_ name: String) throws -> [JSON] {
        guard case .array(let steps)? = fields.removeValue(forKey: name) else { throw Broken("\(name) are missing") }
        return steps
    }

    func step(_ name: String) throws -> JSON {
        guard let step = fields.removeValue(forKey: name) else { throw Broken("\(name) is missing") }
        return step
    }

    func stringsIfAny(_ name: String) throws -> [String]? {
        guard let value = fields.removeValue(forKey: name) else { return nil }
        guard case .array(let values) = value else { throw Broken("\(name) are no texts: \(value)") }
        return try values.map { value in
            guard case .string(let text) = value else { throw Broken("\(name) are no texts: \(value)") }
            return text
        }
    }

    /// Whether all were taken.
    func end() throws {
        if let name = fields.keys.sorted().first { throw Broken("the argument \(name) is not known") }
    }
}

/// Why a scenario does not hold, or cannot be run.
struct Broken: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
