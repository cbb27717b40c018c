/// What the app is made of, as `bindings/licences` writes it: a line for each part, and below them, a paragraph each, whose
/// it is and under which terms.
struct LicencesState: Hashable, Sendable {
    /// A part and the name of its licence.
    let parts: [String]
    /// The notices, and the texts of the licences.
    let notices: [Notice]

    /// A paragraph. Two may have the same words.
    struct Notice: Hashable, Sendable, Identifiable {
        /// Its place.
        let id: Int
        /// What it says.
        let text: String
    }

    init(_ text: String) {
        let paragraphs = text.split(separator: "\n\n").map { $0.trimmingPrefix(while: \.isNewline) }
        parts = (paragraphs.first ?? "").split(separator: "\n").map { line in String(line) }
        notices = paragraphs.dropFirst().enumerated().map { place, text in Notice(id: place, text: String(text)) }
    }
}
