import SwiftUI

extension TextKey {
    /// In the language that the app speaks.
    var said: String {
        Bundle.main.localizedString(forKey: name, value: nil, table: nil)
    }
}

extension Words {
    /// In the language that the app speaks, with a moment as people write it there.
    var said: String {
        said(from: \.said, moment: Words.moment)
    }

    fileprivate static func moment(_ date: Date) -> String {
        date.formatted(date: .abbreviated, time: .shortened)
    }
}

extension Words.Fill {
    /// As ``Words/said``.
    var said: String {
        said(from: \.said, moment: Words.moment)
    }
}

extension Text {
    /// A text of the catalog. It is never cut: it takes the lines that it needs.
    init(_ key: TextKey) {
        self.init(verbatim: key.said)
    }

    /// Words, in the language that the app speaks.
    init(_ words: Words) {
        self.init(verbatim: words.said)
    }

    /// What VoiceOver says of a sentence with a code or an ID in it: of that it says each character by itself. How a digit
    /// sounds is the voice's own matter, in whichever language it speaks.
    init(spelling characters: String, in key: TextKey) {
        let parts = key.said.split(separator: "%1$@", maxSplits: 1, omittingEmptySubsequences: false)
        let spelled = Text(verbatim: characters).speechSpellsOutCharacters()
        guard parts.count == 2 else {
            self = spelled
            return
        }
        self = Text(verbatim: String(parts[0])) + spelled + Text(verbatim: String(parts[1]))
    }
}
