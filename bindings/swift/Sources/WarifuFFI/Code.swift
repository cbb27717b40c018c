/// A one-time code. It prints masked; ``digits()`` and ``grouped()`` are for the screen and the
/// pasteboard.
public struct Code: Sendable, Hashable {
    private let text: String

    /// Takes the digits in groups for reading, parted by spaces: `123 456`.
    public init(grouped: String) {
        text = grouped
    }

    /// How many digits there are.
    public var count: Int { text.count { $0 != " " } }

    /// The digits as they are typed, without spaces.
    public func digits() -> String { text.filter { $0 != " " } }

    /// The digits in groups for reading: `123 456`.
    public func grouped() -> String { text }
}

extension Code: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "Code(\(count) digits)" }

    public var debugDescription: String { description }

    public var customMirror: Mirror { Mirror(self, children: []) }
}
