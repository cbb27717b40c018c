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

    /// Where a PIN is chosen. Whoever holds the open phone is asked first who they are, as before each change here.
    func chooseNewPIN() {
        proven { [self] in chooseNewPIN(.newPIN()) }
    }

    /// Adds the face or a finger, or sets them up again in the place of what does not open the app any more. The system asks
    /// for them first, and for the permission to: adding them alone would ask nobody.
    func addBiometrics() {
        proven { [self] in
            change { [self] token in
                do {
                    try await parts.askForBiometrics()
                } catch KeyRefusal.cancelled {
                    // The person does not want it after all.
                    return
                }
                try await token.slots.set(.biometric)
            }
        }
    }

    /// Takes them away.
    func removeBiometrics() {
        proven { [self] in change { [self] token in try await remove(.biometric, of: token) } }
    }

    /// Lets the app open without asking, where no bank minds. While a PIN is there the app asks for it, so that goes last.
    func removeAllLocks() {
        proven { [self] in
            change { [self] token in
                try await token.slots.set(.device)
                try await remove(.biometric, of: token)
                try await remove(.pin, of: token)
            }
        }
    }

    // MARK: - Within the session

    /// Where a PIN is chosen, by a person who has shown who they are.
    func chooseNewPIN(_ state: KeypadState) {
        keypad(state) { [weak self] typed in self?.chooseAgain(typed.take()) }
    }

    /// The PIN is dead, and the app is open: another one saves it.
    func replaceDeadPIN() {
        chooseNewPIN(.newPIN(message: Words(.pinDeadChooseNew)))
    }

    /// Removes the slots of a kind.
    func remove(_ kind: SlotKind, of token: Token) async throws(WarifuError) {
        for slot in try await token.slots.list() where slot.kind == kind { try await token.slots.remove(slot.id) }
    }

    // MARK: - Its parts

    /// Wrong tries in a row.
    private static let triesBeforeDestroyed = 10

    private func showLocks(isDemanded: Bool) async throws(WarifuError) {
        guard let token else { return withoutToken() }
        let slots = try await token.slots.list()
        show(
            .lock(LockState(isDemanded: isDemanded, slots: slots, dead: deadSlots, biometry: parts.biometry())))
    }

    private func proven(_ then: @escaping Step) {
        run(nil) { [self] in
            try await prove(.lockHeading, explanation: .proveByPIN, enter: .goOn, then: then)
        }
    }

    private func chooseAgain(_ first: SecretBytes) {
        keypad(.newPINAgain, keeping: first) { [weak self] typed in self?.set(first, again: typed.take()) }
    }

    private func set(_ first: SecretBytes, again second: SecretBytes) {
        let isSame = first == second
        second.wipe()
        guard isSame, let token else {
            first.wipe()
            return chooseNewPIN(.newPIN(message: Words(.pinsDiffer)))
        }
        run(Words(.saving), again: { [weak self] in self?.chooseNewPIN(.newPIN()) }) { [self] in
            defer { first.wipe() }
            do throws(WarifuError) {
                try await token.slots.set(
                    .pin(first, hardware: .unwrap, limit: Self.triesBeforeDestroyed, cost: parts.pinCost))
            } catch {
                guard case .pin = error.reason else { throw error }
                return chooseNewPIN(.newPIN(trouble: trouble(error)))
            }
            pinIsSet()
        }
    }

    /// The PIN is there, and asked for from now on. Once the device's own slot is gone too, nothing opens the app without it.
    private func pinIsSet() {
        forgetTries()
        pinCountIsSetBack()
        run(Words(.saving)) { [self] in
            guard let token else { return withoutToken() }
            try await remove(.device, of: token)
            try await token.anchor()
            try await lockIsThere()
        }
    }

    private func change(_ change: @escaping @MainActor (Token) async throws -> Void) {
        run(Words(.saving)) { [self] in
            guard let token else { return withoutToken() }
            try await change(token)
            try await token.anchor()
            try await showLocks(isDemanded: false)
        }
    }
}
