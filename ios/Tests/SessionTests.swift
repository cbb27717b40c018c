import Foundation
import Testing
import Warifu
import WarifuTesting

@testable import WarifuApp

/// The app's life on the real core: what is shown after what a person does.
@MainActor @Suite struct SessionTests {
    let app: AppUnderTest

    init() throws {
        app = try AppUnderTest()
    }

    var session: Session { app.session }

    // MARK: - First start

    @Test func aFirstStartShowsTheWaysIn() async {
        await app.after { $0.start() }
        #expect(session.page == .add(AddState(isFirst: true, bank: nil)))
        #expect(session.codes == nil)
    }

    @Test func withoutAFolderThatIsKeptFromBackupsThereIsNoVault() async throws {
        await app.after { $0.start() }
        app.question.refuse("prepare", CocoaError(.fileWriteNoPermission))
        await app.register(AppUnderTest.totp)
        #expect(session.page == .trouble(TroubleState(supportCode: nil, way: .back)))
        #expect(session.token == nil)
        #expect(!FileManager.default.fileExists(atPath: app.vault.path(percentEncoded: false)))
    }

    @Test func aRestoredPhoneNamesTheBanks() async throws {
        try Data("warifu marker 1\nExample Bank\t5678\n".utf8).write(to: app.marker)
        await app.after { $0.start() }
        guard case .add(let state) = session.page else { return shows(session.page) }
        #expect(state.heading == .restoredHeading)
        #expect(state.restored.map(\.lastFour) == ["5678"])
    }

    @Test func aMarkerThatIsNoneTellsNothing() async throws {
        try Data([0xFF, 0x00]).write(to: app.marker)
        await app.after { $0.start() }
        #expect(session.page == .add(AddState(isFirst: true, bank: nil)))
    }

    // MARK: - Adding

    @Test func nothingIsAddedBeforeAPersonHasSeenIt() async throws {
        await app.after { $0.start() }
        await app.after { $0.offer(" \(AppUnderTest.totp)\n") }
        let names = Names(issuer: "Example Bank", account: "0001")
        #expect(session.page == .offer(.credential(names: names, isOnRequest: false, isWeak: false)))
        #expect(!FileManager.default.fileExists(atPath: app.vault.path(percentEncoded: false)))

        await app.after { $0.accept(activation: "") }
        #expect(session.page == .codes)
        #expect(session.codes?.cards.map(\.title) == ["Example Bank"])
        #expect(session.link == nil)
        #expect(try String(contentsOf: app.marker, encoding: .utf8) == "warifu marker 1\nExample Bank\t\n")
    }

    @Test func aRefusedOfferIsForgotten() async {
        await app.after { $0.start() }
        await app.after { $0.offer(AppUnderTest.totp) }
        await app.after { $0.back() }
        #expect(session.link == nil)
        #expect(session.page == .add(AddState(isFirst: true, bank: nil)))
    }

    @Test func aLinkThatIsNoneSaysSo() async {
        await app.after { $0.start() }
        await app.after { $0.offer("otpauth://totp/Bank?issuer=Bank") }
        guard case .trouble(let trouble) = session.page else { return shows(session.page) }
        #expect(trouble.supportCode == SampleError.linkWithoutSecret.error.supportCode)
        await app.after { $0.back() }
        #expect(session.page == .add(AddState(isFirst: true, bank: nil)))
    }

    @Test func anEnrolmentWithoutANetworkGoesOnLater() async throws {
        await app.after { $0.start() }
        await app.after { $0.offer(AppUnderTest.service) }
        #expect(session.page == .offer(.service(host: "bank.example", asksForCode: true)))
        app.network.enqueue(.failure(HTTPFailure.unreachable))
        await app.after { $0.accept(activation: "") }
        guard case .trouble(let trouble) = session.page else { return shows(session.page) }
        #expect(trouble.way == .retry)

        await app.restart()
        guard case .add(let state) = session.page else { return shows(session.page) }
        #expect(state.pending == .at(host: "bank.example"))
        await app.after { $0.discardEnrolment() }
        #expect(session.page == .add(AddState(isFirst: true, bank: nil)))
    }

    @Test func aPictureWithoutACodeSaysSo() async {
        await app.after { $0.start() }
        await app.after { $0.offerPicture { nil } }
        #expect(session.page == .trouble(.noCodeInPicture))
    }

    @Test func onlyTheScanPageTakesWhatTheCameraSees() async {
        await app.after { $0.start() }
        await app.after { $0.scanned(AppUnderTest.totp) }
        #expect(session.page == .add(AddState(isFirst: true, bank: nil)))
        session.openScanning { true }
        await eventually { session.page == .scan }
        await app.after { $0.scanned(AppUnderTest.totp) }
        guard case .offer = session.page else { return shows(session.page) }
    }

    @Test func withoutTheCameraThereIsAnotherWay() async {
        await app.after { $0.start() }
        session.openScanning { false }
        await eventually { session.page == .noCamera }
    }

