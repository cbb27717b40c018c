import Foundation
import Testing
import Warifu
import WarifuTesting

@testable import WarifuApp

/// Which links lead to the app.
@MainActor @Suite struct LinkTests {
    private static let key = "#k=BEFQUBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HZAEERA"

    @Test(arguments: [
        "https://bank.example/token", "https://BANK.example/token", "HTTPS://bank.example/token",
        "https://bank.example/token/one",
    ])
    func aLinkOfTheAppsHostIsOffered(_ link: String) async throws {
        let app = try AppUnderTest(linkHost: "Bank.example")
        await app.after { $0.start() }
        try await app.open(link + Self.key)
        guard case .offer(.service(let host, _)) = app.session.page else { return shows(app.session.page) }
        #expect(host == "bank.example")
    }

    @Test(arguments: [
        "https://other.example/token", "https://bank.example.other.example/token", "https://sub.bank.example/token",
        "https://bank.example@other.example/token", "https://somebody@bank.example/token",
        "https://bank.example:8443/token", "https://bank.example/", "https://bank.example/other/token",
        "https://bank.example/tokens", "https://bank.example/token-evil", "https://bank.example/token/../x",
        "https://bank.example/token/%2e%2e/x",
        "http://bank.example/token", "javascript:token", "file:///token",
    ])
    func anotherLinkIsNotLookedAt(_ link: String) async throws {
        let app = try AppUnderTest(linkHost: "bank.example")
        await app.after { $0.start() }
        try await app.open(link + Self.key)
        #expect(app.session.page == .add(AddState(isFirst: true, bank: nil)))
        #expect(app.session.waitingLink == nil && app.session.link == nil)
    }

    @Test func whatIsScannedIsOfferedWhateverItsHostWhichThePageNames() async throws {
        let app = try AppUnderTest(linkHost: "bank.example")
        await app.after { $0.start() }
        app.session.openScanning { true }
        await eventually { app.session.page == .scan }
        await app.after { $0.scanned("https://other.example/token" + Self.key) }
        guard case .offer(.service(let host, _)) = app.session.page else { return shows(app.session.page) }
        #expect(host == "other.example")
        #expect(app.network.sent.isEmpty)
    }

    @Test func withoutAHostNoWebLinkOpensTheAppButAnOtpauthLinkDoes() async throws {
        let app = try AppUnderTest()
        await app.after { $0.start() }
        try await app.open(AppUnderTest.service)
        #expect(app.session.page == .add(AddState(isFirst: true, bank: nil)))
        // Whoever pastes or scans it has chosen to.
        await app.after { $0.offer(AppUnderTest.service) }
        guard case .offer(.service) = app.session.page else { return shows(app.session.page) }
        await app.after { $0.back() }
        try await app.open(AppUnderTest.totp)
        guard case .offer(.credential) = app.session.page else { return shows(app.session.page) }
    }
}

extension AppUnderTest {
    /// As the system hands a link to an app.
    fileprivate func open(_ link: String) async throws {
        let link = try #require(URL(string: link))
        await after { $0.offerWhenOpen(link) }
    }
}
