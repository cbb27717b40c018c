import SwiftUI
import Warifu

/// The settings.
struct SettingsPage: View {
    let state: SettingsState
    let session: Session

    var body: some View {
        PageFrame(heading: .headingSettings, back: session.back) {
            Section {
                SettingsRow(name: Text(.lockHeading), below: Text(state.lock), action: session.openLocks)
                if state.isLocking { PlainButton(key: .lockNow, action: session.lock) }
            }
            if !state.entries.isEmpty { entries }
            Section {
                SettingsRow(name: Text(.time), below: Text(state.clock.certainty), action: session.openClock)
            }
            LanguageSection()
            Section {
                HelpRows(session: session)
            } header: {
                Text(.help)
            }
        }
    }

    private var entries: some View {
        Section {
            ForEach(state.entries) { entry in
                SettingsRow(name: Text(entry), below: entry.subtitle.map { Text(verbatim: $0) }) { session.open(entry) }
            }
        } header: {
            Text(.sectionEntries)
        }
    }
}

extension Text {
    /// The title of a credential.
    init(_ entry: NamedEntry) {
        if let title = entry.title { self.init(verbatim: title) } else { self.init(.noName) }
    }
}

/// What there is for whoever cannot get any further.
struct HelpPage: View {
    let session: Session

    var body: some View {
        PageFrame(heading: .help, back: session.back) {
            Section { HelpRows(session: session) }
            LanguageSection()
        }
    }
}

/// The report, and what this app is.
struct HelpRows: View {
    let session: Session

    var body: some View {
        SettingsRow(name: Text(.headingReport)) { session.openReport(Device.info) }
        SettingsRow(name: Text(.headingAbout), action: session.openAbout)
    }
}

/// The way to where the language is chosen.
struct LanguageSection: View {
    @Environment(\.openURL) private var openURL

    var body: some View {
        Section {
            if let settings = Device.settings { PlainButton(key: .openSettings) { openURL(settings) } }
        } header: {
            Text(.language)
        } footer: {
            Text(.languageExplain)
        }
    }
}

/// A row that leads to a page of its own.
struct SettingsRow: View {
    let name: Text
    var below: Text?
    let action: @MainActor () -> Void

    var body: some View {
        Button(action: action) {
            HStack {
                VStack(alignment: .leading, spacing: 4) {
                    name.foregroundStyle(.primary)
                    if let below { below.font(.subheadline).foregroundStyle(.secondary) }
                }
                Spacer(minLength: 8)
                Image(systemName: "chevron.forward").foregroundStyle(.secondary).accessibilityHidden(true)
            }
            .frame(minHeight: 44)
        }
    }
}

/// What is known of the time.
struct ClockPage: View {
    let state: ClockState
    let session: Session

    var body: some View {
        PageFrame(heading: .time, back: session.back) {
            Section {
                ForEach(state.lines, id: \.self) { line in Text(line) }
            }
            MainButton(key: .checkTime, action: session.syncFromSettings)
        }
    }
}

/// How the app is opened.
struct LockPage: View {
    let state: LockState
    let session: Session

    var body: some View {
        PageFrame(heading: .lockHeading, back: session.back) {
            Section { Text(state.isDemanded ? .lockDemanded : .lockExplain) }
            MainButton(key: state.hasPIN ? .changePIN : .setPIN) { session.chooseNewPIN() }
            Section {
                if let biometry = state.biometry, state.mayAddBiometrics {
                    Button(action: session.addBiometrics) { Text(Words(.addBiometrics, biometry.fill)) }
                }
                if let biometry = state.biometry, state.mayAddAgain {
                    Button(action: session.addBiometrics) { Text(Words(.againBiometrics, biometry.fill)) }
                }
                if state.mayRemoveBiometrics {
                    Button(action: session.removeBiometrics) {
                        Text(Words(.removeBiometrics, (state.biometry ?? .faceID).fill))
                    }
                }
                if state.mayRemoveAll {
                    PlainButton(key: .removeLock, role: .destructive, action: session.removeAllLocks)
                }
            }
        }
    }
}

/// One credential's names, and the way to remove it.
struct EntryPage: View {
    let entry: NamedEntry
    let session: Session
    @State private var issuer: String
    @State private var account: String

    init(entry: NamedEntry, session: Session) {
        self.entry = entry
        self.session = session
        _issuer = State(initialValue: entry.names.issuer ?? "")
        _account = State(initialValue: entry.names.account ?? "")
    }

    var body: some View {
        PageFrame(heading: .rename, back: session.back) {
            Section { Text(.renameExplain) }
            Section {
                TextField(text: $issuer, axis: .vertical) { Text(.issuer) }
            } header: {
                Text(.issuer)
            }
            Section {
                TextField(text: $account, axis: .vertical) { Text(.account) }
            } header: {
                Text(.account)
            }
            MainButton(key: .save) { session.rename(entry, issuer: issuer, account: account) }
            PlainButton(key: .remove, role: .destructive) { session.offerRemoval(of: entry) }
        }
    }
}

/// Whether it shall be removed, and what that means.
struct RemovalPage: View {
    let entry: NamedEntry
    let session: Session

    var body: some View {
        PageFrame(heading: .removeHeading) {
            Section {
                NamedRow(name: .issuer, value: entry.title ?? TextKey.noName.said)
                if let account = entry.subtitle { NamedRow(name: .account, value: account) }
            }
            Section { Text(.removeExplain) }
            PlainButton(key: .remove, role: .destructive) { session.remove(entry) }
            PlainButton(key: .cancel, role: .cancel, action: session.back)
        }
    }
}

#if DEBUG && !os(Linux)
    import WarifuTesting

    #Preview("Settings") {
        SettingsPage(
            state: SettingsState(
                entries: [], slots: [], clock: SampleScreen.clockAhead.screen.clock, biometry: .faceID),
            session: .preview)
    }
    #Preview("Help") { HelpPage(session: .preview) }
    #Preview("Clock") { ClockPage(state: ClockState(SampleScreen.stale.screen.clock), session: .preview) }
    #Preview("Lock") {
        LockPage(state: LockState(isDemanded: true, slots: [], biometry: .faceID), session: .preview)
    }
    #Preview("Rename") { EntryPage(entry: .sample, session: .preview) }
    #Preview("Remove") { RemovalPage(entry: .sample, session: .preview) }
#endif
