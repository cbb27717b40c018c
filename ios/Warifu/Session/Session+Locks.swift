import Warifu

/// The ways to open the app: a PIN, and the face or a finger beside it.
extension Session {
    /// Where they are chosen.
    func openLocks() {
        run(nil) { [self] in try await showLocks(isDemanded: false) }
    }

    /// A bank demands that the app asks.
    func demandLock() async throws(WarifuError) {
        try await showLocks(isDemanded: true)
    }

    /// Where a PIN is chosen.
    func chooseNewPIN() {
        chooseNewPIN(.newPIN())
    }

    /// Adds the face or a finger. It prompts.
    func addBiometrics() {
        change { token in try await token.slots.set(.biometric) }
    }

    /// Takes them away.
    func removeBiometrics() {
        change { [self] token in try await remove(.biometric, of: token) }
    }

    /// Lets the app open without asking, where no bank minds.
    func removeAllLocks() {
        change { [self] token in
            try await token.slots.set(.device)
            try await remove(.pin, of: token)
            try await remove(.biometric, of: token)
        }
    }

    // MARK: - Its parts

    /// Wrong tries in a row.
    private static let triesBeforeDestroyed = 10

    private func showLocks(isDemanded: Bool) async throws(WarifuError) {
        guard let token else { return welcome() }
        show(.lock(LockState(isDemanded: isDemanded, slots: try await token.slots.list(), biometry: parts.biometry())))
    }

    private func chooseNewPIN(_ state: KeypadState) {
        keypad(state) { [weak self] typed in self?.chooseAgain(typed.take()) }
    }

    private func chooseAgain(_ first: SecretBytes) {
        keypad(.newPINAgain) { [weak self] typed in self?.set(first, again: typed.take()) }
    }

    private func set(_ first: SecretBytes, again second: SecretBytes) {
        let isSame = first == second
        second.wipe()
        guard isSame, let token else {
            first.wipe()
            return chooseNewPIN(.newPIN(message: Words(.pinsDiffer)))
        }
        run(Words(.saving)) { [self] in
            defer { first.wipe() }
            do throws(WarifuError) {
                try await token.slots.set(
                    .pin(first, hardware: .unwrap, limit: Self.triesBeforeDestroyed, cost: parts.pinCost))
            } catch {
                guard case .pin = error.reason else { throw error }
                return chooseNewPIN(.newPIN(trouble: trouble(error)))
            }
            // While this is there, nobody is asked for the PIN.
            try await remove(.device, of: token)
            try await token.anchor()
            try await lockIsThere()
        }
    }

    private func change(_ change: @escaping @MainActor (Token) async throws -> Void) {
        run(Words(.saving)) { [self] in
            guard let token else { return }
            try await change(token)
            try await token.anchor()
            try await showLocks(isDemanded: false)
        }
    }

    private func remove(_ kind: SlotKind, of token: Token) async throws(WarifuError) {
        for slot in try await token.slots.list() where slot.kind == kind { try await token.slots.remove(slot.id) }
    }
}
