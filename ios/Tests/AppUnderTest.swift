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
    let question = Question()
    private(set) var session: Session
    private let folder: URL
    private let parts: Parts

    /// - Parameters:
    ///   - transport: The way to a bank's service; if left out, ``network``.
    ///   - linkHost: The host whose links open the app.
    /// - Throws: What the disk says where no folder can be made.
    init(transport: (any HTTPTransport)? = nil, linkHost: String? = nil) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "warifu-app-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        var parts = Self.parts(clock, keys, transport ?? network, folder, question)
        parts.linkHost = linkHost
        self.parts = parts
        session = Session(parts)
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
        session = Session(parts)
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

    /// Chooses a PIN, in both of its pages; by the one that there is, if there is one.
    func choose(_ pin: String, by before: String? = nil) async {
        await after { $0.chooseNewPIN() }
        if let before { await type(before) }
        await type(pin)
        await type(pin)
    }

    var keypad: KeypadState? {
        guard case .keypad(let state) = session.page else { return nil }
        return state
    }

    private static func parts(
        _ clock: ManualClock, _ keys: FakeKeyProtector, _ network: any HTTPTransport, _ folder: URL,
        _ question: Question
    ) -> Parts {
        Parts(
            clock: clock, keys: keys, transport: network, prepare: { try question.ask("prepare") },
            vault: folder.appending(path: "token.warifu"), marker: folder.appending(path: "marker"), bank: nil,
            binding: { .hardware }, clearLeftovers: { try question.ask("clearLeftovers") },
            erase: { file in
                try question.ask("erase")
                try FileManager.default.removeItem(at: file)
            },
            biometry: { .faceID }, askForBiometrics: { try question.ask("biometrics") },
            pinCost: Argon2Cost(memoryKiB: 8, passes: 1, lanes: 1))
    }
}

/// What the app asks of the device, and what the device answers.
final class Question: @unchecked Sendable {
    private let lock = NSLock()
    private var state: (asked: [String], answers: [String: any Error]) = ([], [:])
    private var listener: (@Sendable (String) -> Void)?

    /// What was asked, in its order.
    var asked: [String] { lock.withLock { state.asked } }

    /// Called when it is asked.
    var onAsked: (@Sendable (String) -> Void)? {
        get { lock.withLock { listener } }
        set { lock.withLock { listener = newValue } }
    }

    /// How it is refused; `nil` if it is not.
    func answer(_ what: String) -> (any Error)? {
        lock.withLock { state.answers[what] }
    }

    /// From now on it is refused so; `nil` if it is not.
    func refuse(_ what: String, _ error: (any Error)?) {
        lock.withLock { state.answers[what] = error }
    }

    /// Asks.
    func ask(_ what: String) throws {
        let error = lock.withLock {
            state.asked.append(what)
            return state.answers[what]
        }
        onAsked?(what)
        if let error { throw error }
    }
}

/// Says that another page was meant.
func shows(_ page: Page, at location: SourceLocation = #_sourceLocation) {
    Issue.record("it shows \(page)", sourceLocation: location)
}
