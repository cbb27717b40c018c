import Foundation
import Testing
import Warifu
import WarifuTesting

@testable import WarifuApp

@Suite struct PageStateTests {
    func slots(_ kinds: SlotKind...) throws -> [Slot] {
        try slots(kinds)
    }

    func slots(_ kinds: [SlotKind]) throws -> [Slot] {
        try kinds.enumerated().map { number, kind in
            Slot(id: try #require(SlotID(rawValue: "000000000000000\(number)")), kind: kind)
        }
    }

    @Test func aKeypadAsksForWhatTheVaultOpensBy() throws {
        let both = KeypadState.unlock(try slots(.pin, .biometric), biometry: .touchID)
        #expect(both.hasKeys && both.biometry == .touchID && !both.mayStartOver)
        #expect(both.explanation == Words(.unlockByPIN))

        let pin = KeypadState.unlock(try slots(.pin), biometry: .faceID)
        #expect(pin.hasKeys && pin.biometry == nil)

        let face = KeypadState.unlock(try slots(.biometric), biometry: .faceID)
        #expect(!face.hasKeys && face.biometry == .faceID && !face.mayStartOver)
        #expect(face.explanation == Words(.unlockByBiometrics, .text("Face ID")))

        // Nobody is enrolled any more: the button stays, and says so when it is pressed.
        #expect(KeypadState.unlock(try slots(.pin, .biometric), biometry: nil).biometry == .faceID)
        #expect(KeypadState.unlock(try slots(.passphrase), biometry: nil).mayStartOver)
    }

    @Test func afterAWrongPINTheTriesAndTheWaitAreSaid() throws {
        let wrong = Words.wrongPIN(triesLeft: 3, wait: .zero)
        #expect(wrong == Words(.pinWrong, .number(3)))
        let waits = Words.wrongPIN(triesLeft: 1, wait: .seconds(90))
        #expect(waits == Words(.pinWait, .words(Words(.spanMinutes, .number(1), .number(30))), .number(1)))
        #expect(Words.pinMustWait(.seconds(60)) == Words(.pinMustWait, .words(Words(.spanWholeMinutes, .number(1)))))

        let before = KeypadState.unlock(try slots(.pin, .biometric), biometry: .faceID).typed(4)
        #expect(before.takesDigits && !before.checking.takesDigits && before.checking.typed == 0)
        let closed = before.checking.waiting(waits, isOpen: false)
        #expect(!closed.takesDigits && !closed.isBusy && closed.biometry == .faceID)
        #expect(closed.waiting(wrong, isOpen: true).takesDigits)
    }

    @Test func aPageThatIsLeftKeepsWhatItSays() throws {
        let open = KeypadState.unlock(try slots(.pin), biometry: nil)
        let closed = open.waiting(.pinMustWait(.seconds(60)), isOpen: false)
        #expect(closed.emptied == closed)
        #expect(closed.waiting(nil, isOpen: true).typed(3).emptied.typed == 0)
    }

    @Test func aDestroyedPINLeavesTheOtherWayOrTheBeginning() throws {
        let destroyed = SampleError.pinDestroyed.error
        let alone = KeypadState.unlock(try slots(.pin), biometry: nil).refused(by: destroyed, mayErase: true)
        #expect(!alone.hasKeys && alone.mayStartOver && alone.isOpen)
        #expect(alone.trouble?.supportCode == destroyed.supportCode)

        let beside = KeypadState.unlock(try slots(.pin, .biometric), biometry: .faceID)
        let left = beside.refused(by: destroyed, mayErase: true)
        #expect(!left.hasKeys && left.biometry == .faceID && !left.mayStartOver)
        // An app that is open is not erased for it.
        let open = KeypadState.unlock(try slots(.pin), biometry: nil)
        #expect(!open.refused(by: destroyed, mayErase: false).mayStartOver)
    }

    /// The core tells a dead key so only where another slot opens the vault, or may.
    @Test func aFaceThatIsNotKnownLeavesThePIN() throws {
        let before = KeypadState.unlock(try slots(.pin, .biometric), biometry: .faceID)
        for sample in [SampleError.lockedOut, .keyInvalidated] {
            let refused = before.refused(by: sample.error, mayErase: true)
            #expect(refused.hasKeys && refused.isOpen && !refused.mayStartOver && refused.biometry == .faceID)
            #expect(refused.trouble?.supportCode == sample.error.supportCode)
        }
        #expect(before.checking.cancelled == before)
    }

    @Test func whoShowsWhoTheyAreDoesItByWhatOpensTheApp() throws {
        let both = KeypadState.proof(
            .lockHeading, explanation: .proveByPIN, enter: .goOn, by: [.pin, .biometric], biometry: .touchID)
        #expect(both.hasKeys && both.biometry == .touchID && both.biometryKey == .proveBiometrics)
        #expect(both.explanation == Words(.proveByPIN))
        let face = KeypadState.proof(
            .lockHeading, explanation: .proveByPIN, enter: .goOn, by: [.biometric], biometry: .faceID)
        #expect(!face.hasKeys && face.explanation == Words(.proveByBiometrics, .text("Face ID")))
        #expect(!both.spared.hasKeys && both.spared.biometry == .touchID)
    }

    @Test func typingTakesTheMessageAway() throws {
        let wrong = KeypadState.unlock(try slots(.pin), biometry: nil).waiting(.wrongPIN(triesLeft: 3), isOpen: true)
        #expect(wrong.typed(1).message == nil)
        #expect(wrong.typed(1).typed == 1)
    }

    @Test func aPINThatIsHalfSetCounts() throws {
        for kinds in [[SlotKind.pin], [.device, .pin], [.biometric], [.pin, .biometric]] {
            #expect(try slots(kinds).asks)
        }
        for kinds in [[SlotKind.device], [.device, .biometric]] { #expect(try !slots(kinds).asks) }
        #expect(Words(lockOf: try slots(.device, .pin), biometry: nil) == Words(.lockIsPIN))
    }

    @Test func aBrokenFaceIsSetUpAgain() throws {
        let slots = try slots(.pin, .biometric)
        let broken = LockState(isDemanded: false, slots: slots, dead: [slots[1].id], biometry: .faceID)
        #expect(broken.isBroken && broken.mayAddAgain && broken.mayRemoveBiometrics)
        #expect(!LockState(isDemanded: false, slots: slots, dead: [slots[0].id], biometry: .faceID).mayAddAgain)
        let damaged = [slots[0], Slot(id: slots[1].id, kind: .biometric, damage: .fixed)]
        #expect(LockState(isDemanded: false, slots: damaged, biometry: .faceID).mayAddAgain)
    }

    @Test(arguments: SampleError.allCases)
    func everyErrorHasItsWordsAndAWay(_ sample: SampleError) throws {
        let catalog = try Catalog()
        let trouble = TroubleState(sample.error)
        #expect(trouble.supportCode == sample.error.supportCode)
        for language in Catalog.Language.allCases {
            for words in [trouble.what, trouble.next] {
                let said = catalog.say(words, in: language)
                #expect(said.hasSuffix(language == .ja ? "。" : "."), "\(said)")
            }
        }
        #expect(trouble.what != Words(.unexpectedWhat))
    }

    @Test(arguments: [
        (SampleError.needsReEnrolment, TroubleState.Way.startOver), (.restoredOnAnotherDevice, .startOver),
        (.damaged, .startOver), (.serviceUnreachable, .retry), (.diskFull, .retry), (.timeUnreachable, .retry),
        (.clockTooEarly, .retry), (.lockedOut, .retry), (.linkWithoutSecret, .back), (.duplicate, .back),
        (.activationCodeMistyped, .back), (.clockAhead, .back),
    ])
    func theButtonLeadsOn(_ sample: SampleError, _ way: TroubleState.Way) {
        #expect(TroubleState(sample.error).way == way)
    }

    @Test func aCodeWithoutWordsIsTheAppsFault() {
        let unknown = TroubleState(supportCode: "W-999", way: .back)
        #expect(unknown.what == Words(.unexpectedWhat))
        #expect(unknown.next == Words(.unexpectedNext))
        #expect(TroubleState(supportCode: nil, way: .back).what == Words(.unexpectedWhat))
    }

    @Test func aLockIsOfferedAsFarAsABankLetsIt() throws {
        let demanded = LockState(isDemanded: true, slots: try slots(.device), biometry: .faceID)
        #expect(!demanded.hasPIN && !demanded.mayAddBiometrics && !demanded.mayRemoveAll)

        let pin = LockState(isDemanded: false, slots: try slots(.pin), biometry: .faceID)
        #expect(pin.mayAddBiometrics && !pin.mayRemoveBiometrics && pin.mayRemoveAll)
        #expect(!LockState(isDemanded: false, slots: try slots(.pin), biometry: nil).mayAddBiometrics)
        #expect(LockState(isDemanded: false, slots: try slots(.pin, .biometric), biometry: nil).mayRemoveBiometrics)
        // Without a PIN the face would be the only way in.
        #expect(!LockState(isDemanded: false, slots: try slots(.device), biometry: .faceID).mayAddBiometrics)
    }

    @Test func theSettingsSayHowItOpens() throws {
        #expect(Words(lockOf: try slots(.device), biometry: nil) == Words(.lockIsNone))
        #expect(Words(lockOf: try slots(.pin), biometry: .faceID) == Words(.lockIsPIN))
        #expect(Words(lockOf: try slots(.pin, .biometric), biometry: .touchID) == Words(.lockIsBoth, .text("Touch ID")))
        #expect(Words(lockOf: try slots(.biometric), biometry: .faceID) == Words(.lockIsBiometrics, .text("Face ID")))
    }

    @Test(arguments: [
        (Certainty.sure, Words(.clockSure)), (.nearBoundary, Words(.clockSure)), (.stale, Words(.clockOld)),
        (.unsynced, Words(.clockUnsynced)), (.contradicted, Words(.clockUnclear)),
    ])
    func theClockPageSaysByWhichClockCodesAreMade(_ certainty: Certainty, _ words: Words) {
        #expect(ClockState(ClockView(certainty: certainty)).lines == [words])
        #expect(ClockState(ClockView(certainty: certainty, notice: .stale)).lines == [words, Words(.clockStale)])
    }

    @Test func theReportHoldsNeitherNameNorCode() throws {
        let catalog = try Catalog()
        func lines(_ token: ReportState.Known, lastCode: String? = nil) -> [String] {
            let device = DeviceInfo(appVersion: "1.0", systemVersion: "17.4", model: "iPhone")
            let report = ReportState(device: device, token: token, biometry: nil, lastCode: lastCode)
            return report.lines.map { catalog.say($0, in: .en) }
        }
        let slots = try slots(.pin)
        #expect(
            lines(.open(entries: 2, slots: slots, clock: ClockView(certainty: .sure)), lastCode: "W-127") == [
                "App version: 1.0", "iOS 17.4, iPhone", "Registered: 2", "Opens with the PIN",
                "The codes follow your bank's time.", "Last support code: W-127",
            ])
        #expect(lines(.locked(slots)) == ["App version: 1.0", "iOS 17.4, iPhone", "Opens with the PIN"])
        #expect(
            lines(.nothing, lastCode: "W-107") == [
                "App version: 1.0", "iOS 17.4, iPhone", "Registered: nothing", "Last support code: W-107",
            ])
        #expect(lines(.unreadable, lastCode: nil).last == "Registered: cannot be opened")
    }

