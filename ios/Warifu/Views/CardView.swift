import SwiftUI
import Warifu

/// One credential: the bank, its code, and how long that lives.
struct CardView: View {
    let state: CardState
    /// Makes the next code, where a button does.
    let make: @MainActor () -> Void

    var body: some View {
        VStack(alignment: .leading, spacing: 12) {
            VStack(alignment: .leading, spacing: 2) {
                if let title = state.title {
                    Text(verbatim: title).font(.headline)
                } else {
                    Text(.noName).font(.headline)
                }
                if let subtitle = state.subtitle {
                    Text(verbatim: subtitle).font(.subheadline).foregroundStyle(.secondary)
                }
            }
            .accessibilityElement(children: .combine)
            .accessibilityAddTraits(.isHeader)
            if let code = state.face.code { CodeText(code: code, clearAfter: state.clearAfter) }
            if case .timed(let timed) = state.face { TimeLine(state: timed) }
            if let explanation = state.face.explanation { Text(explanation) }
            if let button = state.face.button {
                Button(action: make) { Text(button).font(.headline).frame(maxWidth: .infinity) }
                    .buttonStyle(.borderedProminent)
                    .controlSize(.large)
            }
            if let id = state.credentialID { CredentialIDText(id: id) }
            if state.isWeak {
                Label {
                    Text(.weak)
                } icon: {
                    Image(systemName: "exclamationmark.triangle")
                }.font(.subheadline)
            }
        }
        .frame(maxWidth: .infinity, alignment: .leading)
        .padding()
        .background(.thinMaterial, in: RoundedRectangle(cornerRadius: 20))
    }
}

/// How long the code lives, and the code beside it.
struct TimeLine: View {
    let state: TimedState

    var body: some View {
        VStack(alignment: .leading, spacing: 8) {
            HStack(spacing: 12) {
                Ring(fraction: state.fractionLeft)
                // VoiceOver says it when it is asked, and nothing each second.
                Text(Words(.secondsLeft, .number(state.secondsLeft))).monospacedDigit()
            }
            .accessibilityElement(children: .combine)
            if let below = state.below {
                Text(Words(below.key, .text(below.code.unbroken)))
                    .monospacedDigit()
                    .accessibilityLabel(Text(spelling: below.code.digits, in: below.key))
            }
        }
    }
}

/// How much of the code's life is left. Its length says it, not its colour; it moves smoothly unless the person wants less
/// of that.
struct Ring: View {
    let fraction: Double
    @Environment(\.accessibilityReduceMotion) private var reducesMotion
    @ScaledMetric(relativeTo: .body) private var size: CGFloat = 28

    var body: some View {
        ZStack {
            Circle().stroke(.quaternary, lineWidth: 4)
            Circle()
                .trim(from: 0, to: fraction)
                .stroke(.tint, style: StrokeStyle(lineWidth: 4, lineCap: .round))
                .rotationEffect(.degrees(-90))
                .animation(reducesMotion ? nil : .linear(duration: 0.3), value: fraction)
        }
        .frame(width: size, height: size)
        .accessibilityHidden(true)
    }
}

extension Code {
    /// With spaces that no line breaks at: a code in two lines is read as two.
    fileprivate var unbroken: String {
        grouped.replacing(" ", with: "\u{A0}")
    }
}

#if DEBUG && !os(Linux)
    import WarifuTesting

    #Preview("Ring") { Ring(fraction: 0.7) }
    #Preview("Card") {
        CardView(state: CodesState(SampleScreen.weak.screen, made: [:]).cards[0]) {}
    }
#endif
