import Testing
import Warifu
import WarifuTesting

@testable import WarifuApp

@Suite struct CodesStateTests {
    func state(_ sample: SampleScreen, made: [EntryID: Code] = [:]) -> CodesState {
        CodesState(sample.screen, made: made)
    }

    func timed(_ sample: SampleScreen) throws -> TimedState {
        guard case .timed(let timed)? = state(sample).cards.first?.face else {
            throw NoCode()
        }
        return timed
    }

    struct NoCode: Error {}

    @Test func aCodeIsShownWithTheCoresOwnTime() throws {
        let fresh = try timed(.fresh)
        #expect(fresh.code.grouped == "123 456")
        #expect(fresh.secondsLeft == 30)
        #expect(fresh.fractionLeft == 1)
        #expect(fresh.below == nil)
    }

    @Test func theNextCodeIsThereInTheLastSeconds() throws {
        let last = try timed(.lastSecond)
        #expect(last.below == CodeBelow(key: .nextCode, code: .sample("654 321")))
        #expect(abs(last.fractionLeft - 1.0 / 30) < 1e-9)
        #expect(try timed(.weak).below == nil)
    }

    @Test func aNeighbourComesBeforeTheNextCode() throws {
        #expect(try timed(.neighbourBefore).below == CodeBelow(key: .tryPrevious, code: .sample("246 802")))
        #expect(try timed(.neighbourAfter).below == CodeBelow(key: .tryNext, code: .sample("654 321")))
    }

    @Test(
        arguments: [
            (SampleScreen.fresh, nil, false), (.notSynced, Words(.clockNotSynced), true),
            (.stale, Words(.clockStale), true),
            (.contradicted, Words(.clockContradicted), true), (.setDate, Words(.clockSetDate), false),
            (.clockAhead, Words(.clockAhead, .words(Words(.spanMinutes, .number(2), .number(10)))), false),
            (.clockBehind, Words(.clockBehind, .words(Words(.spanDays, .number(3), .number(4)))), false),
            (.needsSync, Words(.clockNotSynced), true),
        ] as [(SampleScreen, Words?, Bool)])
    func theLineAboveTheCodesFollowsTheClock(_ sample: SampleScreen, _ notice: Words?, _ maySync: Bool) {
        #expect(state(sample).notice == notice)
        #expect(state(sample).maySync == maySync)
    }

    @Test func aCodeComesByItsButton() throws {
        let before = try #require(state(.button).cards.first)
        #expect(before.face == .onRequest(nil))
        #expect(before.face.button == .makeCode)
        #expect(before.face.explanation == Words(.makeWhenAsked))

        let after = try #require(state(.button, made: [before.id: .sample("755 224")]).cards.first)
        #expect(after.face.code?.grouped == "755 224")
        #expect(after.face.button == .makeAnother)
        #expect(after.face.explanation == Words(.worksOnce))
    }

    @Test func whatHasNoCodeSaysWhy() throws {
        #expect(state(.needsSync).cards.map(\.face) == [.needsSync])
        #expect(FaceState.needsSync.explanation == Words(.needsSync))
        let notYet = try #require(state(.notYet).cards.first?.face)
        #expect(notYet.code == nil)
        #expect(notYet.explanation?.key == .notYet)
    }

    @Test func theNamesStandAboveTheCode() throws {
        let card = try #require(state(.fresh).cards.first)
        #expect(card.title == "割符銀行")
        #expect(card.subtitle == "普通 1")
        #expect(card.credentialID?.grouped == "WRFU 1234 5678")
        #expect(card.credentialID?.text == "WRFU12345678")
        #expect(card.clearAfter == .seconds(60))
        #expect(!card.isWeak)
        #expect(state(.weak).cards.map(\.isWeak) == [true])
    }

    @Test func anAccountHasTheTitleWhereThereIsNoBank() {
        var screen = SampleScreen.fresh.screen
        screen.cards[0].names = Names(account: "普通")
        let card = CodesState(screen, made: [:]).cards[0]
        #expect(card.title == "普通")
        #expect(card.subtitle == nil)
        #expect(card.credentialID == nil)
    }

    @Test func theOrderIsTheLists() {
        #expect(state(.many).cards.map(\.id) == SampleScreen.many.screen.cards.map(\.id))
        #expect(state(.empty).cards.isEmpty)
    }

    @Test func noCodeIsPrintedWithTheState() {
        for sample in SampleScreen.allCases {
            var screen = sample.screen
            // An ID may have the same digits.
            for at in screen.cards.indices { screen.cards[at].names.credentialID = nil }
            let made = Dictionary(uniqueKeysWithValues: screen.cards.map { ($0.id, Code.sample("755 224")) })
            var printed = ""
            dump(CodesState(screen, made: made), to: &printed)
            for digits in ["123 456", "123456", "654 321", "246 802", "755 224", "755224"] {
                #expect(!printed.contains(digits), "\(sample)")
            }
        }
    }
}
