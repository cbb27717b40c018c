import Foundation
import Warifu
import WarifuTesting

/// Runs a scenario on a phone of its own: each op is a call or two of the layer.
struct Runner: Sendable {
    private let phone: Phone

    static func run(_ scenario: Scenario, cost: Argon2Cost) async throws {
        let runner = Runner(phone: try Phone(cost: cost))
        for step in scenario.steps { _ = try await runner.run(step) }
        guard runner.phone.tasks.isEmpty else { throw Broken("a task was not finished") }
    }

    /// Runs a step and holds what it gave against what the table says.
    private func run(_ written: JSON) async throws -> JSON {
        let step = try Step(written)
        do {
            let observed: JSON
            let misses: String?
            do {
                observed = try await act(step.op, step.arguments)
                misses =
                    if step.error != nil {
                        "no error: \(observed)"
                    } else {
                        step.expect.flatMap { observed.misses($0, path: "result") }
                    }
            } catch let error as WarifuError {
                observed = await error.observed(on: phone)
                misses =
                    if let expected = step.error {
                        observed.misses(expected, path: "error")
                    } else {
                        "an error: \(observed)"
                    }
            }
            try await phone.tasks.settle()
            if let misses { throw Broken(misses) }
            return observed
        } catch let broken as Broken {
            throw Broken("\(step.text)\n\(broken)")
        }
    }

    private func act(_ op: Op, _ a: Arguments) async throws -> JSON {
        /// The token that the step is about, if it is about one.
        let token = try a.stringIfAny("token") ?? "main"
        switch op {
        case .clock: return try clock(a)

        case .create, .create_on_device, .open: return try await make(op, token, a)
        case .close, .lock, .is_unlocked, .unlock: return try await unlock(op, try phone.token(token), a)
        case .screen, .refresh, .anchor, .marker: return try await look(op, try phone.token(token), a)
        case .read_marker:
            let text = try a.string("text")
            try a.end()
            return ["banks": .array(try Marker(text: text).banks.map { JSON($0) })]

        case .preview:
            let link = try link(a)
            try a.end()
            let preview = try Token.preview(of: link)
            return JSON(preview.names, preview.generator, preview.weakness)
        case .add, .rename, .remove, .entries, .advance:
            return try await entries(op, try phone.token(token), a)
        case .slots, .locked_slots, .set_slot, .remake_slot, .remove_slot, .change_passphrase:
            return try await slots(op, try phone.token(token), a)

        case .keep_file, .put_file, .compare_file, .damage_file, .cut_file, .write_file, .remove_file, .hold_lock,
            .release_lock:
            return try file(op, a)
        case .key_store, .refuse_next, .throw_next, .empty_next, .hold_next, .release, .lose_keys, .answer_prompts,
            .change_biometrics:
            return try await keyStore(op, a)

        case .start, .task, .cancel, .finish: return try await task(op, a)
        case .repeat:
            let count = Int(try a.int("count"))
            let steps = try a.steps("steps")
            try a.end()
            for number in 0..<count {
                for step in steps { _ = try await run(step.numbered(number)) }
            }
            return [:]
        case .at_once:
            let count = Int(try a.int("count"))
            let steps = try a.steps("steps")
            try a.end()
            return ["distinct": JSON(try await atOnce((0..<count).map { steps[$0 % steps.count].numbered($0) }))]
        }
    }

    private func clock(_ a: Arguments) throws -> JSON {
        let (wall, uptime) = (try a.intIfAny("wall_ms"), try a.intIfAny("uptime_ms"))
        let (boot, advance) = (try a.intIfAny("boot"), try a.intIfAny("advance_ms"))
        try a.end()
        guard boot.map({ 1...255 ~= $0 }) ?? true else { throw Broken("boot is 1 to 255") }
        phone.tasks.set { now in
            if let wall { now.wall = Date(timeIntervalSince1970: TimeInterval(wall) / 1000) }
            if let uptime { now.uptime = .milliseconds(uptime) }
            if let boot { now.boot = Tasks.boot(UInt8(boot)) }
            now.advance(by: .milliseconds(advance ?? 0))
        }
        return [:]
    }

    // MARK: - A token's life

    private func make(_ op: Op, _ name: String, _ a: Arguments) async throws -> JSON {
        let (store, tasks) = (phone.store, phone.tasks)
        let hold: ErrandHold = { try await tasks.hold($0) }
        let token: Token
        switch op {
        case .create:
            let passphrase = SecretBytes(utf8: try a.string("passphrase"))
            try a.end()
            token = try await Token.create(
                at: phone.vault, passphrase: passphrase, cost: phone.cost, protector: store, clock: tasks, hold: hold)
        case .create_on_device:
            try a.end()
            token = try await Token.createOnDevice(at: phone.vault, protector: store, clock: tasks, hold: hold)
        default:
            try a.end()
            token = try await Token.open(at: phone.vault, protector: store, clock: tasks, hold: hold)
        }
        phone.put(token, as: name)
        return [:]
    }

