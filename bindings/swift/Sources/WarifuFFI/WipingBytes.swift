import Foundation

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Bytes on the heap that are overwritten before they are given back. They never change otherwise, so they may be
/// shared between threads as they are.
final class WipingBytes: @unchecked Sendable {
    let buffer: UnsafeMutableRawBufferPointer

    /// Shows the bytes. They are there until `body` has ended, whoever lets go of them meanwhile.
    func read<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(self) { try body(UnsafeRawBufferPointer(buffer)) }
    }

    /// Straight from where they are: nothing grows, and no copy lies between.
    init(copying bytes: some Collection<UInt8>) {
        buffer = .allocate(byteCount: bytes.count, alignment: 1)
        buffer.copyBytes(from: bytes)
    }

    deinit {
        wipe()
        buffer.deallocate()
    }

    /// Whoever calls it sees to it that nobody reads meanwhile.
    func wipe() {
        overwrite(buffer)
    }
}

/// Overwrites by a call that no optimiser leaves out.
func overwrite(_ buffer: UnsafeMutableRawBufferPointer) {
    guard let start = buffer.baseAddress else { return }
    #if canImport(Darwin)
        memset_s(start, buffer.count, 0, buffer.count)
    #else
        explicit_bzero(start, buffer.count)
    #endif
}

/// For the generated code: what an array held is not left behind when it is freed.
func overwrite(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { overwrite($0) }
}
