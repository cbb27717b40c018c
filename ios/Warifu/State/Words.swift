import Foundation
import Warifu

/// What the app says, before it is said in a language: a text of the catalog, and what fills its places.
struct Words: Hashable, Sendable {
    /// Which text.
    let key: TextKey
    /// What stands in the place of `%1$@`, `%2$@` and so on.
    let fills: [Fill]

    init(_ key: TextKey, _ fills: Fill...) {
        self.key = key
        self.fills = fills
    }

    /// What a place of a text is filled with.
    enum Fill: Hashable, Sendable {
        /// As it is.
        case text(String)
        /// A whole number.
        case number(Int)
        /// A moment, as people write it where the device is.
        case moment(Date)
        /// Words of their own, like a span of time.
        case words(Words)
    }

    /// Says it in a language.
    ///
    /// - Parameters:
    ///   - catalog: The language's text for a key.
    ///   - moment: How a moment is written.
    /// - Returns: The text with its places filled; a place without a fill is left out.
    func said(from catalog: (TextKey) -> String, moment: (Date) -> String) -> String {
        // Each place once, from left to right: what a fill holds is never taken for a place.
        var (said, rest) = ("", Substring(catalog(key)))
        while let place = rest.firstMatch(of: /%([0-9])\$@/) {
            said += rest[..<place.range.lowerBound]
            if let number = Int(place.1), fills.indices.contains(number - 1) {
                said += fills[number - 1].said(from: catalog, moment: moment)
            }
            rest = rest[place.range.upperBound...]
        }
        return said + rest
    }
}

extension Words.Fill {
    /// Says it in a language, as ``Words/said(from:moment:)`` does.
    func said(from catalog: (TextKey) -> String, moment: (Date) -> String) -> String {
        switch self {
        case .text(let text): text
        case .number(let number): String(number)
        case .moment(let date): moment(date)
        case .words(let words): words.said(from: catalog, moment: moment)
        }
    }
}

extension Words {
    /// A span, as the core gives it.
    init(_ span: ClockNotice.Span) {
        self =
            switch span {
            case .days(let days, hours: 0): Words(.spanWholeDays, .number(days))
            case .hours(let hours, minutes: 0): Words(.spanWholeHours, .number(hours))
            case .minutes(let minutes, seconds: 0): Words(.spanWholeMinutes, .number(minutes))
            case .days(let days, let hours): Words(.spanDays, .number(days), .number(hours))
            case .hours(let hours, let minutes): Words(.spanHours, .number(hours), .number(minutes))
            case .minutes(let minutes, let seconds): Words(.spanMinutes, .number(minutes), .number(seconds))
            case .seconds(let seconds): Words(.spanSeconds, .number(seconds))
            }
    }

    /// How long to wait, in its two largest units. A second that has begun counts: who waits as long as this says has waited
    /// long enough.
    init(wait: Duration) {
        let whole = wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0)
        let (minutes, seconds) = Int(whole).quotientAndRemainder(dividingBy: 60)
        let (hours, rest) = minutes.quotientAndRemainder(dividingBy: 60)
        self.init(
            hours > 0
                ? .hours(hours, minutes: rest)
                : minutes > 0 ? .minutes(minutes, seconds: seconds) : .seconds(seconds))
    }

    /// The line above the codes.
    init(_ notice: ClockNotice) {
        self =
            switch notice {
            case .setDate: Words(.clockSetDate)
            case .contradicted: Words(.clockContradicted)
            case .stale: Words(.clockStale)
            case .ahead(let span): Words(.clockAhead, .words(Words(span)))
            case .behind(let span): Words(.clockBehind, .words(Words(span)))
            case .notSynced: Words(.clockNotSynced)
            }
    }
}
