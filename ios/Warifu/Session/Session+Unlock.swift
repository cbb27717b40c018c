import Warifu

/// How the app is opened.
extension Session {
    /// Shows what opens it.
    func askToUnlock(_ state: KeypadState) {
        keypad(state) { [weak self] typed in
            let pin = typed.take()
            self?.unlock(.pin(pin)) { pin.wipe() }
        }
    }

    /// Opens it by the face or a finger.
    func unlockByBiometrics() {
        unlock(.biometric) {}
    }

    private func unlock(_ way: Unlock, finally: @escaping @MainActor () -> Void) {
        guard case .keypad(let before) = page, let token else { return finally() }
        pad(\.checking)
        run(nil, keepsPage: true) { [self] in
            defer { finally() }
            do throws(WarifuError) {
                try await token.unlock(way)
            } catch {
                return try await refused(error, before)
            }
            try await home()
        }
    }

    /// The page stays where another way, or another try, may open it.
    private func refused(_ error: WarifuError, _ before: KeypadState) async throws(WarifuError) {
        switch error.reason {
        case .wrongPIN(let triesLeft, let wait):
            _ = trouble(error)
            await wrongPIN(triesLeft: triesLeft, wait: wait)
        case .keyStore(.cancelled), .cancelled:
            pad { _ in before.cancelled }
        case .pinDestroyed, .keyStore, .keyInvalidated, .keyLost:
            _ = trouble(error)
            pad { _ in before.refused(by: error) }
        default:
            throw error
        }
    }

    private func wrongPIN(triesLeft: Int, wait: Duration) async {
        pad { $0.wrongPIN(triesLeft: triesLeft, wait: wait) }
        guard wait > .zero else { return }
        let until = parts.clock.now.uptime + wait
        do {
            while parts.clock.now.uptime < until { try await parts.clock.sleep(untilUptime: until) }
            pad { $0.wrongPIN(triesLeft: triesLeft, wait: .zero) }
        } catch {
            // Given up for what came after it.
        }
    }
}
