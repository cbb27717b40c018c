import Warifu

// What is known of the time, as the table writes it.

extension JSON {
    init(_ clock: ClockView, now: DeviceTime) {
        self = [
            "clock": snake(clock.certainty), "clock_uncertainty_ms": JSON(clock.uncertainty),
            "clock_ahead_ms": JSON(clock.wallAhead), "clock_notice": clock.notice.map { JSON($0) } ?? .null,
            "sync_in_ms": JSON(clock.syncAt.map { max($0 - now.uptime, .zero) }),
        ]
    }

    init(_ neighbour: NeighbourCode) {
        self = ["which": snake(neighbour.which), "code": .string(neighbour.code.digits)]
    }

    private init(_ notice: ClockNotice) {
        switch notice {
        case .ahead(let span): self = .string("ahead \(span.words)")
        case .behind(let span): self = .string("behind \(span.words)")
        case .setDate, .contradicted, .stale, .notSynced: self = snake(notice)
        }
    }

    private init(_ span: Duration?) {
        self = span.map { JSON($0.milliseconds) } ?? .null
    }
}

extension ClockNotice.Span {
    /// As `2 min 10 s`.
    fileprivate var words: String {
        switch self {
        case .days(let days, let hours): "\(days) d \(hours) h"
        case .hours(let hours, let minutes): "\(hours) h \(minutes) min"
        case .minutes(let minutes, let seconds): "\(minutes) min \(seconds) s"
        case .seconds(let seconds): "\(seconds) s"
        }
    }
}
