public import Foundation
public import Warifu

/// A clock that a test sets and moves. It stands still by itself.
///
/// ```swift
/// let clock = ManualClock()
/// let token = try await Token.createOnDevice(at: file, protector: FakeKeyProtector(), clock: clock)
/// clock.advance(by: .seconds(30))
/// ```
public final class ManualClock: DeviceClock {
    private struct Sleeper {
        let until: Duration
        let wake: OneShot<Void>
    }

    private struct State {
        var now: DeviceTime
        var sleepers: [Sleeper] = []
        var observers: [OneShot<Void>] = []
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var lastListener = 0
    }

    private let state: Locked<State>

    /// A clock that stands at `now`; if left out, at 2033-05-18T03:33:30Z, where a period of 30 seconds begins.
    public init(
        _ now: DeviceTime = DeviceTime(
            wall: Date(timeIntervalSince1970: 2_000_000_010), uptime: .seconds(7_000),
            boot: BootID(UUID()))
    ) {
        state = Locked(State(now: now))
    }

    public var now: DeviceTime { state { $0.now } }

    /// Lets time go by: both the wall clock and the uptime move on, and who has slept long enough wakes.
    public func advance(by time: Duration) {
        move { now in
            now.wall += TimeInterval(time.components.seconds) + TimeInterval(time.components.attoseconds) / 1e18
            now.uptime += time
        }
    }

    /// Sets the wall clock alone, as a customer does, and tells whoever listens.
    public func set(wall: Date) {
        move { $0.wall = wall }
        for listener in state({ $0.listeners.values }) { listener.yield() }
    }

    /// Boots the device anew: the uptime starts from nothing, under a new boot.
    public func reboot() {
        move { now in
            now.uptime = .zero
            now.boot = BootID(UUID())
        }
    }

    public func sleep(untilUptime uptime: Duration) async throws(CancellationError) {
        let wake = OneShot<Void>()
        let (isOver, observers) = state { state in
            if state.now.uptime >= uptime { return (true, [OneShot<Void>]()) }
            state.sleepers.append(Sleeper(until: uptime, wake: wake))
            defer { state.observers = [] }
            return (false, state.observers)
        }
        for observer in observers { observer.set(()) }
        if !isOver {
            await withTaskCancellationHandler {
                await wake.value()
            } onCancel: {
                wake.set(())
            }
            state { state in state.sleepers.removeAll { $0.wake === wake } }
        }
        if Task.isCancelled { throw CancellationError() }
    }

    public var wallClockChanges: AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let number = state { state in
                state.lastListener += 1
                state.listeners[state.lastListener] = continuation
                return state.lastListener
            }
            continuation.onTermination = { [weak self] _ in self?.forget(number) }
        }
    }

    /// How many listen to ``wallClockChanges``.
    public var listenerCount: Int { state { $0.listeners.count } }

    private func forget(_ listener: Int) {
        state { _ = $0.listeners.removeValue(forKey: listener) }
    }

    /// The uptimes until which somebody sleeps, the nearest first.
    public var sleepsUntil: [Duration] {
        state { $0.sleepers.map(\.until) }.sorted()
    }

    /// Comes back when somebody sleeps by this clock: what a test waits for before it lets time go by.
    public func untilSomebodySleeps() async {
        let asleep = OneShot<Void>()
        let isAsleep = state { state in
            if state.sleepers.isEmpty { state.observers.append(asleep) }
            return !state.sleepers.isEmpty
        }
        if !isAsleep { await asleep.value() }
    }

    private func move(_ change: (inout DeviceTime) -> Void) {
        let awake = state { state in
            change(&state.now)
            let now = state.now.uptime
            defer { state.sleepers.removeAll { $0.until <= now } }
            return state.sleepers.filter { $0.until <= now }
        }
        for sleeper in awake { sleeper.wake.set(()) }
    }
}
