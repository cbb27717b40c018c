/// A sentence with a code or an ID in it, as a voice says it: of that it says each character by itself.
struct Spelling: Hashable, Sendable {
    /// What is read before it.
    let before: String
    /// What is spelled. How a digit sounds is the voice's own matter, in whichever language it speaks.
    let spelled: String
    /// What is read after it.
    let after: String

    /// - Parameters:
    ///   - characters: What is spelled.
    ///   - sentence: A text of the catalog with one place; without a place the characters stand alone.
    init(_ characters: String, in sentence: String) {
        let parts = sentence.split(separator: "%1$@", maxSplits: 1, omittingEmptySubsequences: false)
        spelled = characters
        (before, after) = parts.count == 2 ? (String(parts[0]), String(parts[1])) : ("", "")
    }

    /// For a voice that cannot be told to spell: a space after each character, so that none reads a number of six figures.
    var spaced: String {
        before + spelled.map { character in String(character) }.joined(separator: " ") + after
    }
}
