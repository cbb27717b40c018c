import Foundation

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The device's own clocks: the wall clock, the monotonic clock that counts sleep, and the boot's identifier.
///
/// On Linux the monotonic clock follows NTP while that slews it, by up to 500 ppm; on Apple's systems it does not: it is
/// `mach_continuous_time`, which the system itself gives in nanoseconds. There ``DeviceClock/wallClockChanges`` come from the
/// system; on Linux nothing tells of one.
///
/// An uptime is compared with uptimes of the same boot alone. One of another boot tells the core nothing, and a wall clock is
/// never taken for an uptime.
public struct SystemClock: DeviceClock {
    /// Where the system keeps no identifier, each process counts as a boot of its own: a PIN's wait then starts anew with
    /// the process.
    private static let boot = systemBoot ?? BootID(UUID())

    /// There is one device; all its clocks are the same.
    public init() {}

    public var now: DeviceTime {
        // The uptime first. If the process is stopped between the two, the screen counts as made before the stop and is made
        // anew; the other way round it would show the code of an old wall clock as new.
        let uptime = Self.uptime
        return DeviceTime(wall: Date(), uptime: uptime, boot: Self.boot)
    }

    public func sleep(untilUptime uptime: Duration) async throws(CancellationError) {
        let rest = uptime - Self.uptime
        guard rest > .zero else {
            if Task.isCancelled { throw CancellationError() }
            return
        }
        do {
            // Counts the device's sleep too.
            try await Task.sleep(for: rest, tolerance: .zero, clock: .continuous)
        } catch {
            throw CancellationError()
        }
    }

    #if canImport(Darwin)
        public var wallClockChanges: AsyncStream<Void> {
            AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
                // It is handed back, and nothing else is done with it.
                nonisolated(unsafe) let observer = NotificationCenter.default.addObserver(
                    forName: .NSSystemClockDidChange, object: nil, queue: nil
                ) { _ in continuation.yield() }
                continuation.onTermination = { _ in NotificationCenter.default.removeObserver(observer) }
            }
        }
    #endif

    private static var uptime: Duration {
        #if canImport(Darwin)
            // Goes on while the device sleeps (mach_continuous_time).
            .nanoseconds(clock_gettime_nsec_np(CLOCK_MONOTONIC_RAW))
        #else
            var time = timespec()
            // It cannot fail: the clock is there since Linux 2.6.39, and the pointer is good.
            clock_gettime(CLOCK_BOOTTIME, &time)
            return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        #endif
    }

    /// The boot as the system names it.
    private static var systemBoot: BootID? {
        #if canImport(Darwin)
            // 36 digits and dashes, and a zero.
            var text = [CChar](repeating: 0, count: 64)
            var size = text.count
            guard sysctlbyname("kern.bootsessionuuid", &text, &size, nil, 0) == 0 else { return nil }
            return BootID(systemBytes: text)
        #else
            let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
            return text.flatMap(BootID.init(systemText:))
        #endif
    }
}

extension BootID {
    /// A system's own words for a boot: a UUID, whatever its case, and perhaps an end of a line.
    package init?(systemText: String) {
        let text = systemText.trimmingCharacters(in: .whitespacesAndNewlines)
        guard let uuid = UUID(uuidString: text) else { return nil }
        self.init(uuid)
    }

    /// The same as a C function of the system writes it: up to a zero.
    package init?(systemBytes: some Sequence<CChar>) {
        let text = systemBytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        self.init(systemText: String(decoding: text, as: UTF8.self))
    }
}
