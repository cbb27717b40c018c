// Of Uniform Type Identifiers, what the iPhone app uses.

// https://developer.apple.com/documentation/uniformtypeidentifiers/uttype-swift.struct
public struct UTType: Sendable {
    // https://developer.apple.com/documentation/uniformtypeidentifiers/uttype-swift.struct/utf8plaintext
    public static var utf8PlainText: UTType { fatalError() }
    // https://developer.apple.com/documentation/uniformtypeidentifiers/uttype-swift.struct/identifier
    public var identifier: String { fatalError() }
}
