import Foundation
import Testing
import Warifu
import WarifuTesting

@testable import WarifuApp

@Suite struct PageStateTests {
    func slots(_ kinds: SlotKind...) throws -> [Slot] {
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
        let before = KeypadState.unlock(try slots(.pin), biometry: nil).typed(4)
        let wrong = before.checking.wrongPIN(triesLeft: 3, wait: .zero)
        #expect(wrong.isOpen && wrong.typed == 0)
        #expect(wrong.message == Words(.pinWrong, .number(3)))

        let waits = wrong.wrongPIN(triesLeft: 1, wait: .seconds(60))
        #expect(!waits.isOpen)
        #expect(waits.message == Words(.pinWait, .words(Words(.spanMinutes, .number(1), .number(0))), .number(1)))
        #expect(waits.wrongPIN(triesLeft: 1, wait: .zero).isOpen)
    }

    @Test func aDestroyedPINLeavesTheOtherWayOrTheBeginning() throws {
        let destroyed = SampleError.pinDestroyed.error
        let alone = KeypadState.unlock(try slots(.pin), biometry: nil).refused(by: destroyed)
        #expect(!alone.hasKeys && alone.mayStartOver && alone.isOpen)
        #expect(alone.trouble?.supportCode == destroyed.supportCode)

        let beside = KeypadState.unlock(try slots(.pin, .biometric), biometry: .faceID).refused(by: destroyed)
        #expect(!beside.hasKeys && beside.biometry == .faceID)
    }

    @Test func aFaceThatIsNotKnownLeavesThePIN() throws {
        let before = KeypadState.unlock(try slots(.pin, .biometric), biometry: .faceID)
        let lockedOut = before.refused(by: SampleError.lockedOut.error)
        #expect(lockedOut.hasKeys && lockedOut.isOpen && !lockedOut.mayStartOver)
        #expect(before.refused(by: SampleError.keyInvalidated.error).mayStartOver)
        #expect(before.checking.cancelled == before)
    }

    @Test func typingTakesTheMessageAway() throws {
        let wrong = KeypadState.unlock(try slots(.pin), biometry: nil).wrongPIN(triesLeft: 3, wait: .zero)
        #expect(wrong.typed(1).message == nil)
        #expect(wrong.typed(1).typed == 1)
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
        let report = ReportState(
            device: DeviceInfo(appVersion: "1.0", systemVersion: "17.4", model: "iPhone"), entries: 2,
            slots: try slots(.pin), clock: ClockView(certainty: .sure), biometry: nil, lastCode: "W-127")
        let catalog = try Catalog()
        #expect(
            report.lines.map { catalog.say($0, in: .en) } == [
                "App version: 1.0", "iOS 17.4, iPhone", "Registered: 2", "Opens with the PIN",
                "The codes follow your bank's time.", "Last support code: W-127",
            ])
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
