import Foundation

/// What the device's clocks say at one moment.
public struct DeviceTime: Sendable, Hashable {
    /// The wall clock, as the user may have set it; whole milliseconds count.
    public var wall: Date
    /// How long ago the device booted, sleep included; whole milliseconds count.
    public var uptime: Duration
    /// Which boot ``uptime`` counts from.
    public var boot: BootID

    /// Takes what the clocks said.
    public init(wall: Date, uptime: Duration, boot: BootID) {
        self.wall = wall
        self.uptime = uptime
        self.boot = boot
    }
}

/// Tells one boot of the device from another.
public struct BootID: Sendable, Hashable {
    /// The identifier; on Apple's systems and on Linux a UUID by itself.
    public let uuid: UUID

    /// Takes the system's own identifier, or any other that changes at each boot.
    public init(_ uuid: UUID) {
        self.uuid = uuid
    }
}

extension BootID: CustomStringConvertible, CustomDebugStringConvertible {
    /// The first four digits: the identifier is the device's, and a log needs only to tell two boots apart.
    public var description: String { "BootID(\(uuid.uuidString.prefix(4))…)" }

    /// As ``description``.
    public var debugDescription: String { description }
}

/// Where a ``Token`` reads the time and how it sleeps. Apps use ``SystemClock``; tests use the manual clock of
/// `WarifuTesting`.
public protocol DeviceClock: Sendable {
    /// What the clocks say now. It is read often and on any thread, and must not block.
    var now: DeviceTime { get }

    /// Sleeps until ``DeviceTime/uptime`` has reached `uptime`, also if the device slept meanwhile. It may return a
    /// little early: whoever called looks at the clock again.
    ///
    /// - Throws: `CancellationError` if the task is cancelled, at once.
    func sleep(untilUptime uptime: Duration) async throws(CancellationError)

    /// An element for each time that somebody sets the wall clock, from now on; each read begins a stream of its own.
    /// Screens are made anew then, and nothing else is done. The default one ends at once: then the next screen shows what
    /// was set.
    var wallClockChanges: AsyncStream<Void> { get }
}

extension DeviceClock {
    /// Of a clock that does not notice.
    public var wallClockChanges: AsyncStream<Void> { AsyncStream { $0.finish() } }
}
