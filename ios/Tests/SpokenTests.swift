import Testing

@testable import WarifuApp

/// What a voice says, and what nobody is to see.
@Suite struct SpokenTests {
    let catalog: Catalog

    init() throws {
        catalog = try Catalog()
    }

    @Test(arguments: [
        TextKey.codeSpoken, .nextCode, .tryPrevious, .tryNext, .credentialID, .supportCode,
    ])
    func whatIsSpelledStandsInItsSentence(_ key: TextKey) throws {
        for language in Catalog.Language.allCases {
            let sentence = try #require(catalog.texts[key.name]?[language.rawValue])
            let spelling = Spelling("123456", in: sentence)
            #expect(spelling.spelled == "123456")
            let said = catalog.say(Words(key, .text("123456")), in: language)
            #expect(spelling.before + "123456" + spelling.after == said)
            #expect(spelling.before + spelling.after != "", "a voice says what it is")
            #expect(spelling.spaced == spelling.before + "1 2 3 4 5 6" + spelling.after)
        }
    }

    @Test func eachLanguageHasItsSentence() throws {
        let texts = try #require(catalog.texts[TextKey.codeSpoken.name])
        #expect(Spelling("12", in: try #require(texts["ja"])).spaced == "コード 1 2")
        #expect(Spelling("12", in: try #require(texts["en"])).spaced == "Code 1 2")
    }

    @Test func aSentenceWithoutAPlaceIsLeftOut() {
        #expect(Spelling("W-127", in: "no place").spaced == "W - 1 2 7")
        // A place is filled once, and what fills it is never taken for one.
        let twice = Spelling("%1$@", in: "a %1$@ b %1$@")
        #expect(twice.before == "a " && twice.spelled == "%1$@" && twice.after == " b %1$@")
    }

    @Test func aPageIsSeenOnlyInFrontAndUnrecorded() {
        #expect(CoverState(isActive: true, isCaptured: false) == .none)
        #expect(CoverState(isActive: false, isCaptured: false) == .away)
        // A recording is said whatever else there is.
        #expect(CoverState(isActive: true, isCaptured: true) == .captured)
        #expect(CoverState(isActive: false, isCaptured: true) == .captured)
    }

    @Test func aScreenshotMattersWhereSomethingIsToBeSeen() {
        let offer = OfferState.service(host: "bank.example", asksForCode: true)
        for page in [Page.codes, .paste, .scan, .offer(offer)] { #expect(page.mayShowSecrets) }
        let keypad = KeypadState.newPIN()
        for page in [Page.busy(nil), .keypad(keypad), .startOver, .about, .noCamera] { #expect(!page.mayShowSecrets) }
    }
}