    private func unlock(_ op: Op, _ token: Token, _ a: Arguments) async throws -> JSON {
        enum By: String { case passphrase, device, biometric, pin }

        switch op {
        case .close:
            try a.end()
            token.close()
            return [:]
        case .lock:
            try a.end()
            try token.lock()
            return [:]
        case .is_unlocked:
            try a.end()
            return ["unlocked": .bool(try token.isUnlocked)]
        default:
            let way: Unlock =
                switch try a.word("by", of: By.self) {
                case .device: .device
                case .biometric: .biometric
                case .pin: .pin(SecretBytes(utf8: try a.string("pin")))
                case .passphrase: .passphrase(SecretBytes(utf8: try a.string("passphrase")))
                }
            try a.end()
            return JSON(try await token.unlock(way))
        }
    }

    private func look(_ op: Op, _ token: Token, _ a: Arguments) async throws -> JSON {
        switch op {
        case .screen:
            let only = try a.stringsIfAny("only")
            try a.end()
            return JSON(try token.screen(), only: only, now: phone.tasks.now, on: phone)
        case .refresh:
            try a.end()
            return ["changed": .bool(try await token.refresh())]
        case .anchor:
            try a.end()
            try await token.anchor()
            return [:]
        default:
            try a.end()
            return ["text": .string(try await token.marker().text)]
        }
    }

    // MARK: - Its credentials and slots

    private func link(_ a: Arguments) throws -> SecretBytes {
        var bytes: [UInt8]
        switch (try a.stringIfAny("uri"), try a.stringIfAny("uri_hex")) {
        case (let text?, nil): bytes = Array(text.utf8)
        case (nil, let hex?): bytes = try Self.bytes(hex)
        default: throw Broken("a link is given as text or in hexadecimal")
        }
        if let length = try a.intIfAny("filled_to") {
            bytes += Array(repeating: UInt8(ascii: "a"), count: Int(length) - bytes.count)
        }
        return SecretBytes(bytes)
    }

    private func entries(_ op: Op, _ token: Token, _ a: Arguments) async throws -> JSON {
        switch op {
        case .add:
            let name = try a.stringIfAny("as")
            let link = try link(a)
            try a.end()
            let added = try await token.entries.add(link)
            if let name { try phone.put(added.id, as: name) }
            return JSON(weakness: added.weakness)
                .merging(["same_name": .array(added.sameName.map(phone.name(of:)))])
        case .rename:
            let entry = try phone.entry(try a.string("entry"))
            let (issuer, account) = (try a.stringIfAny("issuer"), try a.stringIfAny("account"))
            try a.end()
            try await token.entries.rename(entry, issuer: issuer, account: account)
            return [:]
        case .remove:
            let entry = try phone.entry(try a.string("entry"))
            try a.end()
            try await token.entries.remove(entry)
            return [:]
        case .advance:
            let (entry, press) = (try phone.entry(try a.string("entry")), phone.press(try a.string("request")))
            try a.end()
            return JSON(try await token.entries.advance(entry, for: press))
        default:
            try a.end()
            let entries = try await token.entries.list().map { entry in
                JSON(entry.names, entry.generator, entry.weakness).merging(["entry": phone.name(of: entry.id)])
            }
            return ["count": JSON(entries.count), "entries": .array(entries)]
        }
    }

    private enum Kind: String { case passphrase, device, biometric, pin }

    private func slots(_ op: Op, _ token: Token, _ a: Arguments) async throws -> JSON {
        switch op {
        case .slots:
            try a.end()
            return JSON(try await token.slots.list())
        case .locked_slots:
            try a.end()
            return JSON(try await token.slots.listInFile())
        case .set_slot:
            let new = try newSlot(a)
            try a.end()
            try await token.slots.set(new)
        case .remake_slot, .remove_slot:
            let kind = try a.word("slot", of: Kind.self)
            try a.end()
            let slot = try await slot(kind, of: token)
            if op == .remake_slot { try await token.slots.remake(slot) } else { try await token.slots.remove(slot) }
        default:
            let (current, new) = (SecretBytes(utf8: try a.string("current")), SecretBytes(utf8: try a.string("new")))
            try a.end()
            try await token.slots.changePassphrase(from: current, to: new, cost: phone.cost)
        }
        return [:]
    }

    private func newSlot(_ a: Arguments) throws -> NewSlot {
        enum Hardware: String { case mac, unwrap }

        switch try a.word("slot", of: Kind.self) {
        case .device: return .device
        case .biometric: return .biometric
        case .passphrase: return .passphrase(SecretBytes(utf8: try a.string("passphrase")), cost: phone.cost)
        case .pin:
            let hardware: PINHardware =
                switch try a.word("hardware", of: Hardware.self) {
                case .mac: .mac
                case .unwrap: .unwrap
                }
            let limit = Int(try a.intIfAny("limit") ?? 6)
            return .pin(SecretBytes(utf8: try a.string("pin")), hardware: hardware, limit: limit, cost: phone.cost)
        }
    }

