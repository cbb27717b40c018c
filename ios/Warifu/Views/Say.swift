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

    /// What VoiceOver says of a sentence with a code or an ID in it: see ``Spelling``.
    init(spelling characters: String, in key: TextKey) {
        let spelling = Spelling(characters, in: key.said)
        let spelled = Text(verbatim: spelling.spelled).speechSpellsOutCharacters()
        self = Text(verbatim: spelling.before) + spelled + Text(verbatim: spelling.after)
    }
}
