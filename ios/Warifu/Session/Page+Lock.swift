/// What the session has to know of a page.
extension Page {
    /// Whether it shows something that a locked app does not.
    var isOpen: Bool {
        switch self {
        case .busy, .help, .startOver, .trouble: false
        // The one that opens it is for whoever finds it shut; each other one changes something of an open app.
        case .keypad(let state): state.heading != .unlockHeading
        case .codes, .add, .paste, .scan, .noCamera, .offer, .lock, .settings, .clock, .entry, .removal, .report,
            .about:
            true
        }
    }

    /// Whether the help leads to it too, and a locked app shows it: the report with no more than the vault's file tells anybody.
    var isOfHelp: Bool {
        switch self {
        case .report, .about: true
        default: false
        }
    }
}
