public import Observation
public import Warifu

/// What a view draws of a token, while somebody may see it: a thin shell over `Token.screens` for SwiftUI.
///
/// ```swift
/// struct CodesView: View {
///     @Environment(\.scenePhase) private var phase
///     let model: TokenModel
///
///     var body: some View {
///         List(model.screen?.cards ?? []) { card in CardView(card: card) }
///             .onChange(of: phase, initial: true) {
///                 switch phase {
///                 case .active: model.enterForeground()
///                 case .background: model.enterBackground()
///                 default: break
///                 }
///             }
///     }
/// }
/// ```
///
/// In the background it has no screen and asks for none. When it comes back, the first screen is made at that moment, in
/// the same turn of the main thread: what was drawn before is never seen again, however long the process stood still.
///
/// The system's list of apps shows an app as it stands while its phase is `.inactive`: cover the codes then. They are
/// covered by themselves in the background, if your view shows none without a screen.
@available(iOS 17, macOS 14, *)
@MainActor @Observable
public final class TokenModel {
    /// The token, to unlock it and for all else.
    public let token: Token

    /// What to draw; `nil` in the background, after ``error``, and once the token is closed.
    public private(set) var screen: Screen?

    /// Why there is no screen: the device's clock cannot be right. It goes when the app comes back to the foreground with
    /// the clock set, or by ``refresh()``.
    public private(set) var error: WarifuError?

    /// How long the token stays open in the background, by a clock that goes on while the device sleeps: long enough for a
    /// browser and back. `nil` if it is never locked by this.
    @ObservationIgnored public let locksAfter: Duration?

    @ObservationIgnored private var watch: Task<Void, Never>?
    @ObservationIgnored private var locking: Task<Void, Never>?
    /// From when on the token is to be locked, as an uptime, while in the background.
    @ObservationIgnored private var lockAt: Duration?

    /// A model that is in the background, and has no screen before ``enterForeground()``.
    ///
    /// - Parameters:
    ///   - token: Whose screens.
    ///   - locksAfter: How long it stays open in the background; `nil` for ever.
    public init(_ token: Token, locksAfter: Duration? = .seconds(120)) {
        self.token = token
        self.locksAfter = locksAfter
    }

    deinit {
        watch?.cancel()
        locking?.cancel()
    }

    /// Draws, from now on. If the app was away for too long, the token is locked first. Calling it twice is fine.
    public func enterForeground() {
        guard watch == nil else { return }
        locking?.cancel()
        locking = nil
        if let lockAt, token.clock.now.uptime >= lockAt { try? token.lock() }
        lockAt = nil
        begin()
    }

    /// Draws no more, and locks the token later. Calling it twice is fine, and does not put the lock off.
    public func enterBackground() {
        guard let watch else { return }
        watch.cancel()
        self.watch = nil
        (screen, error) = (nil, nil)
        guard let locksAfter else { return }
        let clock = token.clock
        let lockAt = clock.now.uptime + locksAfter
        self.lockAt = lockAt
        // As far as the system lets the process run; what it does not, enterForeground() makes good.
        locking = Task { [token] in
            do {
                while clock.now.uptime < lockAt { try await clock.sleep(untilUptime: lockAt) }
                // Whoever came back before this had its turn.
                try Task.checkCancellation()
                try token.lock()
            } catch {
                // Cancelled, or closed.
            }
        }
    }

    /// Locks the token at once, and takes its codes away.
    ///
    /// - Throws: `WarifuError.Reason.closed`.
    public func lock() throws(WarifuError) {
        try token.lock()
        if watch != nil { show() }
    }

    /// Draws anew: after an ``error``, when the customer may have set the clock. In the background it does nothing.
    public func refresh() {
        guard let watch else { return }
        watch.cancel()
        begin()
    }

    private func begin() {
        show()
        watch = Task { [weak self, screens = token.screens] in
            do {
                for try await screen in screens {
                    // What was on its way when this ended is not shown.
                    guard !Task.isCancelled else { return }
                    self?.draw(screen)
                }
                guard !Task.isCancelled else { return }
                self?.screen = nil
            } catch {
                guard !Task.isCancelled else { return }
                self?.fail(error)
            }
        }
    }

    private func show() {
        do {
            draw(try token.screen())
        } catch {
            fail(error)
        }
    }

    private func draw(_ screen: Screen) {
        // Told to views alone if there is something to tell.
        if self.screen != screen { self.screen = screen }
        if error != nil { error = nil }
    }

    private func fail(_ error: any Error) {
        screen = nil
        self.error = error as? WarifuError
    }
}
