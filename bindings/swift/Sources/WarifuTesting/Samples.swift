import Foundation
public import Warifu

extension Code {
    /// A code for a sample; `grouped` are its digits as the core groups them, such as "123 456".
    public static func sample(_ grouped: String) -> Code {
        sampleCode(grouped)
    }
}

/// One screen for each state that an app has to draw, for previews and snapshot tests.
public enum SampleScreen: String, CaseIterable, Sendable, Identifiable {
    /// The token is locked.
    case locked
    /// It is unlocked and holds no credential yet.
    case empty
    /// One credential, at the beginning of its code.
    case fresh
    /// One credential, in the last second of its code.
    case lastSecond
    /// A credential whose codes come by a button.
    case button
    /// A credential whose time has not begun.
    case notYet
    /// A credential with a seed that is too short.
    case weak
    /// All that makes a card long: every name, ten digits, and a text that has to be cut.
    case long
    /// More than fit.
    case many
    /// The bank's clock was not heard yet since the device booted.
    case notSynced
    /// It is long since the bank's clock was heard.
    case stale
    /// The bank cannot be reached because the device's date is wrong.
    case setDate
    /// Clocks contradict each other.
    case contradicted
    /// The device's clock is 2 minutes and 10 seconds ahead; the code is right.
    case clockAhead
    /// The device's clock is 3 days and 4 hours behind; the code is right.
    case clockBehind
    /// The bank may take the code before in its place.
    case neighbourBefore
    /// The bank may take the code after in its place.
    case neighbourAfter
    /// The bank's clock has to be heard first.
    case needsSync

    /// The state's name.
    public var id: String { rawValue }

    /// What there is to draw.
    public var screen: Screen {
        switch self {
        case .locked: Screen(lock: .locked, clock: ClockView(certainty: .unsynced), cards: [], refreshAt: nil)
        case .empty: unlocked([], refreshAt: nil)
        case .fresh: unlocked([card(1, .timed(secondsLeft: 30))])
        case .lastSecond: unlocked([card(1, .timed(secondsLeft: 1))])
        case .button: unlocked([card(2, .hotp(counter: 7))], refreshAt: nil)
        case .notYet: unlocked([card(3, .notYet(from: Self.now + 86_400))])
        case .weak: unlocked([card(4, .timed(secondsLeft: 12), weakness: .shortSeed(bits: 80))])
        case .long: unlocked([longCard])
        case .many: unlocked((1...50).map { card($0, .timed(secondsLeft: 21)) })
        case .notSynced: timed(.unsynced, .notSynced)
        case .stale: timed(.stale, .stale, uncertainty: .seconds(32))
        case .setDate: timed(.unsynced, .setDate)
        case .contradicted: timed(.contradicted, .contradicted, uncertainty: .seconds(1_800))
        case .clockAhead:
            timed(
                .sure, .ahead(.minutes(2, seconds: 10)), uncertainty: .milliseconds(80), wallAhead: .seconds(130))
        case .clockBehind:
            timed(
                .sure, .behind(.days(3, hours: 4)), uncertainty: .milliseconds(80), wallAhead: .seconds(-273_600))
        case .neighbourBefore: timed(.nearBoundary, nil, uncertainty: .seconds(12), beside: .previous, secondsLeft: 28)
        case .neighbourAfter: timed(.nearBoundary, nil, uncertainty: .seconds(12), beside: .next, secondsLeft: 3)
        case .needsSync:
            unlocked([card(6, .needsSync)], refreshAt: nil, clock: ClockView(certainty: .unsynced, notice: .notSynced))
        }
    }

    private static let now = Date(timeIntervalSince1970: 2_000_000_010)

    private var longCard: Card {
        let names = Names(
            issuer: "割符信用金庫インターネットバンキングサービス", account: "shiharai.tantou.keiri-bu@example.com",
            credentialID: "WRFU1234567890ABCDEF1234567890AB")
        return card(5, .timed(secondsLeft: 20, code: "123 456 7890", next: "098 765 4321"), names: names)
    }

    private func unlocked(
        _ cards: [Card], refreshAt: Duration? = .seconds(7_001), clock: ClockView = ClockView(certainty: .unsynced)
    ) -> Screen {
        Screen(lock: .unlocked, clock: clock, cards: cards, refreshAt: refreshAt)
    }

    /// One credential under a clock of which so much is known.
    private func timed(
        _ certainty: Certainty, _ notice: ClockNotice?, uncertainty: Duration? = nil, wallAhead: Duration? = nil,
        beside which: Neighbour? = nil, secondsLeft: Int = 20
    ) -> Screen {
        let neighbour = which.map { NeighbourCode(which: $0, code: .sample($0 == .next ? "654 321" : "246 802")) }
        let clock = ClockView(
            certainty: certainty, uncertainty: uncertainty, wallAhead: wallAhead, notice: notice,
            syncAt: .seconds(7_000))
        return unlocked(
            [card(1, .timed(secondsLeft: secondsLeft, certainty: certainty, neighbour: neighbour))], clock: clock)
    }

    private func card(_ number: Int, _ face: Face, names: Names? = nil, weakness: Weakness? = nil) -> Card {
        let digits = String(number, radix: 16)
        let zeros = String(repeating: "0", count: 32 - digits.count)
        guard let id = EntryID(rawValue: zeros + digits) else { preconditionFailure("32 hexadecimal digits") }
        let names = names ?? Names(issuer: "割符銀行", account: "普通 \(number)", credentialID: "WRFU12345678")
        return Card(id: id, names: names, face: face, weakness: weakness, copy: CopyPolicy(clearAfter: .seconds(60)))
    }
}

extension Face {
    /// A code of thirty seconds with so many left.
    fileprivate static func timed(
        secondsLeft: Int, code: String = "123 456", next: String = "654 321", certainty: Certainty = .unsynced,
        neighbour: NeighbourCode? = nil
    ) -> Face {
        let from = Date(timeIntervalSince1970: 2_000_000_010)
        return .totp(
            TimedCode(
                code: .sample(code), next: .sample(next), validFrom: from, validUntil: from + 30,
                remaining: .seconds(secondsLeft), period: .seconds(30), secondsLeft: secondsLeft,
                certainty: certainty, neighbour: neighbour))
    }
}
