/// Tells the screens of a token that something changed by a call, so that they do not sleep over it.
final class Changes: Sendable {
    private struct State {
        var count = 0
        var waiting: [Int: @Sendable () -> Void] = [:]
        var lastWaiter = 0
    }

    private let state = Locked(State())

    /// How many changes there were.
    var count: Int { state { $0.count } }

    func note() {
        let waiting = state { state in
            state.count += 1
            defer { state.waiting = [:] }
            return state.waiting
        }
        for wake in waiting.values { wake() }
    }

    /// Calls `wake` once, when there are more changes than `count`; at once, if there are already. The number is for
    /// ``forget(_:)``.
    func wait(after count: Int, _ wake: @escaping @Sendable () -> Void) -> Int? {
        let waiter: Int? = state { state in
            guard state.count == count else { return nil }
            state.lastWaiter += 1
            state.waiting[state.lastWaiter] = wake
            return state.lastWaiter
        }
        if waiter == nil { wake() }
        return waiter
    }

    func forget(_ waiter: Int?) {
        guard let waiter else { return }
        state { _ = $0.waiting.removeValue(forKey: waiter) }
    }
}