    @Test func aPermissionThatComesLateLeavesThePageThatHasCome() async {
        await app.after { $0.start() }
        let answered = Question()
        session.openScanning {
            while answered.asked.isEmpty { try? await Task.sleep(for: .milliseconds(5)) }
            try? answered.ask("seen")
            return true
        }
        session.openPasting()
        try? answered.ask("answered")
        await eventually { answered.asked.contains("seen") }
        for _ in 0..<20 { await Task.yield() }
        #expect(session.page == .paste)
    }

    @Test func aLinkWaitsWhileTheAppIsLocked() async throws {
        await app.after { $0.start() }
        await app.register(AppUnderTest.totp)
        await app.choose("2580")
        await app.after { $0.lock() }
        let link = try #require(URL(string: AppUnderTest.hotp))
        await app.after { $0.offerWhenOpen(link) }
        #expect(app.keypad?.heading == .unlockHeading)
        await app.type("2580")
        guard case .offer(.credential(_, let isOnRequest, _)) = session.page else {
            return shows(session.page)
        }
        #expect(isOnRequest)
    }

    @Test func aLinkThatStartsTheAppIsShownOnceItHasStarted() async throws {
        session.offerWhenOpen(try #require(URL(string: AppUnderTest.totp)))
        #expect(session.page == .busy(nil))
        await app.after { $0.start() }
        guard case .offer = session.page else { return shows(session.page) }
    }

    @Test func aLinkThatIsTooLongIsNotLookedAt() async throws {
        await app.after { $0.start() }
        let link = try #require(URL(string: "otpauth://totp/" + String(repeating: "a", count: 9_000)))
        await app.after { $0.offerWhenOpen(link) }
        #expect(session.page == .add(AddState(isFirst: true, bank: nil)))
    }

    // MARK: - Codes

    @Test func aButtonMakesOneCodeAfterTheOther() async throws {
        await app.after { $0.start() }
        await app.register(AppUnderTest.hotp)
        let id = try #require(session.codes?.cards.first?.id)
        #expect(session.codes?.cards.first?.face == .onRequest(nil))
        await app.after { $0.make(id) }
        #expect(session.codes?.cards.first?.face.code?.digits == "755224")
        await app.after { $0.make(id) }
        #expect(session.codes?.cards.first?.face.code?.digits == "287082")
    }

    @Test func withoutAServiceThereIsNoTimeToAskFor() async {
        await app.after { $0.start() }
        await app.register(AppUnderTest.totp)
        await app.after { $0.sync() }
        guard case .trouble(let trouble) = session.page else { return shows(session.page) }
        #expect(trouble.supportCode == SampleError.noTimeToAskFor.error.supportCode)
    }

    @Test func aClockThatCannotBeRightIsSaidAndThePageComesBack() async {
        await app.after { $0.start() }
        await app.register(AppUnderTest.totp)
        session.enterBackground()
        let right = app.clock.now.wall
        app.clock.set(wall: Date(timeIntervalSince1970: 1_000_000_000))
        session.enterForeground()
        guard case .trouble(let trouble) = session.page else { return shows(session.page) }
        #expect(trouble.supportCode == SampleError.clockTooEarly.error.supportCode)
        app.clock.set(wall: right)
        await app.after { $0.retry() }
        #expect(session.page == .codes)
        #expect(session.codes?.cards.count == 1)
    }

    // MARK: - Settings

    @Test func aNameIsChangedAndACredentialRemoved() async throws {
        await app.after { $0.start() }
        await app.register(AppUnderTest.totp)
        await app.after { $0.openSettings() }
        guard case .settings(let settings) = session.page else { return shows(session.page) }
        #expect(settings.lock == Words(.lockIsNone))
        #expect(!settings.isLocking)
        let entry = try #require(settings.entries.first)
        await app.after { $0.rename(entry, issuer: " Other Bank ", account: "") }
        guard case .settings(let renamed) = session.page else { return shows(session.page) }
        #expect(renamed.entries.map(\.names) == [Names(issuer: "Other Bank")])

        await app.after { $0.remove(entry) }
        #expect(session.page == .add(AddState(isFirst: true, bank: nil)))
    }

    @Test func aRemovalWantsThePIN() async throws {
        await app.after { $0.start() }
        await app.register(AppUnderTest.totp)
        await app.choose("2580")
        let entry = NamedEntry(try #require(try await session.token?.entries.list().first))
        await app.after { $0.remove(entry) }
        #expect(app.keypad?.heading == .removeHeading)
        #expect(app.keypad?.explanation == Words(.removeByPIN))
        await app.type("1111")
        #expect(app.keypad?.message == Words(.pinWrong, .number(9)))
        #expect(try await session.token?.entries.list().count == 1)
        await app.type("2580")
        #expect(try await session.token?.entries.list().isEmpty == true)
    }

    @Test func theReportKnowsTheLastSupportCode() async {
        await app.after { $0.start() }
        await app.register(AppUnderTest.totp)
        await app.after { $0.offer("nonsense") }
        await app.after { $0.openReport(DeviceInfo(appVersion: "1.0", systemVersion: "17.4", model: "iPhone")) }
        guard case .report(let report) = session.page else { return shows(session.page) }
        #expect(report.lines.last?.key == .reportError)
        await app.after { $0.back() }
        guard case .settings = session.page else { return shows(session.page) }
    }
}
