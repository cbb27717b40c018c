internal import WarifuFFI

/// Asks for the time by itself while somebody looks at the screens: when the newest of them says that it is due, one at a
/// time, and never beside a call of the app's. What comes of it the next screen shows, and nobody else is told.
final class AutomaticSync: Sendable {
    private enum Stage {
        case idle
        case waiting(until: Duration, Task<Void, Never>)
        case asking(Task<Void, Never>)

        var task: Task<Void, Never>? {
            switch self {
            case .idle: nil
            case .waiting(_, let task), .asking(let task): task
            }
        }
    }

    private struct State {
        /// How many look at the screens.
        var viewers = 0
        /// How many calls of the app's are under way.
        var calls = 0
        var stage = Stage.idle
        /// Which of the stages that have a task it is.
        var turn = 0
        /// At so many changes there was nothing to hope for.
        var hopelessAt: Int?

        mutating func stop() {
            stage.task?.cancel()
            stage = .idle
            turn += 1
        }
    }

    private let isOn: Bool
    private let state = Locked(State())

    init(isOn: Bool) {
        self.isOn = isOn
    }

    /// Somebody begins to look.
    func join() {
        state { $0.viewers += 1 }
    }

    /// Somebody has ended. With the last one what is under way ends too.
    func leave() {
        state { state in
            state.viewers -= 1
            if state.viewers == 0 { state.stop() }
        }
    }

    /// Waits until it is due, as a screen says that was made after so many changes.
    func plan(after screen: Screen, changes: Int, of token: Token) {
        guard isOn else { return }
        let now = token.clock.now.uptime
        state { state in
            if case .asking = state.stage { return }
            guard let due = screen.clock.syncAt, state.viewers > 0, state.calls == 0, state.hopelessAt != changes
            else { return state.stop() }
            // The core puts a host's turn off to the next whole second, again and again: whoever is due goes first.
            if case .waiting(let until, _) = state.stage, until == due || until <= now { return }
            state.stop()
            let turn = state.turn
            state.stage = .waiting(until: due, Task { [self] in await run(turn, at: due, of: token) })
        }
    }

    /// A call of the app's begins: it goes before, and ends what is under way.
    func standBack() {
        state { state in
            state.calls += 1
            state.stop()
        }
    }

    /// A call of the app's has ended.
    func goOn() {
        state { $0.calls -= 1 }
    }

    private func run(_ turn: Int, at due: Duration, of token: Token) async {
        let clock = token.clock
        do {
            while clock.now.uptime < due { try await clock.sleep(untilUptime: due) }
        } catch {
            return
        }
        let changes = token.changes.count
        // Begun under the lock, so that a call of the app's is always the newer one.
        let begun = state { state -> (WarifuFFI.Flow, Standing)? in
            guard state.turn == turn, let task = state.stage.task else { return nil }
            state.stage = .asking(task)
            return try? token.overtake(.sync) { core, now in try core.syncTime(now: now) }
        }
        var isHopeless = true
        do throws(WarifuError) {
            guard let (flow, standing) = begun else { throw .closed }
            _ = try await token.run(flow, standing: standing)
            isHopeless = false
        } catch {
            // After each of these the core itself says when next.
            if case .sync(let fault) = error.reason { isHopeless = fault == .nothingToAsk }
        }
        state { state in
            guard state.turn == turn else { return }
            state.stage = .idle
            state.hopelessAt = isHopeless ? changes + 1 : nil
        }
        token.changes.note()
    }
}
