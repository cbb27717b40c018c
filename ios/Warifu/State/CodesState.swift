import Foundation
import Warifu

/// The page with the codes.
struct CodesState: Hashable, Sendable {
    /// What is worth a line about the time, if anything.
    let notice: Words?
    /// Whether there is a button that asks for the bank's time.
    let maySync: Bool
    /// One for each credential, in the order of the list.
    let cards: [CardState]

    /// What to draw of a screen.
    ///
    /// - Parameters:
    ///   - screen: The core's.
    ///   - made: The codes that a button has made since the app was opened.
    init(_ screen: Screen, made: [EntryID: Code]) {
        notice = screen.clock.notice.map { notice in Words(notice) }
        maySync = screen.cards.contains { $0.face == .needsSync } || (screen.clock.notice?.endsBySync ?? false)
        cards = screen.cards.map { card in CardState(card, made: made[card.id]) }
    }
}

extension ClockNotice {
    /// Whether asking the bank for its time may put an end to it.
    fileprivate var endsBySync: Bool {
        switch self {
        case .stale, .notSynced, .contradicted: true
        case .setDate, .ahead, .behind: false
        }
    }
}

/// One credential on that page.
struct CardState: Hashable, Sendable, Identifiable {
    /// warifu's name for it.
    let id: EntryID
    /// The bank, or what stands in its place; `nil` if it has no name.
    let title: String?
    /// The account, if the bank has the title.
    let subtitle: String?
    /// The issuer's ID for it.
    let credentialID: CredentialID?
    /// What it shows.
    let face: FaceState
    /// Whether a word of caution belongs below.
    let isWeak: Bool
    /// After which time a copied code leaves the clipboard.
    let clearAfter: Duration

    fileprivate init(_ card: Card, made: Code?) {
        id = card.id
        title = card.names.issuer ?? card.names.account
        subtitle = card.names.issuer == nil ? nil : card.names.account
        credentialID = card.names.credentialID.map { id in CredentialID(id) }
        face = FaceState(card.face, made: made)
        isWeak = card.weakness != nil
        clearAfter = card.copy.clearAfter
    }
}

/// An issuer's ID for a credential, as it is typed and as it is read.
struct CredentialID: Hashable, Sendable {
    /// As it is typed: `WRFU12345678`.
    let text: String

    init(_ text: String) {
        self.text = text
    }

    /// By fours, as it is read out: `WRFU 1234 5678`.
    var grouped: String {
        var (groups, rest) = ([Substring](), text[...])
        while !rest.isEmpty {
            groups.append(rest.prefix(4))
            rest = rest.dropFirst(4)
        }
        return groups.joined(separator: " ")
    }
}

/// What a card shows.
enum FaceState: Hashable, Sendable {
    /// A code that lives for a while.
    case timed(TimedState)
    /// A code that comes by a button; `nil` before it was pressed.
    case onRequest(Code?)
    /// Nothing before the bank's time is known.
    case needsSync
    /// Nothing before this moment.
    case notYet(from: Date)

    fileprivate init(_ face: Face, made: Code?) {
        self =
            switch face {
            case .totp(let timed): .timed(TimedState(timed))
            case .hotp: .onRequest(made)
            case .needsSync: .needsSync
            case .notYet(let from): .notYet(from: from)
            }
    }

    /// The code that can be read and copied, if there is one.
    var code: Code? {
        switch self {
        case .timed(let timed): timed.code
        case .onRequest(let made): made
        case .needsSync, .notYet: nil
        }
    }

    /// What is said in the place of a code, or about it.
    var explanation: Words? {
        switch self {
        case .timed: nil
        case .onRequest(nil): Words(.makeWhenAsked)
        case .onRequest: Words(.worksOnce)
        case .needsSync: Words(.needsSync)
        case .notYet(let from): Words(.notYet, .moment(from))
        }
    }

    /// What the button says that makes a code, if there is one.
    var button: TextKey? {
        switch self {
        case .onRequest(nil): .makeCode
        case .onRequest: .makeAnother
        case .timed, .needsSync, .notYet: nil
        }
    }
}

/// A code and its time.
struct TimedState: Hashable, Sendable {
    /// What is typed at the bank.
    let code: Code
    /// What the ring says.
    let secondsLeft: Int
    /// How much of the ring is left, 0 to 1.
    let fractionLeft: Double
    /// A code to be shown below: the next one in the last seconds, or a neighbour.
    let below: CodeBelow?

    private static let lastSeconds = 10

    fileprivate init(_ timed: TimedCode) {
        code = timed.code
        secondsLeft = timed.secondsLeft
        fractionLeft = min(max(timed.remaining / timed.period, 0), 1)
        // A neighbour comes first: it is there because the shown code may be refused.
        below =
            if let neighbour = timed.neighbour {
                CodeBelow(key: neighbour.which == .previous ? .tryPrevious : .tryNext, code: neighbour.code)
            } else if timed.secondsLeft <= Self.lastSeconds {
                CodeBelow(key: .nextCode, code: timed.next)
            } else {
                nil
            }
    }
}

/// A code beside the one that is shown, and the text that says what it is.
struct CodeBelow: Hashable, Sendable {
    /// Has one place, for the code.
    let key: TextKey
    /// The code.
    let code: Code
}
