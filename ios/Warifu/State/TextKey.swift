/// Names a text of the String Catalog. The names are made by `ios/texts` from what warifu says in every app.
struct TextKey: Hashable, Sendable {
    /// As the catalog has it.
    let name: String

    init(_ name: String) {
        self.name = name
    }

    /// What happened, by its support code; `nil` for a code without words.
    static func what(_ supportCode: String) -> TextKey? {
        supportCodes.contains(supportCode) ? TextKey("\(supportCode).what") : nil
    }

    /// What to do next, by its support code; `nil` for a code without words.
    static func next(_ supportCode: String) -> TextKey? {
        supportCodes.contains(supportCode) ? TextKey("\(supportCode).next") : nil
    }
}
