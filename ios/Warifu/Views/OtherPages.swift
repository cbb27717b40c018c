import SwiftUI

/// A moment's patience.
struct BusyPage: View {
    let words: Words?

    var body: some View {
        VStack(spacing: 16) {
            if let words {
                ProgressView()
                Text(words).multilineTextAlignment(.center)
            }
        }
        .padding()
        .frame(maxWidth: .infinity, maxHeight: .infinity)
        .onChange(of: words, initial: true) {
            if let words { Announcer.say(words.said) }
        }
    }
}

/// Something did not work: what, and what to do.
struct TroublePage: View {
    let state: TroubleState
    let session: Session

    var body: some View {
        PageFrame(heading: state.what) {
            Section {
                Text(state.next)
                SupportCodeText(code: state.supportCode)
            }
            switch state.way {
            case .back:
                MainButton(key: .back, action: session.back)
            case .retry:
                MainButton(key: .tryAgain, action: session.retry)
                PlainButton(key: .back, action: session.back)
            case .startOver:
                MainButton(key: .registerAnew, action: session.offerStartOver)
            }
            PlainButton(key: .help, action: session.openHelp)
        }
        .onChange(of: state, initial: true) { Announcer.say("\(state.what.said) \(state.next.said)") }
    }
}

/// What something that went wrong is called, for the call centre.
struct SupportCodeText: View {
    let code: String?

    var body: some View {
        if let code {
            Text(Words(.supportCode, .text(code)))
                .font(.subheadline)
                .foregroundStyle(.secondary)
                .accessibilityLabel(Text(spelling: code, in: .supportCode))
        }
    }
}

/// Everything shall be erased, or not.
struct StartOverPage: View {
    let session: Session

    var body: some View {
        PageFrame(heading: .registerAnewHeading) {
            Section { Text(.registerAnewExplain) }
            PlainButton(key: .eraseAll, role: .destructive, action: session.startOver)
            PlainButton(key: .cancel, role: .cancel, action: session.back)
        }
    }
}

/// What a call centre asks for.
struct ReportPage: View {
    let state: ReportState
    let session: Session

    var body: some View {
        PageFrame(heading: .headingReport, back: session.back) {
            Section {
                ForEach(state.lines, id: \.self) { line in Text(line) }
            } footer: {
                Text(.reportExplain)
            }
            MainButton(key: .keyCopy) {
                Clipboard.copyPlain(state.lines.map(\.said).joined(separator: "\n"))
                Announcer.say(TextKey.copied.said)
            }
        }
    }
}

/// What this app is, and what it is made of.
struct AboutPage: View {
    let licences: LicencesState
    let session: Session

    var body: some View {
        PageFrame(heading: .headingAbout, back: session.back) {
            Section { Text(.aboutExplain) }
            Section {
                ForEach(licences.parts, id: \.self) { line in Text(verbatim: line) }
            } header: {
                Text(.licences)
            }
            Section {
                ForEach(licences.notices) { notice in Text(verbatim: notice.text).font(.footnote) }
            }
        }
    }
}

#if DEBUG && !os(Linux)
    import WarifuTesting

    #Preview("Busy") { BusyPage(words: Words(.registering)) }
    #Preview("Trouble") { TroublePage(state: TroubleState(SampleError.diskFull.error), session: .preview) }
    #Preview("Start over") { StartOverPage(session: .preview) }
    #Preview("Report") {
        ReportPage(
            state: ReportState(
                device: DeviceInfo(appVersion: "1.0", systemVersion: "17.4", model: "iPhone"),
                token: .open(entries: 1, slots: [], clock: SampleScreen.fresh.screen.clock), biometry: .faceID,
                lastCode: "W-127"),
            session: .preview)
    }
    #Preview("About") { AboutPage(licences: Device.licences, session: .preview) }
#endif
