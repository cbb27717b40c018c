import Foundation

@testable import WarifuApp

/// The app's String Catalog, as a test reads it.
struct Catalog: Sendable {
    enum Language: String, CaseIterable, Sendable { case ja, en }

    /// By key, then by language.
    let texts: [String: [String: String]]

    init(_ name: String = "Localizable") throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appending(path: "Warifu/Resources/\(name).xcstrings"))
        let file = try JSONDecoder().decode(File.self, from: data)
        texts = file.strings.mapValues { string in string.localizations.mapValues(\.stringUnit.value) }
    }

    /// What the app says, with a moment as its ISO text.
    func say(_ words: Words, in language: Language) -> String {
        words.said(
            from: { key in texts[key.name]?[language.rawValue] ?? "no text for \(key.name)" },
            moment: { $0.ISO8601Format() })
    }

    private struct File: Decodable {
        let strings: [String: Entry]
        struct Entry: Decodable { let localizations: [String: Localization] }
        struct Localization: Decodable { let stringUnit: Unit }
        struct Unit: Decodable { let value: String }
    }
}
