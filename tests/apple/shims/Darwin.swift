// Of Darwin, what the layer uses where it is there. Where Apple has no page of its own for a C function, that of its
// manual is named.

public import Foundation

/// What the kernel of the test has: the boot's identifier, if it lets that be read, and the nanoseconds since the boot.
package nonisolated(unsafe) var kernel: (boot: String?, nanoseconds: UInt64) = (nil, 0)

// https://developer.apple.com/documentation/kernel/1387446-sysctlbyname
public func sysctlbyname(
    _ name: UnsafePointer<CChar>!, _ value: UnsafeMutableRawPointer!, _ size: UnsafeMutablePointer<Int>!,
    _: UnsafeMutableRawPointer!, _: Int
) -> Int32 {
    guard String(cString: name) == "kern.bootsessionuuid", let boot = kernel.boot, boot.utf8.count < size.pointee else {
        return -1
    }
    // With the zero behind it.
    value.copyMemory(from: Array(boot.utf8) + [0], byteCount: boot.utf8.count + 1)
    size.pointee = boot.utf8.count + 1
    return 0
}

// https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man3/memset_s.3.html
@discardableResult
public func memset_s(
    _ __s: UnsafeMutableRawPointer!, _ __smax: Int, _ __c: Int32, _ __n: Int
) -> Int32 {
    for offset in 0..<min(__n, __smax) {
        __s.storeBytes(of: UInt8(truncatingIfNeeded: __c), toByteOffset: offset, as: UInt8.self)
    }
    return 0
}

// https://github.com/apple-oss-distributions/Libc/blob/main/gen/clock_gettime.3
public struct clockid_t: Sendable {
    let number: UInt32
}

// https://github.com/apple-oss-distributions/Libc/blob/main/gen/clock_gettime.3
public let CLOCK_MONOTONIC_RAW = clockid_t(number: 4)

// https://github.com/apple-oss-distributions/Libc/blob/main/gen/clock_gettime.3
public func clock_gettime_nsec_np(_ __clock_id: clockid_t) -> UInt64 {
    __clock_id.number == CLOCK_MONOTONIC_RAW.number ? kernel.nanoseconds : 0
}

extension NSNotification.Name {
    // https://developer.apple.com/documentation/foundation/nsnotification/name-swift.struct/nssystemclockdidchange
    public static let NSSystemClockDidChange = NSNotification.Name("NSSystemClockDidChangeNotification")
}
