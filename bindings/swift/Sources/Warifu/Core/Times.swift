import Foundation
internal import WarifuFFI

// What the core says of the time, and what the device's clocks say, back and forth.

extension DeviceTime {
    var core: WarifuFFI.DeviceTime {
        WarifuFFI.DeviceTime(
            wall: wall.unixMilliseconds, uptime: uptime.wholeMilliseconds,
            boot: boot.uuid.uuidString.lowercased().replacing("-", with: ""))
    }
}

extension Date {
    init(unixMilliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(unixMilliseconds) / 1000)
    }

    /// The whole milliseconds that have passed. A `Date` is a `Double`, exact to a quarter of a microsecond in our time;
    /// half a microsecond is added, so that an instant that was whole stays itself.
    fileprivate var unixMilliseconds: Int64 {
        let passed = (timeIntervalSince1970 * 1000 + 0.0005).rounded(.down)
        return Int64(exactly: passed) ?? (passed < 0 ? .min : .max)
    }
}

extension Duration {
    /// The whole milliseconds that have passed.
    fileprivate var wholeMilliseconds: UInt64 {
        let (seconds, attoseconds) = components
        let (whole, isTooMuch) = seconds.multipliedReportingOverflow(by: 1000)
        return isTooMuch ? (seconds < 0 ? 0 : .max) : UInt64(clamping: whole + attoseconds / 1_000_000_000_000_000)
    }
}

extension ClockView {
    init(_ core: WarifuFFI.ClockView) {
        self.init(
            certainty: Certainty(core.certainty), uncertainty: core.uncertainty.map { .milliseconds($0) },
            wallAhead: core.wallAhead.map { .milliseconds($0) }, notice: core.notice.map(ClockNotice.init),
            syncAt: core.syncAt.map { .milliseconds($0) })
    }
}

extension Certainty {
    init(_ core: WarifuFFI.Certainty) {
        switch core {
        case .sure: self = .sure
        case .nearBoundary: self = .nearBoundary
        case .stale: self = .stale
        case .unsynced: self = .unsynced
        case .contradicted: self = .contradicted
        }
    }
}

extension ClockNotice {
    init(_ core: WarifuFFI.ClockNotice) {
        switch core {
        case .setDate: self = .setDate
        case .contradicted: self = .contradicted
        case .stale: self = .stale
        case .ahead(let span): self = .ahead(Span(span))
        case .behind(let span): self = .behind(Span(span))
        case .notSynced: self = .notSynced
        }
    }
}

extension ClockNotice.Span {
    fileprivate init(_ core: WarifuFFI.Span) {
        switch core {
        case .days(let days, let hours): self = .days(Int(clamping: days), hours: Int(clamping: hours))
        case .hours(let hours, let minutes): self = .hours(Int(clamping: hours), minutes: Int(clamping: minutes))
        case .minutes(let minutes, let seconds):
            self = .minutes(Int(clamping: minutes), seconds: Int(clamping: seconds))
        case .seconds(let seconds): self = .seconds(Int(clamping: seconds))
        }
    }
}

extension NeighbourCode {
    init(_ core: WarifuFFI.NeighbourCode) {
        let which: Neighbour =
            switch core.which {
            case .previous: .previous
            case .next: .next
            }
        self.init(which: which, code: core.code)
    }
}

extension WarifuError.SyncFault {
    init(_ core: WarifuFFI.SyncError) {
        switch core {
        case .nothingToAsk: self = .nothingToAsk
        case .notAHost: self = .notAHost
        case .tooManyHosts: self = .tooManyHosts
        case .failed(let failure): self = .failed(HTTPFailure(failure))
        case .busy: self = .busy
        case .status(let status): self = .status(Int(status))
        case .notAuthentic: self = .notAuthentic
        case .newer: self = .newerVersion
        case .noTime: self = .noTime
        }
    }
}
