/// Somebody who looks at the screens, from the beginning of the loop to its end: as long as that, the wall clock is listened
/// to, and the time is asked for.
final class Viewer: Sendable {
    private let sync: AutomaticSync
    private let listener: Task<Void, Never>
    private let hasLeft = Locked(false)

    init(of token: Token) {
        let (changes, settings) = (token.changes, token.clock.wallClockChanges)
        listener = Task { for await _ in settings { changes.note() } }
        sync = token.automaticSync
        sync.join()
    }

    /// The loop has ended; leaving twice is fine.
    func leave() {
        let isFirst = hasLeft { hasLeft in
            defer { hasLeft = true }
            return !hasLeft
        }
        guard isFirst else { return }
        listener.cancel()
        sync.leave()
    }

    deinit {
        leave()
    }
}
