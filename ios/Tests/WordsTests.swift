import Foundation
import Testing
import Warifu

@testable import WarifuApp

@Suite struct WordsTests {
    let catalog: Catalog

    init() throws {
        catalog = try Catalog()
    }

    @Test(arguments: Catalog.Language.allCases)
    func everyKeyHasItsText(_ language: Catalog.Language) {
        let keys =
            TextKey.all + TextKey.supportCodes.flatMap { [TextKey.what($0), TextKey.next($0)].compactMap(\.self) }
        #expect(Set(keys.map(\.name)) == Set(catalog.texts.keys))
        for key in keys { #expect(catalog.texts[key.name]?[language.rawValue]?.isEmpty == false, "\(key.name)") }
    }

    @Test(arguments: [
        (
            ClockNotice.setDate,
            "This device's date is wrong, so your bank cannot be reached. Set it to automatic in the device's settings."
        ),
        (.contradicted, "The clocks disagree. Look at this device's date, then check the time again."),
        (.stale, "Your bank's time wasn't checked for long. Go online and check it."),
        (.notSynced, "Your bank's time hasn't been checked yet. Go online and check it."),
        (.ahead(.minutes(2, seconds: 10)), "This device's clock is 2 min 10 s fast. The codes are adjusted for it."),
        (.behind(.days(3, hours: 4)), "This device's clock is 3 d 4 h slow. The codes are adjusted for it."),
        (.ahead(.hours(1, minutes: 0)), "This device's clock is 1 h fast. The codes are adjusted for it."),
        (.behind(.seconds(40)), "This device's clock is 40 s slow. The codes are adjusted for it."),
    ])
    func aNoticeIsSaidWithItsSpan(_ notice: ClockNotice, _ said: String) {
        #expect(catalog.say(Words(notice), in: .en) == said)
        let japanese = catalog.say(Words(notice), in: .ja)
        #expect(!japanese.contains("%") && !japanese.contains("no text"))
    }

    @Test(arguments: [
        (Duration.milliseconds(1), "1 s"), (.seconds(59), "59 s"), (.seconds(60), "1 min"),
        (.milliseconds(60_001), "1 min 1 s"), (.seconds(3_599), "59 min 59 s"), (.seconds(3_600), "1 h"),
    ])
    func whoWaitsAsLongAsIsSaidHasWaitedLongEnough(_ wait: Duration, _ said: String) {
        #expect(catalog.say(Words(wait: wait), in: .en) == said)
    }

    @Test func aFillIsNeverTakenForAPlace() {
        let words = Words(.restoredBank, .text("%2$@ Bank"), .text("5678"))
        #expect(catalog.say(words, in: .en) == "%2$@ Bank (ID ending in 5678)")
    }

    @Test func aPlaceWithoutAFillIsEmpty() {
        #expect(catalog.say(Words(.restoredBank), in: .en) == " (ID ending in )")
    }

    @Test func aMomentIsWrittenAsPeopleWriteItThere() {
        let words = Words(.notYet, .moment(Date(timeIntervalSince1970: 2_000_000_000)))
        #expect(catalog.say(words, in: .en) == "It can be used from 2033-05-18T03:33:20Z.")
    }

    @Test func whatTheSystemSaysIsThereInBothLanguages() throws {
        let plist = try Catalog("InfoPlist").texts
        #expect(
            Set(plist.keys) == ["CFBundleDisplayName", "NSCameraUsageDescription", "NSFaceIDUsageDescription"])
        #expect(plist.values.allSatisfy { $0["ja"]?.isEmpty == false && $0["en"]?.isEmpty == false })
    }
}
