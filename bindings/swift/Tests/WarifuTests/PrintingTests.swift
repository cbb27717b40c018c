import Foundation
import Testing
import Warifu
import WarifuTesting

/// Nothing prints a code, a PIN or a seed.
@Suite struct PrintingTests {
    @Test func noWayOfPrintingShowsASecret() async throws {
        let fixture = try await Fixture()
        let token = fixture.token
        let button = try await token.entries.add(TestSecrets.hotp).id
        let pin = SecretBytes(utf8: TestSecrets.pin)
        try await token.slots.set(.pin(pin, cost: TestSecrets.quick))
        let screen = try token.screen()
        let timed = try #require(screen.timed)
        let code = try await token.entries.advance(button, for: PressID())
        let passphrase = SecretBytes(utf8: TestSecrets.passphrase)
        var wrong: WarifuError?
        do { try await token.unlock(.pin(SecretBytes(utf8: "71640382"))) } catch { wrong = error }
        var refused: WarifuError?
        do {
            try await token.entries.add(SecretBytes(utf8: "otpauth://totp/x?secret=\(TestSecrets.seed)&digits=99"))
        } catch {
            refused = error
        }
        struct Surprise: Error { let secret = TestSecrets.pin }
        var caused: WarifuError?
        fixture.protector.throwNext(Surprise())
        do { try await token.unlock(.device) } catch { caused = error }
        #expect(caused?.cause is Surprise)
        let activation = "1234567890123452"
        let service = "https://bank.example/token#k=BEFQUBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HZAEERA"
        let link = SecretBytes(utf8: "\(service)&c=\(activation)")
        let request = HTTPRequest(
            method: .post, url: try #require(URL(string: "https://bank.example/token/confirm")),
            contentType: "application/octet-stream", body: SecretBytes(utf8: TestSecrets.pin), maxResponse: 42,
            timeout: .seconds(30))
        let response = HTTPResponse(status: 200, body: SecretBytes(utf8: TestSecrets.seed))
        let values: [Any] = [
            token, screen, screen.cards, timed, timed.code, code, TestSecrets.totp, pin, passphrase, Unlock.pin(pin),
            Unlock.passphrase(passphrase), NewSlot.pin(pin), NewSlot.passphrase(passphrase), try #require(wrong),
            try #require(refused), try #require(caused),
            try await token.entries.list(), try Token.preview(of: TestSecrets.totp),
            link, try Token.preview(ofEnrolment: link), token.enrolment, request, response,
            try await token.marker(), fixture.clock.now, token.screens, token.entries, token.slots, fixture.protector,
            [code: pin], Optional(code) as Any, Result<Code, WarifuError>.success(code),
        ]
        let secrets = [
            activation,
            TestSecrets.pin, TestSecrets.passphrase, TestSecrets.seed, TestSecrets.seedBytes, "71640382",
            timed.code.digits, timed.code.grouped, timed.next.digits, timed.next.grouped, code.digits, code.grouped,
        ]
        for value in values + [values] {
            var dumped = ""
            dump(value, to: &dumped)
            let ways = [
                "description": "\(value)", "debugDescription": String(reflecting: value), "dump": dumped,
                "mirror": Self.mirrored(value), "format": String(format: "%@", "\(value)"),
                "localized": (value as? any Error)?.localizedDescription ?? "",
            ]
            for (way, text) in ways {
                for secret in secrets { #expect(!text.contains(secret), "\(way) of a \(type(of: value))") }
            }
        }
    }

    /// Everything that reflection finds.
    private static func mirrored(_ value: Any, depth: Int = 0) -> String {
        guard depth < 12 else { return "" }
        let children = Mirror(reflecting: value).children.map { label, child in
            "\(label ?? "") \(child) \(mirrored(child, depth: depth + 1))"
        }
        return children.joined(separator: "\n")
    }

    @Test func aMaskSaysHowMuchIsBehindIt() async throws {
        let code = Code.sample("123 456")
        let bytes = SecretBytes(utf8: TestSecrets.pin)
        #expect("\(code) \(String(reflecting: code))" == "Code(6 digits) Code(6 digits)")
        #expect("\(bytes) \(String(reflecting: bytes))" == "SecretBytes(8 bytes) SecretBytes(8 bytes)")
        #expect((code.digits, code.grouped) == ("123456", "123 456"))
        #expect(Mirror(reflecting: code).children.isEmpty && Mirror(reflecting: bytes).children.isEmpty)
    }

    @Test func anErrorSaysItsSupportCodeAndWhatHappened() async throws {
        let fixture = try await Fixture()
        try fixture.token.lock()
        do {
            _ = try await fixture.token.entries.list()
            Issue.record("no error")
        } catch {
            #expect("\(error)" == "W-101: the token is locked")
            #expect(error.localizedDescription == "W-101: the token is locked")
        }
    }
}
