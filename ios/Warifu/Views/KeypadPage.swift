import SwiftUI

/// A keypad of the app's own: no keyboard of another's sees a PIN.
struct KeypadPage: View {
    let state: KeypadState
    let session: Session

    var body: some View {
        NavigationStack {
            ScrollView {
                VStack(spacing: 20) {
                    Heading(words: Words(state.heading))
                    above
                    if state.hasKeys {
                        TypedDots(count: state.typed)
                        Keys(state: state, session: session)
                    }
                    if let biometry = state.biometry { biometryButton(biometry) }
                    if state.mayStartOver {
                        PlainButton(key: .registerAnew, role: .destructive, action: session.offerStartOver)
                            .buttonStyle(.bordered)
                    }
                    if state.hasHelp { PlainButton(key: .help, action: session.openHelp).disabled(state.isBusy) }
                }
                .frame(maxWidth: 480)
                .padding()
                .frame(maxWidth: .infinity)
            }
            .navigationBarTitleDisplayMode(.inline)
            .toolbar {
                ToolbarItem(placement: .cancellationAction) {
                    if state.heading != .unlockHeading { Button(action: session.back) { Text(.cancel) } }
                }
            }
        }
        .onChange(of: state.message) { announce() }
        .onChange(of: state.trouble) { announce() }
    }

    /// What to do, or what became of it.
    @ViewBuilder private var above: some View {
        if let message = state.message {
            Label {
                Text(message)
            } icon: {
                Image(systemName: "info.circle")
            }
        } else if let trouble = state.trouble {
            VStack(alignment: .leading, spacing: 8) {
                Label {
                    Text(trouble.what)
                } icon: {
                    Image(systemName: "exclamationmark.circle")
                }
                Text(trouble.next)
                SupportCodeText(code: trouble.supportCode)
            }
        } else {
            Text(state.explanation)
        }
    }

    private func biometryButton(_ biometry: Biometry) -> some View {
        Button(action: session.unlockByBiometrics) {
            Label {
                Text(Words(state.biometryKey, biometry.fill))
            } icon: {
                Image(systemName: biometry == .faceID ? "faceid" : "touchid")
            }
            .frame(maxWidth: .infinity, minHeight: 44)
        }
        .buttonStyle(.bordered)
        .disabled(state.isBusy)
    }

    private func announce() {
        let said = state.message?.said ?? state.trouble.map { "\($0.what.said) \($0.next.said)" }
        if let said { Announcer.say(said) }
    }
}

/// How many digits there are. Which they are nobody sees.
struct TypedDots: View {
    let count: Int

    var body: some View {
        Text(verbatim: String(repeating: "●", count: count))
            .font(.title)
            .frame(maxWidth: .infinity, minHeight: 44)
            .accessibilityLabel(Text(Words(.pinTyped, .number(count))))
    }
}

/// Twelve keys.
struct Keys: View {
    let state: KeypadState
    let session: Session

    var body: some View {
        Grid(horizontalSpacing: 8, verticalSpacing: 8) {
            ForEach([1, 4, 7], id: \.self) { first in
                GridRow {
                    ForEach(first..<first + 3, id: \.self) { digit in digitKey(digit) }
                }
            }
            GridRow {
                Button(action: session.erase) { KeyFace { KeyWord(key: .keyErase) } }.buttonStyle(.bordered)
                digitKey(0)
                Button(action: session.entered) { KeyFace { KeyWord(key: state.enter) } }
                    .buttonStyle(.borderedProminent)
            }
        }
        .disabled(!state.takesDigits)
    }

    private func digitKey(_ digit: Int) -> some View {
        Button {
            session.press(digit)
        } label: {
            KeyFace { Text(verbatim: String(digit)).font(.title) }
        }
        .buttonStyle(.bordered)
    }
}

/// A word on a key. With large type it grows as far as the key is wide: a word that is broken is hard to read.
struct KeyWord: View {
    let key: TextKey

    var body: some View {
        Text(key).font(.headline).lineLimit(1).minimumScaleFactor(0.4)
    }
}

/// What is on a key, which is as large as a thumb.
struct KeyFace<Content: View>: View {
    @ViewBuilder let content: Content

    var body: some View {
        content.frame(maxWidth: .infinity, minHeight: 56)
    }
}

#if DEBUG && !os(Linux)
    import Warifu
    import WarifuTesting

    #Preview("Unlock") {
        KeypadPage(
            state: KeypadState(
                heading: .unlockHeading, explanation: Words(.unlockByPIN), enter: .keyOpen, typed: 3, biometry: .faceID),
            session: .preview)
    }
    #Preview("Wait") {
        KeypadPage(
            state: .unlock([], biometry: nil).waiting(.pinMustWait(.seconds(60)), isOpen: false), session: .preview)
    }
    #Preview("PIN destroyed") {
        KeypadPage(
            state: KeypadState.unlock([], biometry: nil).refused(by: SampleError.pinDestroyed.error, mayErase: true),
            session: .preview)
    }
    #Preview("New PIN") { KeypadPage(state: .newPIN(), session: .preview) }
#endif
