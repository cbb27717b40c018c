import Foundation
import Warifu

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A host on loopback that takes one request, whatever it is, and answers with these bytes.
final class RawHost: Sendable {
    let url: URL
    private let request = Locked(String?.none)

    init(answering answer: String) throws {
        #if canImport(Glibc)
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let listener = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isThere = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 1) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard isThere, let url = URL(string: "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/") else {
            throw POSIXError(.EADDRNOTAVAIL)
        }
        self.url = url
        Thread.detachNewThread { [request] in
            let connection = accept(listener, nil, nil)
            close(listener)
            var bytes = [UInt8](repeating: 0, count: 4_096)
            let count = read(connection, &bytes, bytes.count)
            request { $0 = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self) }
            _ = write(connection, answer, answer.utf8.count)
            close(connection)
        }
    }

    /// What it was asked, once it was.
    var asked: String? { request { $0 } }
}
