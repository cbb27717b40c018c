/// A value that is set once and awaited once. Whoever sets it first wins.
package final class OneShot<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case awaited(CheckedContinuation<Value, Never>)
        case set(Value)
        case taken
    }

    private let state = Locked(State.empty)

    package init() {}

    /// Whether `value` is the one.
    @discardableResult
    package func set(_ value: Value) -> Bool {
        let waiter: CheckedContinuation<Value, Never>?
        let isFirst: Bool
        (isFirst, waiter) = state { state in
            switch state {
            case .empty:
                state = .set(value)
                return (true, nil)
            case .awaited(let waiter):
                state = .taken
                return (true, waiter)
            case .set, .taken:
                return (false, nil)
            }
        }
        waiter?.resume(returning: value)
        return isFirst
    }

    package func value() async -> Value {
        await withCheckedContinuation { continuation in
            let value: Value? = state { state in
                guard case .set(let value) = state else {
                    state = .awaited(continuation)
                    return nil
                }
                state = .taken
                return value
            }
            if let value { continuation.resume(returning: value) }
        }
    }
}
