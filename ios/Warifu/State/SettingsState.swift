import Warifu

/// The settings.
struct SettingsState: Hashable, Sendable {
    /// Those whose names can be changed.
    let entries: [NamedEntry]
    /// How the app is opened.
    let lock: Words
    /// Whether there is a lock that can be shut.
    let isLocking: Bool
    /// What is known of the time.
    let clock: ClockState

    init(entries: [Entry], slots: [Slot], clock: ClockView, biometry: Biometry?) {
        self.entries = entries.map { entry in NamedEntry(entry) }
        lock = Words(lockOf: slots, biometry: biometry)
        isLocking = slots.asks
        self.clock = ClockState(clock)
    }
}

extension [Slot] {
    /// Whether the app asks before it opens. A PIN counts while the device's own slot is still there: the app was ended
    /// between the two steps of setting it, or of taking it away.
    var asks: Bool {
        contains { $0.kind == .pin } || !contains { $0.kind == .device }
    }
}

extension Words {
    /// How the app is opened, by its slots.
    init(lockOf slots: [Slot], biometry: Biometry?) {
        let kinds = Set(slots.map(\.kind))
        let way = (biometry ?? .faceID).fill
        self =
            switch (slots.asks, kinds.contains(.pin), kinds.contains(.biometric)) {
            case (false, _, _): Words(.lockIsNone)
            case (true, true, true): Words(.lockIsBoth, way)
            case (true, true, false): Words(.lockIsPIN)
            case (true, false, _): Words(.lockIsBiometrics, way)
            }
    }
}

/// What is known of the time.
struct ClockState: Hashable, Sendable {
    /// By which clock the codes are made.
    let certainty: Words
    /// What to do about it, if anything.
    let notice: Words?

    init(_ clock: ClockView) {
        certainty =
            switch clock.certainty {
            case .sure, .nearBoundary: Words(.clockSure)
            case .stale: Words(.clockOld)
            case .unsynced: Words(.clockUnsynced)
            case .contradicted: Words(.clockUnclear)
            }
        notice = clock.notice.map { notice in Words(notice) }
    }

    /// All of it, a paragraph each.
    var lines: [Words] { [certainty] + (notice.map { [$0] } ?? []) }
}

/// What a call centre asks for. It holds no code, no key and no ID of a customer's.
struct ReportState: Hashable, Sendable {
    /// A line each.
    let lines: [Words]
    /// What it was made for.
    let device: DeviceInfo
    /// Whether it says what only an open token tells.
    let isOfOpenToken: Bool

    /// What is known of the token.
    enum Known: Hashable, Sendable {
        /// There is none.
        case nothing
        /// There may be one, and it does not open, or its file cannot be read.
        case unreadable
        /// It is locked: what its file tells anybody.
        case locked([Slot])
        /// It is open.
        case open(entries: Int, slots: [Slot], clock: ClockView)
    }

    init(device: DeviceInfo, token: Known, biometry: Biometry?, lastCode: String?) {
        let ofToken: [Words] =
            switch token {
            case .nothing: [Words(.reportNothing)]
            case .unreadable: [Words(.reportUnreadable)]
            case .locked(let slots): [Words(lockOf: slots, biometry: biometry)]
            case .open(let entries, let slots, let clock):
                [Words(.reportEntries, .number(entries)), Words(lockOf: slots, biometry: biometry)]
                    + ClockState(clock).lines
            }
        self.device = device
        if case .open = token { isOfOpenToken = true } else { isOfOpenToken = false }
        lines =
            [
                Words(.reportApp, .text(device.appVersion)),
                Words(.reportSystem, .text(device.systemVersion), .text(device.model)),
            ] + ofToken + (lastCode.map { [Words(.reportError, .text($0))] } ?? [])
    }
}

/// What a report says of the app and the device.
struct DeviceInfo: Hashable, Sendable {
    /// Of the app, like 1.0.
    let appVersion: String
    /// Of iOS, like 17.4.
    let systemVersion: String
    /// Like iPhone.
    let model: String
}
