import Warifu

/// The keypad, whatever it is for.
extension Session {
    /// Shows a keypad, and hands what was typed to whom it is for. What is kept was typed on the keypad before; it is wiped if
    /// nothing is entered here.
    func keypad(
        _ state: KeypadState, keeping kept: SecretBytes? = nil, onEntered: @escaping @MainActor (Digits) -> Void
    ) {
        endTyping()
        self.kept = kept
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
        guard let state = keypadState, state.takesDigits, typed.count > 0 else { return }
        // Whom it is for has it now.
        kept = nil
        onEntered?(typed)
    }

    /// The keypad that is shown, if one is.
    var keypadState: KeypadState? {
        guard case .keypad(let state) = page else { return nil }
        return state
    }

    private func keyed(_ change: (Digits) -> Void) {
        guard let state = keypadState, state.takesDigits else { return }
        change(typed)
        pad { $0.typed(typed.count) }
    }

    /// Changes the keypad, if one is shown.
    func pad(_ change: (KeypadState) -> KeypadState) {
        guard let state = keypadState else { return }
        show(.keypad(change(state)))
    }

    /// Nothing is typed any more, and nothing of it is left.
    func endTyping() {
        typed.wipe()
        kept?.wipe()
        (kept, onEntered) = (nil, nil)
    }
}
