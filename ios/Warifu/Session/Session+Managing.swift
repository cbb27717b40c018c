import Foundation
import Warifu

/// What the settings change: names, and what is there at all.
extension Session {
    /// The settings.
    func openSettings() {
        isHelping = false
        run(nil) { [self] in try await showSettings() }
    }

    /// What there is for whoever cannot get any further: it asks for no token.
    func openHelp() {
        isHelping = true
        if case .trouble = page { beforeHelp = (page, again) } else { beforeHelp = nil }
        show(.help)
    }

    /// What is known of the time.
    func openClock() {
        run(nil) { [self] in try await showClock() }
    }

    /// Asks the banks for their time, and says what came of it.
    func syncFromSettings() {
        sync { [self] in try await showClock() }
    }

    /// One credential's names.
    func open(_ entry: NamedEntry) {
        show(.entry(entry))
    }

    /// Asks whether it shall be removed.
    func offerRemoval(of entry: NamedEntry) {
        show(.removal(entry))
    }

    /// Gives it other names; an empty one is taken away.
    func rename(_ entry: NamedEntry, issuer: String, account: String) {
        run(nil) { [self] in
            try await token?.entries.rename(entry.id, issuer: issuer.orNone, account: account.orNone)
            try await changed()
            try await showSettings()
        }
    }

    /// Removes it, once a person has shown who they are, if the app asks for that at all.
    func remove(_ entry: NamedEntry) {
        run(nil) { [self] in
            try await prove(.removeHeading, explanation: .removeByPIN, enter: .remove) { [self] in
                try await removeNow(entry)
            }
        }
    }

    /// What a call centre asks for.
    func openReport(_ device: DeviceInfo) {
        run(nil) { [self] in
            let known = try await known()
            show(
                .report(
                    ReportState(device: device, token: known, biometry: parts.biometry(), lastCode: lastSupportCode)))
        }
    }

    /// Asks whether everything shall be erased.
    func offerStartOver() {
        show(.startOver)
    }

    /// What this app is.
    func openAbout() {
        show(.about)
    }

    /// Goes back to where the page was opened from.
    func back() {
        switch page {
        case .codes, .busy: break
        case .add(let state) where state.isFirst: break
        case .add: run(nil) { [self] in try await home() }
        case .keypad: run(nil) { [self] in try await enter() }
        case .paste, .scan, .noCamera, .offer: cancelAdding()
        case .report, .about: isHelping ? show(.help) : openSettings()
        case .entry, .clock: openSettings()
        case .lock(let state): state.isDemanded ? run(nil) { [self] in try await home() } : openSettings()
        case .removal(let entry): open(entry)
        case .settings, .startOver: run(nil) { [self] in try await enter() }
        case .help where beforeHelp != nil: backToTrouble()
        case .trouble, .help:
            forgetLink()
            run(nil) { [self] in try await enter() }
        }
    }

    // MARK: - Its parts

    /// What did not work can still be tried again after a look at the help.
    private func backToTrouble() {
        guard let before = beforeHelp else { return }
        beforeHelp = nil
        again = before.again
        show(before.page)
    }

    private func showSettings() async throws(WarifuError) {
        guard let token else { return withoutToken() }
        let settings = SettingsState(
            entries: try await token.entries.list(), slots: try await token.slots.list(),
            clock: try token.screen().clock, biometry: parts.biometry())
        show(.settings(settings))
    }

    /// Of the token, what may be told of it now.
    private func known() async throws(WarifuError) -> ReportState.Known {
        guard let token else { return isNew ? .nothing : .unreadable }
        guard try token.isUnlocked else {
            // The last support code says why.
            return (try? await token.slots.listInFile()).map { .locked($0) } ?? .unreadable
        }
        return .open(
            entries: try await token.entries.list().count, slots: try await token.slots.list(),
            clock: try token.screen().clock)
    }

    private func showClock() async throws(WarifuError) {
        guard let token else { return withoutToken() }
        show(.clock(ClockState(try token.screen().clock)))
    }

    private func removeNow(_ entry: NamedEntry) async throws(WarifuError) {
        try await token?.entries.remove(entry.id)
        try await changed()
        try await home()
    }
}

extension String {
    fileprivate var orNone: String? {
        let text = trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : text
    }
}
