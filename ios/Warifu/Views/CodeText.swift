import SwiftUI
import Warifu

/// A code, which a tap copies. VoiceOver spells it, and says a new one only while it has the focus.
struct CodeText: View {
    let code: Code
    /// After which time a copied code leaves the clipboard.
    let clearAfter: Duration
    @State private var isCopied = false
    @AccessibilityFocusState private var isFocused: Bool
    @ScaledMetric(relativeTo: .largeTitle) private var size: CGFloat = 52

    var body: some View {
        Button(action: copy) {
            VStack(alignment: .leading, spacing: 4) {
                // In one line if that has room; else each group in its own, at the same size.
                ViewThatFits(in: .horizontal) {
                    line(code.grouped)
                    VStack(alignment: .leading, spacing: 0) {
                        ForEach(groups, id: \.self) { group in line(group) }
                    }
                }
                Label {
                    Text(isCopied ? .copied : .keyCopy)
                } icon: {
                    Image(systemName: isCopied ? "checkmark" : "doc.on.doc")
                }
                .font(.subheadline)
            }
            .frame(maxWidth: .infinity, alignment: .leading)
        }
        .buttonStyle(.plain)
        .privacySensitive()
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(Text(spelling: code.digits, in: .codeSpoken))
        .accessibilityHint(Text(.keyCopy))
        .accessibilityAddTraits(.isButton)
        .accessibilityAction { copy() }
        .accessibilityFocused($isFocused)
        .onChange(of: code) {
            isCopied = false
            if isFocused { Announcer.say(spoken) }
        }
    }

    private var groups: [String] {
        code.grouped.split(separator: " ").map { group in String(group) }
    }

    private var spoken: String {
        Spelling(code.digits, in: TextKey.codeSpoken.said).spaced
    }

    private func line(_ digits: String) -> some View {
        Text(verbatim: digits)
            .font(.system(size: size, weight: .medium).monospacedDigit())
            .lineLimit(1)
            .fixedSize()
    }

    private func copy() {
        Clipboard.copy(code, clearAfter: clearAfter)
        isCopied = true
        Announcer.say(TextKey.copied.said)
    }
}

/// The issuer's ID for a credential, which a tap copies as it is typed.
struct CredentialIDText: View {
    let id: CredentialID

    var body: some View {
        Button {
            Clipboard.copyPlain(id.text)
        } label: {
            Text(Words(.credentialID, .text(id.grouped)))
                .font(.subheadline)
                .foregroundStyle(.secondary)
                .frame(maxWidth: .infinity, minHeight: 44, alignment: .leading)
        }
        .buttonStyle(.plain)
        .accessibilityLabel(Text(spelling: id.text, in: .credentialID))
        .accessibilityHint(Text(.keyCopy))
    }
}

#if DEBUG && !os(Linux)
    import WarifuTesting

    #Preview("Code") { CodeText(code: .sample("123 456"), clearAfter: .seconds(60)) }
    #Preview("Credential ID") { CredentialIDText(id: CredentialID("WRFU12345678")) }
#endif
