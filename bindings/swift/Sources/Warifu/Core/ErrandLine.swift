/// A token's errands, one after the other in the order in which they came, whichever flow they are of: a key store has
/// one person in front of it.
final class ErrandLine: Sendable {
    private struct State {
        var isTaken = false
        var waiting: [OneShot<Void>] = []
    }

    private let state = Locked(State())

    /// Does `errand` when its turn has come.
    ///
    /// - Throws: what the errand throws; `CancellationError`, and then it was not begun.
    func run<Value>(_ errand: () async throws -> Value) async throws -> Value {
        await enter()
        defer { leave() }
        try Task.checkCancellation()
        return try await errand()
    }

    /// A cancelled task keeps its place: whatever is before it has been cancelled or ends by itself, and nobody awaits
    /// the one that is cancelled.
    private func enter() async {
        let turn = OneShot<Void>()
        let isFree = state { state in
            if state.isTaken { state.waiting.append(turn) }
            defer { state.isTaken = true }
            return !state.isTaken
        }
        if !isFree { await turn.value() }
    }

    private func leave() {
        let next: OneShot<Void>? = state { state in
            guard !state.waiting.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.set(())
    }
}
