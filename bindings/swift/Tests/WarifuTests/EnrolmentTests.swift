import Foundation
import Testing
import Warifu
import WarifuTestService
import WarifuTesting

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// What only Swift can see of an enrolment; the rest is in the scenarios.
@Suite struct EnrolmentTests {
    private static let link = SecretBytes(
        utf8: "https://bank.example/token#k=BEFQUBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HZAEERA")

    @Test func aTokenEnrolsOverThePlatformsOwnHTTP() async throws {
        let service = try await TokenService()
        let folder = try Folder()
        let token = try await Token.createOnDevice(
            at: folder.vault, protector: FakeKeyProtector(), clock: ManualClock())
        try await service.order("code 1234567890123452")
        let added = try await token.enrolment.begin(
            SecretBytes(utf8: service.loopbackLink), activation: SecretBytes(utf8: "1234-5678 9012-3452"),
            binding: .operatingSystem)
        #expect(try await token.entries.list().map(\.id) == [added.id])
        #expect(try token.screen().code == "637009")
        #expect(try await token.enrolment.pending() == nil)
    }

    @Test func aRequestThatFailsSaysWhyAndHasWhatWasThrownAsItsCause() async throws {
        struct Strange: Error {}
        let (token, transport, folder) = try await enrolling(FakeHTTPTransport())
        defer { withExtendedLifetime(folder) {} }
        for (cause, failure) in [
            (URLError(.networkConnectionLost) as any Error, HTTPFailure.unreachable), (Strange(), .unavailable),
            (URLError(.serverCertificateUntrusted), .untrusted),
        ] {
            transport.enqueue(.failure(cause))
            let error = await thrown { try await token.enrolment.begin(Self.link) } as? WarifuError
            #expect(error?.reason == .enrolment(.failed(failure)))
            #expect(error?.cause.map { type(of: $0) == type(of: cause) } == true)
        }
        transport.enqueue(.failure(HTTPFailure.timedOut))
        let error = await thrown { try await token.enrolment.resume() } as? WarifuError
        #expect(error?.reason == .enrolment(.failed(.timedOut)))
        #expect(error?.cause == nil)
        #expect(transport.sent.map(\.count) == [153, 153, 153, 153])
    }

    @Test func aStatusIsAReasonOfItsOwn() async throws {
        let (token, transport, folder) = try await enrolling(FakeHTTPTransport())
        defer { withExtendedLifetime(folder) {} }
        transport.enqueue(.status(503), .status(302), .body(Array(repeating: 0, count: 40)))
        await expect(.enrolment(.busy)) { try await token.enrolment.begin(Self.link) }
        await expect(.enrolment(.status(302))) { try await token.enrolment.resume() }
        await expect(.enrolment(.notAuthentic)) { try await token.enrolment.resume() }
    }

    @Test func cancellingACallInTheMiddleOfARequestEndsTheRequestAndWhatWasKeptGoesOn() async throws {
        let (token, stalled, folder) = try await enrolling(Stalled())
        defer { withExtendedLifetime(folder) {} }
        let call = Task { try await token.enrolment.begin(Self.link) }
        let request = await stalled.begun.value()
        call.cancel()
        await expect(.cancelled) { _ = try await call.value }
        await stalled.ended.value()
        try await eventually { request.body.isEmpty }
        #expect(try await token.enrolment.pending()?.host == "bank.example")
    }

    @Test(arguments: [Ending.lock, .close, .discard])
    func aLockACloseAndADiscardEndARequestThatNobodyWaitsFor(_ ending: Ending) async throws {
        let (token, stalled, folder) = try await enrolling(Stalled())
        defer { withExtendedLifetime(folder) {} }
        let call = Task { try await token.enrolment.begin(Self.link) }
        _ = await stalled.begun.value()
        switch ending {
        case .lock: try token.lock()
        case .close: token.close()
        case .discard: try await token.enrolment.discard()
        }
        await stalled.ended.value()
        await expect(ending == .discard ? .flow(.stale) : .locked) { _ = try await call.value }
    }

    @Test func aRequestWaitsForNoErrandOfTheKeyStore() async throws {
        let (token, stalled, folder) = try await enrolling(Stalled())
        defer { withExtendedLifetime(folder) {} }
        let call = Task { try await token.enrolment.begin(Self.link) }
        _ = await stalled.begun.value()
        try await token.anchor()
        call.cancel()
        _ = await call.result
    }

    @Test func aLinkIsShownWithoutItsActivationCode() throws {
        let key = String(repeating: "A", count: 52)
        let link = SecretBytes(utf8: "https://bank.example/token#k=\(key)&c=1234567890123452")
        let preview = try Token.preview(ofEnrolment: link)
        #expect(preview == EnrolmentPreview(host: "bank.example", hasActivation: true))
    }

    enum Ending: Sendable { case lock, close, discard }

    /// A request that does not come back.
    private final class Stalled: HTTPTransport {
        let begun = OneShot<HTTPRequest>()
        let ended = OneShot<Void>()

        func send(_ request: HTTPRequest) async throws -> HTTPResponse {
            begun.set(request)
            defer { ended.set(()) }
            while true { try await Task.sleep(for: .seconds(3_600)) }
        }
    }

    private func enrolling<Transport: HTTPTransport>(
        _ transport: Transport
    ) async throws -> (Token, Transport, Folder) {
        let folder = try Folder()
        let token = try await Token.createOnDevice(
            at: folder.vault, protector: FakeKeyProtector(), transport: transport, clock: ManualClock())
        return (token, transport, folder)
    }

    private func eventually(_ condition: () -> Bool) async throws {
        for _ in 0..<3_000 where !condition() { try await Task.sleep(for: .milliseconds(10)) }
        #expect(condition())
    }
}
