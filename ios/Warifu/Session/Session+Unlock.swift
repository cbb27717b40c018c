import Warifu

/// What is known of a person who shows who they are.
struct Asking {
    /// What is done once they have.
    var then: Step = {}
    /// Until when no PIN is taken, as an uptime, after wrong ones. The vault keeps the same; this is what is known of it here.
    var closedUntil: Duration?
    /// Opens the keypad then.
    var opening: Task<Void, Never>?
    /// How many wrong PINs may still come; `nil` before there was one.
    var triesLeft: Int?
}

/// Work of the session's that may fail.
typealias Step = @MainActor () async throws -> Void

/// How a person shows by the PIN, the face or a finger who they are: to open the app, and again before its lock is changed or
/// a credential is removed.
extension Session {
    /// Shows what opens the app, which is shut.
    func askToUnlock(_ state: KeypadState) {
        ask(state) { [weak self] in try await self?.home() }
    }

    /// Does something once a person has shown who they are, with the app open already; at once, if nothing but the device
    /// opens it. The explanation says what the PIN is typed for, and `enter` what the key says that ends the typing.
    func prove(_ heading: TextKey, explanation: TextKey, enter: TextKey, then: @escaping Step) async throws {
        guard let token else { return withoutToken() }
        let kinds = Set(try await token.slots.list().filter { $0.damage == nil }.map(\.kind))
        guard kinds.contains(.pin) || kinds.contains(.biometric) else { return try await then() }
        return ask(
            .proof(heading, explanation: explanation, enter: enter, by: kinds, biometry: parts.biometry()), then)
    }

    /// Shows it by the face or a finger.
    func unlockByBiometrics() {
        unlock(.biometric, wiping: nil)
    }

    /// The PIN is another one: what was known of wrong tries is over.
    func forgetTries() {
        asking.opening?.cancel()
        (asking.closedUntil, asking.opening, asking.triesLeft) = (nil, nil, nil)
    }

    // MARK: - Its parts

    private func ask(_ state: KeypadState, _ then: @escaping Step) {
        asking.then = then
        let left = timeLeft
        let state = state.waiting(left > .zero ? .pinMustWait(left) : state.message, isOpen: left == .zero)
        keypad(sparing(state)) { [weak self] typed in
            let pin = typed.take()
            // Nobody is to look at a page that only waits, for up to an hour.
            self?.unlock(.pin(pin, waits: false), wiping: pin)
        }
        openLater()
    }

    private func unlock(_ way: Unlock, wiping pin: SecretBytes?) {
        guard case .keypad(let before) = page, !before.isBusy, let token else {
            pin?.wipe()
            return
        }
        let (then, isProof) = (asking.then, (try? token.isUnlocked) ?? false)
        pad(\.checking)
        // The PIN is used up: whoever tries again types it again.
        let again: @MainActor () -> Void = { [weak self] in self?.ask(before.cancelled, then) }
        run(nil, keepsPage: true, again: again) { [self] in
            defer { pin?.wipe() }
            do throws(WarifuError) {
                found = try await token.unlock(way)
            } catch {
                return try refused(error, before, isProof: isProof)
            }
            try await opens(by: pin == nil ? .biometric : .pin, of: token)
            if pin != nil {
                forgetTries()
                // The PIN has been set and this was left: the app was ended between the two, or the key store refused. What
                // stays now goes the next time.
                try? await remove(.device, of: token)
            }
            // Whoever has gone on to another page meanwhile does not want it any more.
            if isProof, keypadState == nil { return }
            try await then()
        }
    }

    /// A way that opens is not dead, whatever was said of it before.
    private func opens(by kind: SlotKind, of token: Token) async throws(WarifuError) {
        guard !deadSlots.isEmpty else { return }
        for slot in try await token.slots.list() where slot.kind == kind { deadSlots.remove(slot.id) }
    }

    /// The page stays where another way, or another try, may open it.
    private func refused(_ error: WarifuError, _ before: KeypadState, isProof: Bool) throws(WarifuError) {
        switch error.reason {
        case .wrongPIN(let triesLeft, let wait):
            _ = trouble(error)
            asking.triesLeft = triesLeft
            close(for: wait, .wrongPIN(triesLeft: triesLeft, wait: wait), before)
        case .pinMustWait(let wait):
            close(for: wait, .pinMustWait(wait), before)
        case .keyStore(.cancelled), .cancelled:
            pad { _ in before.waiting(before.isOpen ? nil : before.message, isOpen: timeLeft == .zero) }
        case .pinDestroyed, .keyStore, .keyInvalidated, .keyLost:
            if case .keyInvalidated(let slot) = error.reason { deadSlots.insert(slot) }
            if case .keyLost(let slot) = error.reason { deadSlots.insert(slot) }
            _ = trouble(error)
            pad { _ in
                before.waiting(nil, isOpen: timeLeft == .zero).refused(by: error, mayErase: !isProof)
            }
        case .needsReEnrolment where isProof:
            // The app is open. A PIN that is set now opens it the next time, and nothing is lost.
            _ = trouble(error)
            replaceDeadPIN()
        default:
            throw error
        }
    }

    private func close(for wait: Duration, _ message: Words, _ before: KeypadState) {
        asking.closedUntil = parts.clock.now.uptime + wait
        pad { _ in sparing(before.waiting(message, isOpen: timeLeft == .zero)) }
        openLater()
    }

    /// Opens the keypad, whichever is shown by then, when the wait is over.
    private func openLater() {
        asking.opening?.cancel()
        guard let until = asking.closedUntil, timeLeft > .zero else { return }
        asking.opening = Task { [weak self, clock = parts.clock] in
            do {
                while clock.now.uptime < until { try await clock.sleep(untilUptime: until) }
                try Task.checkCancellation()
                self?.opened()
            } catch {
                // Another wait came after this one, or none is left.
            }
        }
    }

    private func opened() {
        pad { state in
            guard !state.isOpen else { return state }
            guard !state.isBusy else {
                var state = state
                state.isOpen = true
                return state
            }
            return sparing(state.waiting(asking.triesLeft.map { .wrongPIN(triesLeft: $0) }, isOpen: true))
        }
    }

    private var timeLeft: Duration {
        asking.closedUntil.map { max($0 - parts.clock.now.uptime, .zero) } ?? .zero
    }

    private func sparing(_ state: KeypadState) -> KeypadState {
        asking.triesLeft == 1 && (try? token?.isUnlocked) == true ? state.spared : state
    }
}
