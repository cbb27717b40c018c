import Foundation
import Observation
import Warifu
import WarifuApple

/// The one token of the app, and the page that is shown. It lives as long as the process; a new process begins at
/// ``start()``, whatever was shown before. Everything here runs on the main actor, and nothing blocks it.
@MainActor @Observable
final class Session {
    /// What is shown.
    private(set) var page: Page = .busy(nil)

    /// What the codes are drawn from; `nil` before there is a token.
    private(set) var model: TokenModel?

    /// The codes that a button has made since the app was opened.
    private(set) var made: [EntryID: Code] = [:]

    @ObservationIgnored let parts: Parts
    @ObservationIgnored private(set) var lastSupportCode: String?
    @ObservationIgnored var isForeground = false
    /// A link that is on offer. It may hold a seed: it is wiped once it was taken or refused.
    @ObservationIgnored var link: SecretBytes?
    /// A link that led to the app while it was locked.
    @ObservationIgnored var waitingLink: SecretBytes?
    @ObservationIgnored private var presses: [EntryID: PressID] = [:]
    @ObservationIgnored let typed = Digits()
    @ObservationIgnored private var onEntered: (@MainActor (Digits) -> Void)?
    @ObservationIgnored private var again: (@MainActor () -> Void)?
    /// What is being done. A page that was left for another is not brought back by it.
    @ObservationIgnored private var work: Task<Void, Never>?

    init(_ parts: Parts) {
        self.parts = parts
    }

    /// The token, once there is one.
    var token: Token? { model?.token }

    /// What to draw on the page with the codes; `nil` while nobody may see any.
    var codes: CodesState? {
        guard let screen = model?.screen, screen.lock == .unlocked else { return nil }
        return CodesState(screen, made: made)
    }

    /// Whether there is nothing to draw, since the token is locked or the device's clock cannot be right.
    var isShut: Bool {
        guard let model else { return false }
        return model.error != nil || model.screen?.lock == .locked
    }

    /// Finds the token and opens it, or asks for what opens it.
    func start() {
        run(nil) { [self] in
            close()
            try parts.prepare()
            // Keys outlive an app that was deleted. Where the key store does not answer now, the next start tries again.
            try? await parts.clearLeftovers()
            do throws(WarifuError) {
                let token = try await Token.open(
                    at: parts.vault, protector: parts.keys, transport: parts.transport, clock: parts.clock)
                take(token)
            } catch {
                guard case .notFound = error.reason else { throw error }
                return welcome()
            }
            try await enter()
        }
    }

    // MARK: - Open and shut

    /// Goes to the codes, or to what has to come before them.
    func enter() async throws(WarifuError) {
        guard let token else { return welcome() }
        if try !token.isUnlocked {
            let slots = try await token.slots.listInFile()
            guard slots.contains(where: { $0.kind == .device }) else {
                return askToUnlock(.unlock(slots, biometry: parts.biometry()))
            }
            _ = try await token.unlock(.device)
        }
        try await home()
    }

    /// Where an open token begins.
    func home() async throws(WarifuError) {
        guard let token else { return welcome() }
        if takesWaitingLink() { return }
        show(try await token.entries.list().isEmpty ? .add(try await ways()) : .codes)
    }

    /// Shuts it now.
    func lock() {
        guard let model else { return }
        try? model.lock()
        forget()
        run(nil) { [self] in try await enter() }
    }

    /// The app is in front. If it was away for too long, it is locked.
    func enterForeground() {
        isForeground = true
        guard let model else { return }
        model.enterForeground()
        lockedMeanwhile()
    }

    /// Nothing of the app is seen any more. It stays open for a while.
    func enterBackground() {
        isForeground = false
        typed.wipe()
        // What a keypad says besides, such as how long to wait, goes on.
        pad { $0.typed > 0 ? $0.typed(0) : $0 }
        model?.enterBackground()
    }

    /// A screen came that says that the token is locked, or that there can be none: the page follows.
    func lockedMeanwhile() {
        if let error = model?.error, page == .codes {
            again = { [weak self] in self?.refresh() }
            return show(.trouble(trouble(error)))
        }
        guard let token, (try? token.isUnlocked) == false, page.isOpen else { return }
        forget()
        run(nil) { [self] in try await enter() }
    }

    private func refresh() {
        model?.refresh()
        run(nil) { [self] in try await enter() }
    }

    // MARK: - The codes

