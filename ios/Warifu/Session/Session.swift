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

    /// What is worth a line above the codes, besides the time.
    private(set) var notices: [Notice] = []

    @ObservationIgnored let parts: Parts
    @ObservationIgnored private(set) var lastSupportCode: String?
    @ObservationIgnored var isForeground = false
    /// Whether the report and what this app is were asked for where there is no token, or none that is open.
    @ObservationIgnored var isHelping = false
    /// The trouble that the help was asked for at, with how it is tried again.
    @ObservationIgnored var beforeHelp: (page: Page, again: (@MainActor () -> Void)?)?
    /// A link that is on offer. It may hold a seed: it is wiped once it was taken or refused.
    @ObservationIgnored var link: SecretBytes?
    /// A link that led to the app while it was locked.
    @ObservationIgnored var waitingLink: SecretBytes?
    @ObservationIgnored private var presses: [EntryID: PressID] = [:]
    @ObservationIgnored let typed = Digits()
    @ObservationIgnored var onEntered: (@MainActor (Digits) -> Void)?
    /// What was typed on the keypad before, where a new PIN is typed twice.
    @ObservationIgnored var kept: SecretBytes?
    @ObservationIgnored var asking = Asking()
    /// What the last opening has found besides the codes.
    @ObservationIgnored var found: UnlockReport?
    /// The slots whose key is dead or gone, as far as was seen.
    @ObservationIgnored var deadSlots: Set<SlotID> = []
    @ObservationIgnored let markers: Markers
    /// Whether there is nothing on this device yet, so that a token is made for the first credential.
    @ObservationIgnored private(set) var isNew = false
    @ObservationIgnored var again: (@MainActor () -> Void)?
    /// What is being done. A page that was left for another is not brought back by it.
    @ObservationIgnored private var work: Task<Void, Never>?

    init(_ parts: Parts) {
        self.parts = parts
        markers = Markers(parts.marker)
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
            isNew = false
            try parts.prepare()
            // Keys outlive an app that was deleted. Where the key store does not answer now, the next start tries again.
            try? await parts.clearLeftovers()
            do throws(WarifuError) {
                let token = try await Token.open(
                    at: parts.vault, protector: parts.keys, transport: parts.transport, clock: parts.clock)
                take(token)
            } catch {
                guard case .notFound = error.reason else { throw error }
                isNew = true
                return welcome()
            }
            try await enter()
        }
    }

    // MARK: - Open and shut

    /// Goes to the codes, or to what has to come before them.
    func enter() async throws(WarifuError) {
        guard let token else { return withoutToken() }
        if try !token.isUnlocked {
            forgetOpened()
            let slots = try await token.slots.listInFile()
            if slots.asks { return askToUnlock(.unlock(slots, biometry: parts.biometry())) }
            found = try await token.unlock(.device)
        }
        try await home()
    }

    /// To the ways in, if there is no token on this device; else it is looked for again. It may be there, and what is there is
    /// not to be made anew.
    func withoutToken() {
        if isNew { welcome() } else { start() }
    }

    /// Where an open token begins.
    func home() async throws(WarifuError) {
        guard let token else { return withoutToken() }
        if takesWaitingLink() { return }
        if try await token.entries.list().isEmpty { return show(.add(try await ways())) }
        notices = try await worthALine(of: token)
        show(.codes)
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
        pad(\.emptied)
        // A new PIN that was typed once is forgotten, and chosen from the beginning.
        if kept != nil { chooseNewPIN(.newPIN()) }
        model?.enterBackground()
    }

    /// A screen came that says that the token is locked, or that there can be none: the page follows.
    func lockedMeanwhile() {
        if let error = model?.error, page == .codes {
            again = { [weak self] in self?.refresh() }
            return show(.trouble(trouble(error)))
        }
        guard let token, (try? token.isUnlocked) == false else { return }
        forgetOpened()
        if page.isOpen, !(isHelping && page.isOfHelp) { return run(nil) { [self] in try await enter() } }
        if case .report(let report) = page, report.isOfOpenToken { return openReport(report.device) }
        // What was tried before it was shut is not tried again, for what it was about is forgotten.
        again = { [weak self] in self?.refresh() }
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

    // MARK: - Pages

    func show(_ page: Page) {
        if case .keypad = page {} else { endTyping() }
        if self.page != page { self.page = page }
    }

    /// The same again, after something did not work.
    func retry() {
        again?()
    }

    /// Erases everything that is registered. Which banks there were stays known, so that they can be named.
    func startOver() {
        run(nil) { [self] in
            close()
            waitingLink?.wipe()
            waitingLink = nil
            do {
                try parts.erase(parts.vault)
            } catch CocoaError.fileNoSuchFile {
                // Nothing to erase. Any other failure is told: what is there still opens.
            }
            markers.setAside(isErased: true)
            isNew = true
            try? await parts.clearLeftovers()
            welcome()
        }
    }

    /// Does something that may fail, and says so where it does. What was being done before is given up.
    /// What is said meanwhile is there if it may take long enough to be read. A page that is kept comes back first where a person
    /// tries again; what has used up a secret says what is done `again` instead.
    func run(
        _ says: Words?, keepsPage: Bool = false, again: (@MainActor () -> Void)? = nil, _ body: @escaping Step
    ) {
        let page = page
        self.again =
            again ?? { [weak self] in
                if keepsPage { self?.show(page) }
                self?.run(says, keepsPage: keepsPage, body)
            }
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
        markers.write(marker)
    }

    func trouble(_ error: WarifuError) -> TroubleState {
        lastSupportCode = error.supportCode ?? lastSupportCode
        return TroubleState(error)
    }

    private func fail(_ error: any Error) {
        let error = (error as? KeyRefusal).map { refusal in WarifuError(refusal) } ?? error as? WarifuError
        if case .locked? = error?.reason, token != nil { return run(nil) { [self] in try await enter() } }
        let state = error.map(trouble) ?? TroubleState(supportCode: nil, way: .back)
        if state.way != .retry { forgetLink() }
        show(.trouble(state))
    }

    /// Takes a token as the app's.
    func take(_ token: Token) {
        let model = TokenModel(token, locksAfter: parts.locksAfter)
        self.model = model
        isNew = false
        if isForeground { model.enterForeground() }
    }

    private func close() {
        token?.close()
        (model, found) = (nil, nil)
        deadSlots = []
        forgetTries()
        forget()
    }

    private func forget() {
        forgetOpened()
        endTyping()
    }

    /// What only an open app has.
    private func forgetOpened() {
        (made, presses, notices) = ([:], [:], [])
        beforeHelp = nil
        forgetLink()
    }
}
