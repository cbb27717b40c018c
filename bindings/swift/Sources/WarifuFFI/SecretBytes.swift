import Foundation

/// Secret bytes: a PIN, a passphrase, a link with its seed, the bytes of a key store's errand. They
/// print masked, and are zeroed by ``wipe()`` or with the last reference; after that there are none.
public final class SecretBytes: @unchecked Sendable {
    // Every access holds the lock; that is what makes the class `Sendable`.
    private let lock = NSLock()
    private var bytes: UnsafeMutableRawBufferPointer

    /// Copies `bytes`; who hands them in wipes their own.
    public init(_ bytes: some DataProtocol) {
        self.bytes = .allocate(byteCount: bytes.count, alignment: 1)
        self.bytes.copyBytes(from: bytes)
    }

    deinit {
        wipe()
    }

    /// How many bytes there are; none after a wipe.
    public var count: Int { lock.withLock { bytes.count } }

    /// A copy of the bytes.
    public func expose() -> Data { lock.withLock { Data(bytes) } }

    /// The bytes themselves, for as long as `body` runs.
    public func withUnsafeBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        try lock.withLock { try body(UnsafeRawBufferPointer(bytes)) }
    }

    /// Zeroes the bytes.
    public func wipe() {
        lock.withLock {
            guard let start = bytes.baseAddress else { return }
            // `memset_s` is not there on Linux; a volatile store is not there in Swift. The memory is
            // given back in the next line, so the stores are kept by hiding the pointer's use.
            memset(start, 0, bytes.count)
            SecretBytes.keep(start)
            bytes.deallocate()
            bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        }
    }

    /// A call that the optimiser cannot look into, so that what it points to must have been written.
    @inline(never) @_optimize(none)
    private static func keep(_: UnsafeMutableRawPointer) {}
}

extension SecretBytes: Hashable {
    /// By content, in constant time for equal lengths.
    public static func == (left: SecretBytes, right: SecretBytes) -> Bool {
        if left === right { return true }
        let (left, right) = (left.expose(), right.expose())
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Of the length alone.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
    }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "SecretBytes(\(count) bytes)" }

    public var debugDescription: String { description }

    public var customMirror: Mirror { Mirror(self, children: []) }
}
