import Foundation
import Testing
import Warifu
import WarifuTesting

@testable import WarifuApp

/// What is left after something went wrong, and what is still said of it.
@MainActor @Suite struct RecoveryTests {
    static let other = "otpauth://totp/Other:0003?secret=MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U&issuer=Other"

    let app: AppUnderTest

    init() throws {
        app = try AppUnderTest()
    }

    var session: Session { app.session }

    var lost: AddState? {
        guard case .add(let state) = session.page else { return nil }
        return state
    }

    // MARK: - A token that is not found

    @Test func aVaultThatIsNotReadIsNoNewPhone() async throws {
        await app.after { $0.start() }
        await app.register(AppUnderTest.totp)
        app.question.refuse("prepare", CocoaError(.fileWriteOutOfSpace))
        await app.restart()
        guard case .trouble = session.page else { return shows(session.page) }

        // Nothing is registered beside it, neither by a link nor on the way back.
        session.offerWhenOpen(try #require(URL(string: AppUnderTest.hotp)))
        await session.settle()
        guard case .trouble = session.page else { return shows(session.page) }
        await app.after { $0.back() }
        guard case .trouble = session.page else { return shows(session.page) }
        #expect(session.token == nil)

        app.question.refuse("prepare", nil)
        await app.after { $0.back() }
        guard case .offer = session.page else { return shows(session.page) }
        await app.after { $0.back() }
        await app.after { $0.back() }
        #expect(session.page == .codes)
        #expect(session.codes?.cards.count == 1)
    }

    @Test func aDamagedVaultLeadsToTheBeginningAndIsNotCoveredUp() async throws {
        try Data("nothing of the kind".utf8).write(to: app.vault)
        await app.after { $0.start() }
        guard case .trouble(let trouble) = session.page else { return shows(session.page) }
        #expect(trouble.way == .startOver)
        await app.after { $0.offerStartOver() }
        await app.after { $0.back() }
        #expect(session.page == .trouble(trouble))
    }

    @Test func anErasureThatFailsIsSaid() async throws {
        await app.after { $0.start() }
        await app.register(AppUnderTest.totp)
        app.question.refuse("erase", CocoaError(.fileWriteNoPermission))
        await app.after { $0.startOver() }
        guard case .trouble = session.page else { return shows(session.page) }
        await app.after { $0.back() }
        #expect(session.page == .codes)
    }

    @Test func whatAFormerInstallationLeftGoesBeforeAVaultIsOpened() async throws {
        let vault = app.vault
        app.question.onAsked = { what in
            if what == "clearLeftovers" { try? Data("nothing of the kind".utf8).write(to: vault) }
        }
        await app.after { $0.start() }
        #expect(app.question.asked == ["prepare", "clearLeftovers"])
        // It was opened after that.
        guard case .trouble = session.page else { return shows(session.page) }
    }

    // MARK: - Banks to register with anew

    @Test func startingOverLeavesTheBanksNames() async throws {
        await app.after { $0.start() }
        await app.register(AppUnderTest.totp)
        await app.after { $0.startOver() }
        #expect(!FileManager.default.fileExists(atPath: app.vault.path(percentEncoded: false)))
        #expect(lost?.restored.map(\.issuer) == ["Example Bank"])
        #expect(lost?.heading == .erasedHeading && lost?.explanation == .erasedExplain)

        await app.restart()
        #expect(lost?.heading == .erasedHeading)
        await app.register(AppUnderTest.totp)
        #expect(session.page == .codes && session.notices.isEmpty)
    }

    @Test func theBanksOfTheFormerPhoneStayUntilTheyAreRegistered() async throws {
        try Data("warifu marker 1\nExample Bank\t5678\nThird Bank\t\n".utf8).write(to: app.marker)
        await app.after { $0.start() }
        #expect(lost?.heading == .restoredHeading)
        await app.register(AppUnderTest.totp)
        #expect(session.notices == [.lostBanks])
        await app.after { $0.attend(to: .lostBanks) }
        #expect(lost?.restored.map(\.issuer) == ["Third Bank"])
        await app.after { $0.forgetLostBanks() }
        #expect(lost?.restored == [] && lost?.heading == .addHeading)
        await app.after { $0.back() }
        #expect(session.page == .codes && session.notices.isEmpty)
    }

    @Test func aFirstRegistrationThatFailsHidesNoBank() async throws {
        try Data("warifu marker 1\nExample Bank\t5678\n".utf8).write(to: app.marker)
        await app.after { $0.start() }
        await app.after { $0.offer(AppUnderTest.service) }
        app.network.enqueue(.failure(HTTPFailure.unreachable))
        await app.after { $0.accept(activation: "") }
        await app.after { $0.back() }
        await app.after { $0.discardEnrolment() }
        #expect(lost?.restored.map(\.issuer) == ["Example Bank"])
        await app.restart()
        #expect(lost?.restored.map(\.issuer) == ["Example Bank"])
    }

    @Test func listsThatAreNoneTellNothing() async throws {
        for ending in ["moved", "erased"] {
            try Data("{".utf8).write(to: app.marker.appendingPathExtension(ending))
        }
        await app.after { $0.start() }
        #expect(lost?.restored == [])
    }

    // MARK: - Above the codes

    @Test func anEnrolmentThatIsNotFinishedIsSeen() async throws {
        await app.after { $0.start() }
        await app.register(Self.other)
        await app.after { $0.offer(AppUnderTest.service) }
        app.network.enqueue(.failure(HTTPFailure.unreachable))
        await app.after { $0.accept(activation: "") }
        await app.after { $0.back() }
        #expect(session.page == .codes && session.notices == [.pending])
        await app.after { $0.attend(to: .pending) }
        #expect(lost?.pending == .at(host: "bank.example"))
        await app.after { $0.back() }
        #expect(session.page == .codes && session.notices == [.pending])
        await app.after { $0.openAdding() }
        await app.after { $0.discardEnrolment() }
        #expect(session.page == .codes && session.notices.isEmpty)
    }

    @Test func aFaceThatHasChangedIsSetUpAgain() async throws {
        await app.after { $0.start() }
        await app.register(AppUnderTest.totp)
        await app.choose("2580")
        await app.proven { $0.addBiometrics() }
        await app.after { $0.lock() }
        app.keys.changeBiometrics()
        await app.after { $0.unlockByBiometrics() }
        #expect(app.keypad?.hasKeys == true && app.keypad?.mayStartOver == false)
        await app.type("2580")
        #expect(session.page == .codes && session.notices == [.brokenLock])
        await app.after { $0.attend(to: .brokenLock) }
        guard case .lock(let lock) = session.page else { return shows(session.page) }
        #expect(lock.mayAddAgain)
        await app.proven { $0.addBiometrics() }
        guard case .lock(let mended) = session.page else { return shows(session.page) }
        #expect(mended.hasBiometrics && !mended.isBroken)
        await app.after { $0.lock() }
        await app.after { $0.unlockByBiometrics() }
        #expect(session.page == .codes && session.notices.isEmpty)
    }

    @Test func aFaceThatOpensAfterAllIsNotBroken() async throws {
        await app.after { $0.start() }
        await app.register(AppUnderTest.totp)
        await app.choose("2580")
        await app.proven { $0.addBiometrics() }
        await app.after { $0.lock() }
        // As iOS says of a face that it does not know after an update.
        app.keys.throwNext(KeyRefusal.invalidated)
        await app.after { $0.unlockByBiometrics() }
        #expect(!session.deadSlots.isEmpty)
        await app.after { $0.unlockByBiometrics() }
        #expect(session.page == .codes && session.notices.isEmpty)
    }

    @Test func aNoticeLeadsWhereSomethingCanBeDone() throws {
        let catalog = try Catalog()
        for notice in [Notice.pending, .pinCountStays, .brokenLock, .unread, .lostBanks] {
            for key in [notice.says, notice.leads].compactMap(\.self) {
                #expect(catalog.texts[key.name]?.values.allSatisfy { !$0.isEmpty } == true)
            }
        }
        #expect(Notice.unread.leads == nil)
    }

    // MARK: - What a shut app has not

    @Test func aCodeThatWasMadeIsNotShownAfterALock() async throws {
        await app.after { $0.start() }
        await app.register(AppUnderTest.hotp)
        await app.choose("2580")
        let id = try #require(session.codes?.cards.first?.id)
        await app.after { $0.make(id) }
        #expect(session.codes?.cards.first?.face.code != nil)
        await app.after { $0.offer("nonsense") }
        guard case .trouble = session.page else { return shows(session.page) }
        session.enterBackground()
        await app.passes(seconds: 120)
        session.enterForeground()
        await session.settle()
        #expect(session.made.isEmpty)
        await app.after { $0.back() }
        await app.type("2580")
        #expect(session.codes?.cards.first?.face == .onRequest(nil))
    }

    @Test func aLinkThatIsRefusedIsForgotten() async throws {
        await app.after { $0.start() }
        await app.after { $0.offer("otpauth://totp/Bank?issuer=Bank") }
        guard case .trouble = session.page else { return shows(session.page) }
        #expect(session.link == nil)
    }

    @Test func aLinkThatWaitsIsWipedWithEverythingElse() async throws {
        await app.after { $0.start() }
        await app.register(AppUnderTest.totp)
        await app.choose("2580")
        await app.after { $0.lock() }
        session.offerWhenOpen(try #require(URL(string: AppUnderTest.hotp)))
        await session.settle()
        #expect(session.waitingLink != nil)
        await app.after { $0.startOver() }
        #expect(session.waitingLink == nil)
        guard case .add = session.page else { return shows(session.page) }
    }

    @Test func whatWasTriedBeforeALockIsNotTriedAgainWithoutWhatItWasAbout() async throws {
        await app.after { $0.start() }
        await app.register(AppUnderTest.totp)
        await app.choose("2580")
        await app.after { $0.offer(AppUnderTest.service) }
        app.network.enqueue(.failure(HTTPFailure.unreachable))
        await app.after { $0.accept(activation: "") }
        guard case .trouble(let trouble) = session.page, trouble.way == .retry else { return shows(session.page) }
        session.enterBackground()
        await app.passes(seconds: 120)
        session.enterForeground()
        await session.settle()
        #expect(session.link == nil)
        await app.after { $0.retry() }
        #expect(app.keypad?.heading == .unlockHeading)
        await app.type("2580")
        #expect(session.page == .codes && session.notices == [.pending])
    }

    // MARK: - Again

    @Test func aButtonThatFailedIsPressedAgainOnItsPage() async throws {
        await app.after { $0.start() }
        await app.register(AppUnderTest.hotp)
        let id = try #require(session.codes?.cards.first?.id)
        let gone = app.vault.appendingPathExtension("away")
        try FileManager.default.moveItem(at: app.vault, to: gone)
        await app.after { $0.make(id) }
        guard case .trouble = session.page else { return shows(session.page) }
        try FileManager.default.moveItem(at: gone, to: app.vault)
        await app.after { $0.retry() }
        #expect(session.page == .codes)
        #expect(session.codes?.cards.first?.face.code?.digits == "755224")
    }
}
