import Foundation
import Warifu

/// Steps in the background, and the clock that they wait by. After each step every task has come to rest: its errand is
/// held, it waits for a time that has not come, or it has ended.
final class Tasks: DeviceClock {
    /// The task that runs, if it is not the foreground.
    @TaskLocal static var current: String?

    private enum Status {
        case running
        case held(OneShot<Void>)
        case waiting(until: Duration, OneShot<Void>)
        case ended(Result<JSON, any Error>)

        func rests(until wake: OneShot<Void>) -> Bool {
            switch self {
            case .held(let go), .waiting(_, let go): go === wake
            case .running, .ended: false
            }
        }
    }

    private struct State {
        var now = DeviceTime(
            wall: Date(timeIntervalSince1970: 2_000_000_010), uptime: .seconds(7_000), boot: Tasks.boot(1))
        var status: [String: Status] = [:]
        var tasks: [String: Task<Void, Never>] = [:]
        var hold: (kind: ErrandKind, before: Int)?
        /// What a step in the foreground did that it may not.
        var fault: String?
        var observers: [OneShot<Void>] = []
    }

    private let state = Locked(State())

    /// A wait of the vault's own, rather than a PIN's.
    private static let short = Duration.seconds(1)

    static func boot(_ number: UInt8) -> BootID {
        BootID(NSUUID(uuidBytes: Array(repeating: number, count: 16)) as UUID)
    }

    // MARK: - The clock

    var now: DeviceTime { state { $0.now } }

    func set(_ change: (inout DeviceTime) -> Void) {
        let awake = state { state in
            change(&state.now)
            let now = state.now.uptime
            var awake: [OneShot<Void>] = []
            for case (let name, .waiting(let until, let wake)) in state.status where until <= now {
                state.status[name] = .running
                awake.append(wake)
            }
            return awake
        }
        for wake in awake { wake.set(()) }
    }

    func sleep(untilUptime uptime: Duration) async throws(CancellationError) {
        let span = uptime - now.uptime
        if span <= Self.short {
            set { $0.advance(by: max(span, .zero)) }
            return
        }
        try await rest { .waiting(until: uptime, $0) }
    }

    // MARK: - Held errands

    func holdNext(_ kind: ErrandKind, nth: Int) {
        state { $0.hold = (kind, nth - 1) }
    }

    /// Called before each errand.
    func hold(_ kind: ErrandKind) async throws {
        let isHeld = state { state in
            guard let hold = state.hold, hold.kind == kind else { return false }
            state.hold = hold.before == 0 ? nil : (kind, hold.before - 1)
            return hold.before == 0
        }
        if isHeld { try await rest(Status.held) }
    }

    func release() {
        let held = state { state in
            var held: [OneShot<Void>] = []
            for case (let name, .held(let go)) in state.status {
                state.status[name] = .running
                held.append(go)
            }
            return held
        }
        for go in held { go.set(()) }
    }

    /// Rests the task that runs until it is woken or cancelled.
    private func rest(_ status: (OneShot<Void>) -> Status) async throws(CancellationError) {
        let wake = OneShot<Void>()
        let status = status(wake)
        guard let name = Self.current else {
            state { $0.fault = "a step in the foreground would rest: \(status)" }
            throw CancellationError()
        }
        note { $0.status[name] = status }
        await withTaskCancellationHandler {
            await wake.value()
        } onCancel: { [self] in
            // At once, so that nobody takes the task for one at rest; unless it has gone on by itself, and perhaps ended,
            // since whoever overtakes it lets it go on before this.
            state { state in
                if state.status[name]?.rests(until: wake) == true { state.status[name] = .running }
            }
            wake.set(())
        }
        if Task.isCancelled { throw CancellationError() }
    }

    // MARK: - Tasks

    func start(_ name: String, _ work: @escaping @Sendable () async throws -> JSON) throws {
        let isNew = state { state in
            guard state.status[name] == nil else { return false }
            state.status[name] = .running
            return true
        }
        guard isNew else { throw Broken("the task \(name) was not finished") }
        let task = Task { [self] in
            await Self.$current.withValue(name) {
                let result: Result<JSON, any Error>
                do { result = .success(try await work()) } catch { result = .failure(error) }
                note { $0.status[name] = .ended(result) }
            }
        }
        state { $0.tasks[name] = task }
    }

    func cancel(_ name: String) throws {
        let task = try state { state in
            guard let status = state.status[name] else { throw Broken("no task is called \(name)") }
            if case .ended = status { throw Broken("the task \(name) has ended") }
            state.status[name] = .running
            return state.tasks[name]
        }
        task?.cancel()
    }

    /// Comes back when every task is at rest.
    func settle() async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while true {
            let changed = OneShot<Void>()
            let (isSettled, fault) = state { state in
                let isSettled = !state.status.values.contains { if case .running = $0 { true } else { false } }
                if !isSettled { state.observers.append(changed) }
                return (isSettled, state.fault)
            }
            if let fault { throw Broken(fault) }
            if isSettled { return }
            let alarm = Task {
                try await Task.sleep(until: deadline)
                changed.set(())
            }
            await changed.value()
            alarm.cancel()
            if ContinuousClock.now >= deadline { throw Broken("a task does not come to rest") }
        }
    }

    func look(_ name: String) throws -> JSON {
        try state { state in
            switch state.status[name] {
            case nil: throw Broken("no task is called \(name)")
            case .running?: ["is": "running"]
            case .held?: ["is": "held"]
            case .waiting(let until, _)?:
                ["is": "waiting", "wait_ms": JSON(max(until - state.now.uptime, .zero).milliseconds)]
            case .ended?: ["is": "ended"]
            }
        }
    }

    func finish(_ name: String) throws -> JSON {
        let status = state { state in
            state.tasks[name] = nil
            return state.status.removeValue(forKey: name)
        }
        switch status {
        case .ended(let result)?: return try result.get()
        case nil: throw Broken("no task is called \(name)")
        case .running?, .held?, .waiting?: throw Broken("the task \(name) has not ended")
        }
    }

    var isEmpty: Bool { state { $0.status.isEmpty } }

    private func note(_ change: (inout State) -> Void) {
        let observers = state { state in
            change(&state)
            defer { state.observers = [] }
            return state.observers
        }
        for observer in observers { observer.set(()) }
    }
}

extension DeviceTime {
    /// Both clocks go on.
    mutating func advance(by span: Duration) {
        wall += TimeInterval(span.milliseconds) / 1000
        uptime += span
    }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
