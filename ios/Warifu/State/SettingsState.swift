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
        isLocking = !slots.contains { $0.kind == .device }
        self.clock = ClockState(clock)
    }
}

extension Words {
    /// How the app is opened, by its slots.
    init(lockOf slots: [Slot], biometry: Biometry?) {
        let kinds = Set(slots.map(\.kind))
        let way = (biometry ?? .faceID).fill
        self =
            switch (kinds.contains(.device), kinds.contains(.pin), kinds.contains(.biometric)) {
            case (true, _, _): Words(.lockIsNone)
            case (false, true, true): Words(.lockIsBoth, way)
            case (false, true, false): Words(.lockIsPIN)
            case (false, false, _): Words(.lockIsBiometrics, way)
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

    init(device: DeviceInfo, entries: Int, slots: [Slot], clock: ClockView, biometry: Biometry?, lastCode: String?) {
        lines =
            [
                Words(.reportApp, .text(device.appVersion)),
                Words(.reportSystem, .text(device.systemVersion), .text(device.model)),
                Words(.reportEntries, .number(entries)),
                Words(lockOf: slots, biometry: biometry),
            ] + ClockState(clock).lines + (lastCode.map { [Words(.reportError, .text($0))] } ?? [])
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
