import Foundation
import Warifu
import WarifuTesting

/// Runs a scenario on a phone of its own: each op is a call or two of the layer.
struct Runner: Sendable {
    let phone: Phone

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
        case .sync_time:
            let token = try phone.token(token)
            try a.end()
            try await token.time.sync()
            return [:]
        case .service, .network: return try await network(op, a)
        case .preview_enrolment: return try await previewEnrolment(a)
        case .enrol, .resume_enrolment, .pending_enrolment, .discard_enrolment:
            return try await enrolment(op, try phone.token(token), a)
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
        let (store, network, tasks) = (phone.store, phone.network, phone.tasks)
        let hold: ErrandHold = { try await tasks.hold($0) }
        let hosts = try a.stringsIfAny("hosts")?.compactMap(URL.init(string:))
        let token: Token
        switch op {
        case .create:
            let passphrase = SecretBytes(utf8: try a.string("passphrase"))
            try a.end()
            token = try await Token.create(
                at: phone.vault, passphrase: passphrase, cost: phone.cost, protector: store, transport: network,
                clock: tasks, syncsTime: true, hold: hold)
        case .create_on_device:
            try a.end()
            token = try await Token.createOnDevice(
                at: phone.vault, protector: store, transport: network, clock: tasks, syncsTime: true, hold: hold)
        default:
            try a.end()
            token = try await Token.open(
                at: phone.vault, protector: store, transport: network, clock: tasks, syncsTime: true, hold: hold)
        }
        do {
            if let hosts { try token.time.setHosts(hosts) }
        } catch {
            // Here the hosts come after the vault; in the table what is refused was not made.
            token.close()
            if op != .open { try FileManager.default.removeItem(at: phone.vault) }
            throw error
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
