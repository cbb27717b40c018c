import Foundation

/// A one-time code. It prints as a mask; ``digits`` and ``grouped`` are for the screen and the clipboard.
public struct Code: Sendable {
    /// In groups, as the core gives it.
    private let text: WipingBytes

    /// The digits as they are typed, without spaces.
    public var digits: String { grouped.replacing(" ", with: "") }

    /// The digits in groups for reading: 123 456, 123 4567, 1234 5678.
    public var grouped: String { text.read { String(decoding: $0, as: UTF8.self) } }

    /// How many digits it has: 6 to 10.
    public var count: Int { text.read { text in text.count { $0 != UInt8(ascii: " ") } } }
}

extension Code: Hashable {
    /// Whether the digits are the same.
    public static func == (one: Code, other: Code) -> Bool {
        one.text.read { one in other.text.read { one.elementsEqual($0) } }
    }

    /// Hashes the digits.
    public func hash(into hasher: inout Hasher) {
        text.read { hasher.combine(bytes: $0) }
    }
}

extension Code: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The number of digits and none of them: `Code(6 digits)`.
    public var description: String { "Code(\(count) digits)" }

    /// As ``description``.
    public var debugDescription: String { description }

    /// Has no children, so that `dump` and a debugger find nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// How the generated code takes it over the boundary, and how samples are made.
extension Code {
    package init(lifted grouped: String) {
        text = WipingBytes(copying: grouped.utf8)
    }

    var lowered: String { grouped }
}