    /// Makes the next code of a card with a button. The same press is repeated until its code has come.
    func make(_ entry: EntryID) {
        let press = presses[entry] ?? PressID()
        presses[entry] = press
        run(nil, keepsPage: true) { [self] in
            guard let token else { return }
            made[entry] = try await token.entries.advance(entry, for: press)
            presses[entry] = nil
        }
    }

    /// Asks the banks for their time, and goes where `then` leads.
    func sync(then: (@MainActor () async throws -> Void)? = nil) {
        run(Words(.checkingTime)) { [self] in
            try await token?.time.sync()
            if let then { try await then() } else { try await home() }
        }
    }

    // MARK: - The keypad, whatever it is for

    /// Shows a keypad, and hands what was typed to whom it is for.
    func keypad(_ state: KeypadState, onEntered: @escaping @MainActor (Digits) -> Void) {
        typed.wipe()
        self.onEntered = onEntered
        show(.keypad(state))
    }

    /// A digit was pressed.
    func press(_ digit: Int) {
        keyed { $0.press(digit) }
    }

    /// The last digit is taken back.
    func erase() {
        keyed { $0.erase() }
    }

    /// The typing has ended.
    func entered() {
        guard case .keypad(let state) = page, state.isOpen, typed.count > 0 else { return }
        onEntered?(typed)
    }

    private func keyed(_ change: (Digits) -> Void) {
        guard case .keypad(let state) = page, state.isOpen, state.hasKeys else { return }
        change(typed)
        pad { $0.typed(typed.count) }
    }

    /// Changes the keypad, if one is shown.
    func pad(_ change: (KeypadState) -> KeypadState) {
        guard case .keypad(let state) = page else { return }
        show(.keypad(change(state)))
    }

    // MARK: - Pages

    func show(_ page: Page) {
        if self.page != page { self.page = page }
    }

    /// The same again, after something did not work.
    func retry() {
        again?()
    }

    /// Asks whether everything shall be erased.
    func offerStartOver() {
        show(.startOver)
    }

    /// Erases everything that is registered. The marker stays, so that the app knows which banks to name.
    func startOver() {
        run(nil) { [self] in
            close()
            do {
                try FileManager.default.removeItem(at: parts.vault)
            } catch CocoaError.fileNoSuchFile {
                // Nothing to erase. Any other failure is told: what is there still opens.
            }
            try? await parts.clearLeftovers()
            welcome()
        }
    }

    /// Does something that may fail, and says so where it does. What was being done before is given up.
    func run(
        _ says: Words?, keepsPage: Bool = false, _ body: @escaping @MainActor () async throws -> Void
    ) {
        again = { [weak self] in self?.run(says, keepsPage: keepsPage, body) }
        if !keepsPage { show(.busy(says)) }
        work?.cancel()
        work = Task { [weak self] in
            do {
                try await body()
            } catch {
                // Cancelled by what came after it: that has the page.
                if !Task.isCancelled { self?.fail(error) }
            }
        }
    }

    /// Waits until nothing is being done; for tests.
    func settle() async {
        while let work {
            await work.value
            if work == self.work { self.work = nil }
        }
    }

    /// What a backup may hold follows what there is.
    func changed() async throws(WarifuError) {
        guard let token else { return }
        try await token.anchor()
        let marker = try await token.marker()
        // It is a help for the next phone, and nothing here rests on it.
        try? Data(marker.text.utf8).write(to: parts.marker, options: .atomic)
    }

    func trouble(_ error: WarifuError) -> TroubleState {
        lastSupportCode = error.supportCode ?? lastSupportCode
        return TroubleState(error)
    }

    private func fail(_ error: any Error) {
        guard let error = error as? WarifuError else {
            return show(.trouble(TroubleState(supportCode: nil, way: .back)))
        }
        if case .locked = error.reason, token != nil { return run(nil) { [self] in try await enter() } }
        show(.trouble(trouble(error)))
    }

    /// Takes a token as the app's.
    func take(_ token: Token) {
        let model = TokenModel(token, locksAfter: parts.locksAfter)
        self.model = model
        if isForeground { model.enterForeground() }
    }

    private func close() {
        token?.close()
        model = nil
        forget()
    }

    private func forget() {
        made = [:]
        presses = [:]
        typed.wipe()
        forgetLink()
    }
}

extension Page {
    /// Whether it shows something that a locked app does not.
    fileprivate var isOpen: Bool {
        switch self {
        case .busy, .keypad, .startOver, .trouble: false
        case .codes, .add, .paste, .scan, .noCamera, .offer, .lock, .settings, .clock, .entry, .removal, .report,
            .about:
            true
        }
    }
}
