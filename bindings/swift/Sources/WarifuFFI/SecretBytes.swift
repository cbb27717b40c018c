import Foundation

/// Bytes that are secret: a passphrase, a PIN, a link with its seed, what a key store wraps and unwraps.
///
/// They print as a mask, and are overwritten by ``wipe()``, or else when the last reference goes. What a text or an
/// array held from which they were made is its owner's to forget; Swift cannot wipe a `String`.
public final class SecretBytes: @unchecked Sendable {
    /// Recursive, since who is shown the bytes may ask for their number, print them or wipe them.
    private let lock = NSRecursiveLock()
    /// `nil` once wiped.
    private var bytes: WipingBytes?

    /// Copies `bytes`. The caller forgets its own.
    public init(_ bytes: some Collection<UInt8>) {
        self.bytes = WipingBytes(copying: bytes)
    }

    /// What was typed or read, in UTF-8.
    public convenience init(utf8 text: String) {
        self.init(text.utf8)
    }

    /// Overwrites the bytes. From then on it is empty. Wiping twice is fine.
    public func wipe() {
        lock.withLock {
            bytes?.wipe()
            bytes = nil
        }
    }

    /// How many bytes there are; none once wiped.
    public var count: Int {
        lock.withLock { bytes?.buffer.count ?? 0 }
    }

    /// Whether there are none.
    public var isEmpty: Bool { count == 0 }

    /// Shows the bytes to `body`. It must keep no pointer into them, and no copy that it does not wipe itself.
    ///
    /// A wipe that comes meanwhile waits until `body` has ended. If `body` itself wipes, what it was shown are zeros from
    /// then on.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        guard let bytes else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return try bytes.read(body)
    }
}

extension SecretBytes: Hashable {
    /// Compares in a time that depends on the lengths alone.
    public static func == (one: SecretBytes, other: SecretBytes) -> Bool {
        if one === other { return true }
        // A copy, so that no two locks are held at once.
        let copy = other.withUnsafeBytes { SecretBytes($0) }
        return one.withUnsafeBytes { one in
            copy.withUnsafeBytes { copy in
                one.count == copy.count && zip(one, copy).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
            }
        }
    }

    /// Hashes nothing, since a wipe changes the bytes and their number.
    public func hash(into hasher: inout Hasher) {}
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The number of bytes and nothing of them: `SecretBytes(32 bytes)`.
    public var description: String { "SecretBytes(\(count) bytes)" }

    /// As ``description``.
    public var debugDescription: String { description }

    /// Has no children, so that `dump` and a debugger find nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// How the generated code takes them over the boundary, and the Apple layer from the Keychain.
extension SecretBytes {
    /// Overwrites what it was given: its giver's own copy, which nobody reads again.
    package convenience init(lifted bytes: Data) {
        self.init(bytes)
        bytes.withUnsafeBytes { overwrite(UnsafeMutableRawBufferPointer(mutating: $0)) }
    }

    /// A copy that overwrites itself when it is freed. (Of up to 14 bytes `Data` has none on the heap.)
    var lowered: Data {
        withUnsafeBytes { bytes in
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
            copy.copyMemory(from: bytes)
            guard let start = copy.baseAddress else { return Data() }
            return Data(
                bytesNoCopy: start, count: copy.count,
                deallocator: .custom { start, count in
                    let copy = UnsafeMutableRawBufferPointer(start: start, count: count)
                    overwrite(copy)
                    copy.deallocate()
                })
        }
    }
}
