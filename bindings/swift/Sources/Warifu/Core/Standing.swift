/// How a flow stands with the rest of the token: whether a newer one of its kind, a lock or a close has overtaken it.
/// What comes of that is the core's to say; here it only ends what the flow waits for, so that a prompt goes away.
final class Standing: Sendable {
    private struct State {
        var isOver = false
        var whenOver: (@Sendable () -> Void)?
    }

    private let state = Locked(State())

    /// The flow has been overtaken.
    func end() {
        let whenOver = state { state in
            state.isOver = true
            defer { state.whenOver = nil }
            return state.whenOver
        }
        whenOver?()
    }

    /// How a rest came to its end.
    enum Ending<Value: Sendable>: Sendable {
        case done(Value)
        case threw(any Error)
        case overtaken
        case cancelled
    }

    /// Awaits `rest`, unless the flow is overtaken or the caller's task is cancelled before that: then the rest is
    /// cancelled and not awaited. What it gives all the same goes to `late`.
    func await<Value: Sendable>(
        _ rest: @escaping @Sendable () async throws -> Value, late: @escaping @Sendable (Value) -> Void = { _ in }
    ) async -> Ending<Value> {
        let ending = OneShot<Ending<Value>>()
        let task = Task {
            do {
                let value = try await rest()
                if !ending.set(.done(value)) { late(value) }
            } catch {
                ending.set(.threw(error))
            }
        }
        let overtake: @Sendable () -> Void = {
            ending.set(.overtaken)
            task.cancel()
        }
        let isOver = state { state in
            if !state.isOver { state.whenOver = overtake }
            return state.isOver
        }
        if isOver { overtake() }
        defer { state { $0.whenOver = nil } }
        return await withTaskCancellationHandler {
            await ending.value()
        } onCancel: {
            ending.set(.cancelled)
            task.cancel()
        }
    }
}
