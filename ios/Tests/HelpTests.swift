import Foundation
import Testing
import Warifu
import WarifuTesting

@testable import WarifuApp

/// What there is for whoever cannot get any further.
@MainActor @Suite struct HelpTests {
    static let device = DeviceInfo(appVersion: "1.0", systemVersion: "17.4", model: "iPhone")

    let app: AppUnderTest

    init() throws {
        app = try AppUnderTest()
    }

    var session: Session { app.session }

    /// The texts of the report that is shown, by their names.
    var reported: [TextKey]? {
        guard case .report(let report) = session.page else { return nil }
        return report.lines.map(\.key)
    }

    @Test func itAsksForNoToken() async {
        await app.after { $0.start() }
        session.openHelp()
        #expect(session.page == .help)
        await app.after { $0.openReport(Self.device) }
        #expect(reported == [.reportApp, .reportSystem, .reportNothing])
        await app.after { $0.back() }
        #expect(session.page == .help)
        await app.after { $0.openAbout() }
        await app.after { $0.back() }
        #expect(session.page == .help)
        await app.after { $0.back() }
        #expect(session.page == .add(AddState(isFirst: true, bank: nil)))
        #expect(session.token == nil)
    }

    @Test func aLockedAppTellsWhatItsFileTellsAnybody() async {
        await app.after { $0.start() }
        await app.register(AppUnderTest.totp)
        await app.choose("2580")
        await app.after { $0.lock() }
        #expect(app.keypad?.hasHelp == true)
        await app.type("1111")
        session.press(2)
        session.openHelp()
        // What was typed is forgotten, and nothing is opened by this.
        #expect(session.typed.count == 0)
        await app.after { $0.openReport(Self.device) }
        #expect(reported == [.reportApp, .reportSystem, .lockIsPIN, .reportError])
        #expect((try? session.token?.isUnlocked) == false)

        // Whoever reads it out in a call may go to another app and back.
        session.enterBackground()
        await app.passes(seconds: 120)
        session.enterForeground()
        await session.settle()
        #expect(reported != nil)
        await app.after { $0.back() }
        #expect(session.page == .help)
        await app.after { $0.back() }
        #expect(app.keypad?.heading == .unlockHeading)
        await app.type("2580")
        #expect(session.page == .codes)
    }

    @Test func onlyTheKeypadThatOpensTheAppLeadsThere() async {
        await app.after { $0.start() }
        await app.register(AppUnderTest.totp)
        await app.choose("2580")
        await app.after { $0.chooseNewPIN() }
        #expect(app.keypad?.hasHelp == false)
        await app.type("2580")
        #expect(app.keypad?.heading == .newPIN && app.keypad?.hasHelp == false)
    }

    @Test func afterSomethingWentWrongItHasTheSupportCode() async throws {
        try Data("nothing of the kind".utf8).write(to: app.vault)
        await app.after { $0.start() }
        guard case .trouble(let trouble) = session.page else { return shows(session.page) }
        session.openHelp()
        await app.after { $0.openReport(Self.device) }
        guard case .report(let report) = session.page else { return shows(session.page) }
        #expect(report.lines.last == Words(.reportError, .text(trouble.supportCode ?? "")))
        #expect(reported == [.reportApp, .reportSystem, .reportUnreadable, .reportError])
        await app.after { $0.back() }
        await app.after { $0.back() }
        #expect(session.page == .trouble(trouble))
    }

    @Test func whatFailedCanBeTriedAgainAfterALookAtTheHelp() async {
        await app.after { $0.start() }
        await app.after { $0.offer(AppUnderTest.service) }
        app.network.enqueue(.failure(HTTPFailure.unreachable))
        await app.after { $0.accept(activation: "") }
        guard case .trouble(let trouble) = session.page, trouble.way == .retry else { return shows(session.page) }
        session.openHelp()
        await app.after { $0.openReport(Self.device) }
        await app.after { $0.back() }
        await app.after { $0.back() }
        #expect(session.page == .trouble(trouble) && session.link != nil)

        let before = app.network.sent.count
        app.network.enqueue(.failure(HTTPFailure.unreachable))
        await app.after { $0.retry() }
        #expect(app.network.sent.count > before)
        #expect(session.page == .trouble(trouble))

        // Who goes back from there does not want it any more.
        await app.after { $0.back() }
        #expect(session.link == nil)
    }

    @Test func aReportOfAnOpenAppIsMadeAnewWhenItLocks() async {
        await app.after { $0.start() }
        await app.register(AppUnderTest.totp)
        await app.choose("2580")
        await app.after { $0.offer(AppUnderTest.service) }
        app.network.enqueue(.failure(HTTPFailure.unreachable))
        await app.after { $0.accept(activation: "") }
        guard case .trouble = session.page else { return shows(session.page) }
        session.openHelp()
        await app.after { $0.openReport(Self.device) }
        #expect(reported?.contains(.reportEntries) == true)

        session.enterBackground()
        await app.passes(seconds: 121)
        session.enterForeground()
        await session.settle()
        #expect((try? session.token?.isUnlocked) == false)
        #expect(reported == [.reportApp, .reportSystem, .lockIsPIN, .reportError])
        // What was tried went with the lock.
        #expect(session.link == nil)
        await app.after { $0.back() }
        await app.after { $0.back() }
        #expect(app.keypad?.heading == .unlockHeading)
    }

    @Test func fromTheSettingsTheReportLeadsBackThere() async {
        await app.after { $0.start() }
        session.openHelp()
        await app.after { $0.back() }
        await app.register(AppUnderTest.totp)
        await app.after { $0.openSettings() }
        await app.after { $0.openReport(Self.device) }
        #expect(reported?.contains(.reportEntries) == true)
        await app.after { $0.back() }
        guard case .settings = session.page else { return shows(session.page) }
        await app.after { $0.openAbout() }
        await app.after { $0.back() }
        guard case .settings = session.page else { return shows(session.page) }
    }
}
