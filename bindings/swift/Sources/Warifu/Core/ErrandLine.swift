/// A token's errands, one after the other in the order in which they came, whichever flow they are of: a key store has
/// one person in front of it.
final class ErrandLine: Sendable {
    private struct State {
        var isTaken = false
        var waiting: [Place] = []
    }

    private let state = Locked(State())

    /// A place in the line: its turn comes when it is set.
    typealias Place = OneShot<Void>

    /// Takes the next place. Whoever takes one runs an errand at it; nothing goes by it.
    func place() -> Place {
        let place = Place()
        let isFree = state { state in
            if state.isTaken { state.waiting.append(place) }
            defer { state.isTaken = true }
            return !state.isTaken
        }
        if isFree { place.set(()) }
        return place
    }

    /// Does `errand` when the turn of its place has come. A cancelled task keeps its place: whatever is before it has been
    /// cancelled or ends by itself, and nobody awaits the one that is cancelled.
    ///
    /// - Throws: what the errand throws; `CancellationError`, and then it was not begun.
    func run<Value>(at place: Place, _ errand: () async throws -> Value) async throws -> Value {
        await place.value()
        defer { leave() }
        try Task.checkCancellation()
        return try await errand()
    }

    private func leave() {
        let next: Place? = state { state in
            guard !state.waiting.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.set(())
    }
}
