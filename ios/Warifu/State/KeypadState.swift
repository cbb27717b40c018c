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
    /// Whether there is a PIN to type at all.
    var hasKeys = true
    /// Whether keys can be pressed now.
    var isOpen = true
    /// The other way to open it, if there is one.
    var biometry: Biometry?
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
            enter: .keyOpen, hasKeys: hasPIN, biometry: way, mayStartOver: !hasPIN && way == nil)
    }

    /// Where a new PIN is chosen.
    static func newPIN(message: Words? = nil, trouble: TroubleState? = nil) -> KeypadState {
        KeypadState(
            heading: .newPIN, explanation: Words(.newPINExplain), enter: .goOn, message: message, trouble: trouble)
    }

    /// Where it is typed again.
    static let newPINAgain = KeypadState(heading: .newPIN, explanation: Words(.newPINAgain), enter: .keySet)

    /// Where a removal is confirmed.
    static func removal(message: Words? = nil) -> KeypadState {
        KeypadState(heading: .removeHeading, explanation: Words(.removeByPIN), enter: .remove, message: message)
    }

    /// While what was typed is looked at.
    var checking: KeypadState {
        var state = self
        (state.typed, state.isOpen, state.message, state.trouble) = (0, false, Words(.checking), nil)
        return state
    }

    /// After a wrong PIN. While the next try has to wait, no key can be pressed.
    func wrongPIN(triesLeft: Int, wait: Duration) -> KeypadState {
        var state = self
        (state.typed, state.isOpen, state.trouble) = (0, wait == .zero, nil)
        state.message = .wrongPIN(triesLeft: triesLeft, wait: wait)
        return state
    }

    /// After another refusal: another way may open it, if there is one. The page stays and says so.
    func refused(by error: WarifuError) -> KeypadState {
        var state = self
        (state.typed, state.isOpen, state.message) = (0, true, nil)
        state.trouble = TroubleState(error)
        switch error.reason {
        case .pinDestroyed: state.hasKeys = false
        case .keyInvalidated, .keyLost: state.mayStartOver = true
        default: break
        }
        state.mayStartOver = state.mayStartOver || !state.hasKeys
        return state
    }

    /// After a prompt that the person has put an end to: as before, and nothing to be said.
    var cancelled: KeypadState {
        var state = self
        (state.typed, state.isOpen, state.message, state.trouble) = (0, true, nil, nil)
        return state
    }

    /// With so many digits.
    func typed(_ count: Int) -> KeypadState {
        var state = self
        (state.typed, state.message, state.trouble) = (count, nil, nil)
        return state
    }
}

extension Words {
    /// What a wrong PIN means.
    static func wrongPIN(triesLeft: Int, wait: Duration) -> Words {
        wait == .zero
            ? Words(.pinWrong, .number(triesLeft))
            : Words(.pinWait, .words(Words(wait: wait)), .number(triesLeft))
    }
}