    @Test func theLicencesAreListedAndTheirNoticesFollow() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Warifu/Resources/licences.txt")
        let licences = LicencesState(try String(contentsOf: file, encoding: .utf8))
        #expect(licences.parts.first == "warifu — MIT OR Apache-2.0")
        #expect(Set(licences.parts).count == licences.parts.count)
        #expect(licences.parts.contains("uniffi — MPL-2.0"))
        // Each licence that is listed and asks for it has its text below.
        for words in [
            "Permission is hereby granted, free of charge", "Redistributions in binary form must reproduce",
            "Permission to use, copy, modify, and/or distribute", "UNICODE LICENSE V3", "https://mozilla.org/MPL/2.0/",
        ] {
            #expect(licences.notices.contains { $0.text.contains(words) }, "\(words)")
        }
        #expect(licences.notices.allSatisfy { !$0.text.isEmpty && !$0.text.contains("\n\n") })
        #expect(LicencesState("") == LicencesState("\n\n"))
    }

    @Test func aFirstStartIsNoRestoredPhone() throws {
        let first = AddState(isFirst: true, bank: nil)
        #expect(first.heading == .firstHeading && first.explanation == .firstExplain)
        #expect(AddState(isFirst: false, bank: nil).heading == .addHeading)

        let marker = try Marker(text: "warifu marker 1\nExample Bank\t5678\n\t\n")
        let restored = AddState(isFirst: true, bank: nil, restored: marker.banks.map { RestoredBank($0) })
        #expect(restored.heading == .restoredHeading && restored.explanation == .restoredExplain)
        let catalog = try Catalog()
        let lines = restored.restored.map {
            $0.line.said(from: { catalog.texts[$0.name]?["en"] ?? "" }, moment: \.description)
        }
        #expect(lines == ["Example Bank (ID ending in 5678)", "Without a name"])
    }
}
