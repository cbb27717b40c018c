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
        }
    }

    private static let now = Date(timeIntervalSince1970: 2_000_000_010)

    private var longCard: Card {
        let names = Names(
            issuer: "割符信用金庫インターネットバンキングサービス", account: "shiharai.tantou.keiri-bu@example.com",
            credentialID: "WRFU1234567890ABCDEF1234567890AB")
        return card(5, .timed(secondsLeft: 20, code: "123 456 7890", next: "098 765 4321"), names: names)
    }

    private func unlocked(_ cards: [Card], refreshAt: Duration? = .seconds(7_001)) -> Screen {
        Screen(lock: .unlocked, clock: ClockView(certainty: .unsynced), cards: cards, refreshAt: refreshAt)
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
    fileprivate static func timed(secondsLeft: Int, code: String = "123 456", next: String = "654 321") -> Face {
        let from = Date(timeIntervalSince1970: 2_000_000_010)
        return .totp(
            TimedCode(
                code: .sample(code), next: .sample(next), validFrom: from, validUntil: from + 30,
                remaining: .seconds(secondsLeft), period: .seconds(30), secondsLeft: secondsLeft))
    }
}
