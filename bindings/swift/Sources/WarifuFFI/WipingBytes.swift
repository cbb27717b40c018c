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

    init(copying bytes: UnsafeRawBufferPointer) {
        buffer = .allocate(byteCount: bytes.count, alignment: 1)
        buffer.copyMemory(from: bytes)
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
