/// The screens of a token: the first at once, then one whenever something on it changes, by ``Token/screens``.
///
/// Each is made when it is asked for, from the time of that moment. So one that was asked for late shows no code that
/// has died, however long the app was held up or asleep. Between two it sleeps until ``Screen/refreshAt`` or until a
/// call changes something: an unlock, a lock, a new entry; or somebody sets the wall clock.
///
/// While it is looped over, the bank's time is asked for in the background whenever ``ClockView/syncAt`` says that it is
/// worth it, and no screen waits for that. What came of it the next screen shows. It ends with the loop.
///
/// The loop ends when the token is closed or the task is cancelled. It throws if the device's clock cannot be right;
/// begin it anew when the customer has set the clock.
public struct Screens: AsyncSequence, Sendable {
    /// What the loop gets.
    public typealias Element = Screen

    let token: Token

    /// Begins anew, with a screen at once.
    public func makeAsyncIterator() -> Iterator {
        Iterator(token: token)
    }

    /// Makes one screen after the other.
    public struct Iterator: AsyncIteratorProtocol {
        private let token: Token
        private let viewer: Viewer
        /// The screen given last, and how many changes there were before it.
        private var last: (screen: Screen, changes: Int)?

        fileprivate init(token: Token) {
            self.token = token
            viewer = Viewer(of: token)
        }

        /// Sleeps until the screen changes, and makes it then.
        ///
        /// - Returns: `nil` when the token is closed or the task is cancelled.
        /// - Throws: ``WarifuError/Reason/clockTooEarly(wall:)``, ``WarifuError/Reason/clockTooLate(wall:)``.
        public mutating func next() async throws(WarifuError) -> Screen? {
            do {
                if let screen = try await change() { return screen }
            } catch {
                viewer.leave()
                throw error
            }
            viewer.leave()
            return nil
        }

        private mutating func change() async throws(WarifuError) -> Screen? {
            while true {
                if let last { await wait(after: last.screen, changes: last.changes) }
                if Task.isCancelled { return nil }
                // Counted first: a change that comes while the screen is made calls for another.
                let changes = token.changes.count
                do {
                    let screen = try token.screen()
                    let isNew = screen != last?.screen
                    last = (screen, changes)
                    token.automaticSync.plan(after: screen, changes: changes, of: token)
                    // Of a call that may have changed it, and did not.
                    if isNew { return screen }
                } catch {
                    guard case .closed = error.reason else { throw error }
                    return nil
                }
            }
        }

        private func wait(after screen: Screen, changes: Int) async {
            let wake = OneShot<Void>()
            let clock = token.clock
            let sleeper = screen.refreshAt.map { refreshAt in
                Task {
                    // A clock that will not sleep wakes too often rather than never.
                    defer { wake.set(()) }
                    while clock.now.uptime < refreshAt { try await clock.sleep(untilUptime: refreshAt) }
                }
            }
            let waiter = token.changes.wait(after: changes) { wake.set(()) }
            await withTaskCancellationHandler {
                await wake.value()
            } onCancel: {
                wake.set(())
            }
            sleeper?.cancel()
            token.changes.forget(waiter)
        }
    }
}

extension Screen {
    /// Whether something on it has changed by `uptime`.
    func isOver(at uptime: Duration) -> Bool {
        refreshAt.map { $0 <= uptime } ?? false
    }
}
