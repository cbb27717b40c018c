import Foundation
import Testing
import Warifu
import WarifuTesting

@testable import WarifuApp

/// The app over fakes of the device's own, in a folder that goes with it.
@MainActor
final class AppUnderTest {
    /// Of RFC 4226, appendix D.
    private static let seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    static let totp = "otpauth://totp/Example%20Bank:0001?secret=\(seed)&issuer=Example%20Bank"
    static let hotp = "otpauth://hotp/Example%20Bank:0002?secret=\(seed)&issuer=Example%20Bank&counter=0"
    static let service = "https://bank.example/token#k=BEFQUBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HZAEERA"

    let clock = ManualClock()
    let keys = FakeKeyProtector()
    let network = FakeHTTPTransport()
    private(set) var session: Session
    private let folder: URL
    private let prepare: @Sendable () throws -> Void

    /// Before its first start, with what making the vault's folder does.
    init(prepare: @escaping @Sendable () throws -> Void = {}) throws {
        self.prepare = prepare
        folder = FileManager.default.temporaryDirectory.appending(path: "warifu-app-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        session = Session(Self.parts(clock, keys, network, folder, prepare))
        session.enterForeground()
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    var vault: URL { folder.appending(path: "token.warifu") }
    var marker: URL { folder.appending(path: "marker") }

    /// The app as the next process finds it.
    func restart() async {
        session.token?.close()
        session = Session(Self.parts(clock, keys, network, folder, prepare))
        session.enterForeground()
        session.start()
        await session.settle()
    }

    /// Does something, and waits until all of it is done.
    func after(_ act: @MainActor (Session) -> Void) async {
        act(session)
        await session.settle()
    }

    /// Registers what a link says.
    func register(_ link: String) async {
        await after { $0.offer(link) }
        await after { $0.accept(activation: "") }
    }

    func type(_ pin: String) async {
        for digit in pin.compactMap(\.wholeNumberValue) { session.press(digit) }
        await after { $0.entered() }
    }

    /// Chooses a PIN, in both of its pages.
    func choose(_ pin: String) async {
        await after { $0.chooseNewPIN() }
        await type(pin)
        await type(pin)
    }

    var keypad: KeypadState? {
        guard case .keypad(let state) = session.page else { return nil }
        return state
    }

    private static func parts(
        _ clock: ManualClock, _ keys: FakeKeyProtector, _ network: FakeHTTPTransport, _ folder: URL,
        _ prepare: @escaping @Sendable () throws -> Void
    ) -> Parts {
        Parts(
            clock: clock, keys: keys, transport: network, prepare: prepare,
            vault: folder.appending(path: "token.warifu"),
            marker: folder.appending(path: "marker"), bank: nil, binding: { .hardware }, clearLeftovers: {},
            biometry: { .faceID }, pinCost: Argon2Cost(memoryKiB: 8, passes: 1, lanes: 1))
    }
}

/// Says that another page was meant.
func shows(_ page: Page, at location: SourceLocation = #_sourceLocation) {
    Issue.record("it shows \(page)", sourceLocation: location)
}
