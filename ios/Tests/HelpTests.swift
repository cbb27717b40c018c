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
        #expect(reported == [.reportApp, .reportSystem])
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
        await app.after { $0.back() }
        await app.after { $0.back() }
        #expect(session.page == .trouble(trouble))
    }

    @Test func aLinkThatFailedDoesNotOutliveIt() async {
        await app.after { $0.start() }
        await app.after { $0.offer(AppUnderTest.service) }
        app.network.enqueue(.failure(HTTPFailure.unreachable))
        await app.after { $0.accept(activation: "") }
        guard case .trouble = session.page else { return shows(session.page) }
        #expect(session.link != nil)
        session.openHelp()
        await app.after { $0.back() }
        #expect(session.link == nil)
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
