import Warifu

/// A keypad and what is said above it.
struct KeypadState: Hashable, Sendable {
    /// What this is.
    let heading: TextKey
    /// What to do.
    let explanation: Words
    /// What the key says that ends the typing.
    let enter: TextKey
    /// What became of the last try, if it did not go well; or what is being done.
    var message: Words?
    /// The words for what went wrong, if the message does not say it.
    var trouble: TroubleState?
    /// How many digits there are.
    var typed = 0
    /// Whether there is a way to the report from here: for whoever does not get into the app.
    var hasHelp = false
    /// Whether there is a PIN to type at all.
    var hasKeys = true
    /// Whether a PIN is taken now; not while one waits after wrong tries. The face never waits.
    var isOpen = true
    /// Whether something is being checked, so that nothing can be pressed.
    var isBusy = false
    /// The other way, if there is one.
    var biometry: Biometry?
    /// What its button says; has one place, for its name.
    var biometryKey = TextKey.useBiometrics
    /// Whether erasing everything is a way on.
    var mayStartOver = false
}

extension KeypadState {
    /// Where an app is unlocked, by the slots that its vault lists, on a device that has such biometry. Where a slot asks
    /// for it and the device has none the button is there all the same, by the name of the face: pressing it says why it
    /// does not work.
    static func unlock(_ slots: [Slot], biometry: Biometry?) -> KeypadState {
        let hasPIN = slots.contains { $0.kind == .pin }
        let way = slots.contains { $0.kind == .biometric } ? biometry ?? .faceID : nil
        return KeypadState(
            heading: .unlockHeading,
            explanation: hasPIN ? Words(.unlockByPIN) : Words(.unlockByBiometrics, (way ?? .faceID).fill),
            enter: .keyOpen, hasHelp: true, hasKeys: hasPIN, biometry: way, mayStartOver: !hasPIN && way == nil)
    }

    /// Where a person shows who they are, with the app open: by the kinds of slots that it opens by. The explanation says what
    /// the PIN is typed for.
    static func proof(
        _ heading: TextKey, explanation: TextKey, enter: TextKey, by kinds: Set<SlotKind>, biometry: Biometry?
    ) -> KeypadState {
        let hasPIN = kinds.contains(.pin)
        let way = kinds.contains(.biometric) ? biometry ?? .faceID : nil
        return KeypadState(
            heading: heading,
            explanation: hasPIN ? Words(explanation) : Words(.proveByBiometrics, (way ?? .faceID).fill),
            enter: enter, hasKeys: hasPIN, biometry: way, biometryKey: .proveBiometrics)
    }

    /// Where a new PIN is chosen.
    static func newPIN(message: Words? = nil, trouble: TroubleState? = nil) -> KeypadState {
        KeypadState(
            heading: .newPIN, explanation: Words(.newPINExplain), enter: .goOn, message: message, trouble: trouble)
    }

    /// Where it is typed again.
    static let newPINAgain = KeypadState(heading: .newPIN, explanation: Words(.newPINAgain), enter: .keySet)

    /// Whether a digit can be typed now.
    var takesDigits: Bool { hasKeys && isOpen && !isBusy }

    /// While what was typed is looked at.
    var checking: KeypadState {
        with(Words(.checking)) { $0.isBusy = true }
    }

    /// Waiting for the next try, or for the first one: what became of the last one, and whether a PIN is taken already.
    func waiting(_ message: Words?, isOpen: Bool) -> KeypadState {
        with(message) { $0.isOpen = isOpen }
    }

    /// After another refusal: another way may open it, if there is one. The page stays and says so. Where the app is shut and no
    /// way is left it may be erased.
    func refused(by error: WarifuError, mayErase: Bool) -> KeypadState {
        with(nil) { state in
            state.trouble = TroubleState(error)
            switch error.reason {
            case .pinDestroyed: state.hasKeys = false
            default: break
            }
            state.mayStartOver = state.mayStartOver || (mayErase && !state.hasKeys && state.biometry == nil)
        }
    }

    /// The last try is not spent on an app that is open: it would take away what opens it the next time.
    var spared: KeypadState {
        with(Words(.pinLastTry)) { $0.hasKeys = false }
    }

    /// After a prompt that the person has put an end to: as before, and nothing to be said.
    var cancelled: KeypadState {
        with(nil) { _ in }
    }

    /// With so many digits. Whoever types has read what was said.
    func typed(_ count: Int) -> KeypadState {
        with(nil) { $0.typed = count }
    }

    /// Without a digit, and with what was said of the last try.
    var emptied: KeypadState {
        var state = self
        state.typed = 0
        return state
    }

    private func with(_ message: Words?, _ change: (inout KeypadState) -> Void) -> KeypadState {
        var state = self
        (state.typed, state.isBusy, state.message, state.trouble) = (0, false, message, nil)
        change(&state)
        return state
    }
}

extension Words {
    /// What a wrong PIN means.
    static func wrongPIN(triesLeft: Int, wait: Duration = .zero) -> Words {
        wait == .zero
            ? Words(.pinWrong, .number(triesLeft))
            : Words(.pinWait, .words(Words(wait: wait)), .number(triesLeft))
    }

    /// No PIN is taken for so long, after wrong ones.
    static func pinMustWait(_ wait: Duration) -> Words {
        Words(.pinMustWait, .words(Words(wait: wait)))
    }
}