    private func slot(_ kind: Kind, of token: Token) async throws -> SlotID {
        let slot = try await token.slots.listInFile().first { $0.kind.word == kind.rawValue }
        guard let slot else { throw Broken("there is no \(kind) slot") }
        return slot.id
    }

    // MARK: - Its file

    private func file(_ op: Op, _ a: Arguments) throws -> JSON {
        enum End: String { case start, end }

        switch op {
        case .keep_file:
            try phone.keepFile(as: try a.string("as"))
        case .put_file:
            try phone.putFile(try phone.kept(try a.string("kept")))
        case .compare_file:
            let same = try phone.file() == phone.kept(try a.string("kept"))
            try a.end()
            return ["same": .bool(same)]
        case .damage_file:
            let (from, offset) = (try a.word("from", of: End.self), Int(try a.int("offset")))
            let xor = UInt8(try a.int("xor"))
            var bytes = try phone.file()
            bytes[from == .start ? offset : bytes.count - 1 - offset] ^= xor
            try phone.putFile(bytes)
        case .cut_file:
            try phone.putFile(try phone.file().prefix(Int(try a.int("keep"))))
        case .write_file:
            try phone.putFile(Data(try Self.bytes(try a.string("hex"))))
        case .remove_file:
            try FileManager.default.removeItem(at: phone.vault)
        case .hold_lock:
            try phone.holdLock()
        default:
            try phone.releaseLock()
        }
        try a.end()
        return [:]
    }

    private static func bytes(_ hex: String) throws -> [UInt8] {
        let digits = Array(hex)
        return try stride(from: 0, to: digits.count, by: 2).map { at in
            guard at + 1 < digits.count, let byte = UInt8(String(digits[at...at + 1]), radix: 16) else {
                throw Broken("not hexadecimal: \(hex)")
            }
            return byte
        }
    }

    // MARK: - Its key store

    private func keyStore(_ op: Op, _ a: Arguments) async throws -> JSON {
        enum Refusal: String { case missing, invalidated, cancelled, locked_out, not_enrolled, unavailable }
        enum Answer: String { case accept, cancel, lock_out }

        let store = phone.store
        switch op {
        case .key_store:
            try a.end()
            return ["keys": JSON(store.keys.count), "prompts": JSON(store.promptCount)]
        case .refuse_next:
            let refusal: KeyRefusal =
                switch try a.word("refusal", of: Refusal.self) {
                case .missing: .missing
                case .invalidated: .invalidated
                case .cancelled: .cancelled
                case .locked_out: .lockedOut
                case .not_enrolled: .notEnrolled
                case .unavailable: .unavailable
                }
            store.refuseNext(refusal)
        case .throw_next:
            store.throwNext(Thrown())
        case .empty_next:
            store.emptyNext()
        case .hold_next:
            let nth = Int(try a.intIfAny("nth") ?? 1)
            guard nth > 0 else { throw Broken("nth counts from 1") }
            phone.tasks.holdNext(try a.word("errand"), nth: nth)
        case .release:
            phone.tasks.release()
        case .lose_keys:
            if let kind = try a.wordIfAny("slot", of: Kind.self) {
                let slot = try await slot(kind, of: Token.open(at: phone.vault))
                store.loseKeys { $0.alias.split(separator: ".")[1] == slot.rawValue }
            } else {
                store.loseEverything()
            }
        case .answer_prompts:
            store.person =
                switch try a.word("with", of: Answer.self) {
                case .accept: .accepts
                case .cancel: .cancels
                case .lock_out: .isLockedOut
                }
        default:
            store.changeBiometrics()
        }
        try a.end()
        return [:]
    }

    // MARK: - Several at once

    private func task(_ op: Op, _ a: Arguments) async throws -> JSON {
        let name = try a.string("task")
        let tasks = phone.tasks
        switch op {
        case .start:
            let written = try a.step("step")
            try a.end()
            let step = try Step(written)
            guard step.expect == nil, step.error == nil else {
                throw Broken("what a task gives stands with its finish")
            }
            try tasks.start(name) { [self] in
                let step = try Step(written)
                return try await act(step.op, step.arguments)
            }
            try await tasks.settle()
            return try tasks.look(name)
        case .task:
            try a.end()
            return try tasks.look(name)
        case .cancel:
            try a.end()
            try tasks.cancel(name)
            return [:]
        default:
            try a.end()
            return try tasks.finish(name)
        }
    }

    /// Runs the steps at the same time, each in a task of its own; gives how many different results there were.
    private func atOnce(_ steps: [JSON]) async throws -> Int {
        try await withThrowingTaskGroup(of: JSON.self) { group in
            for step in steps { group.addTask { try await run(step) } }
            return try await group.reduce(into: Set<JSON>()) { $0.insert($1) }.count
        }
    }
}
