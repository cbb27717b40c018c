import Foundation
import Warifu

// What a step gave, as the table writes it.

extension JSON {
    init(_ screen: Screen, only: [String]?, now: DeviceTime, on phone: Phone) {
        let cards = screen.cards.map { JSON($0, on: phone) }.filter { card in
            guard let only, case .object(let fields) = card else { return true }
            return only.contains { fields["entry"] == .string($0) }
        }
        let lock: JSON =
            switch screen.lock {
            case .locked: "locked"
            case .unlocked: "unlocked"
            }
        let shown: JSON = [
            "lock": lock, "card_count": JSON(screen.cards.count), "cards": .array(cards),
            "refresh_in_ms": screen.refreshAt.map { JSON(($0 - now.uptime).milliseconds) } ?? .null,
        ]
        self = shown.merging(JSON(screen.clock, now: now))
    }

    private init(_ card: Card, on phone: Phone) {
        let face: JSON =
            switch card.face {
            case .totp(let timed):
                [
                    "face": "totp", "code": .string(timed.code.digits), "grouped": .string(timed.code.grouped),
                    "next": .string(timed.next.digits), "valid_from_ms": JSON(timed.validFrom),
                    "valid_until_ms": JSON(timed.validUntil), "remaining_ms": JSON(timed.remaining.milliseconds),
                    "period_ms": JSON(timed.period.milliseconds), "seconds_left": JSON(timed.secondsLeft),
                    "certainty": snake(timed.certainty), "neighbour": timed.neighbour.map { JSON($0) } ?? .null,
                ]
            case .needsSync: ["face": "needs_sync"]
            case .hotp(let counter): ["face": "hotp", "counter": .string("\(counter)")]
            case .notYet(let from): ["face": "not_yet", "from_ms": JSON(from)]
            }
        let rest: JSON = [
            "entry": phone.name(of: card.id), "clear_after_ms": JSON(card.copy.clearAfter.milliseconds),
        ]
        self = rest.merging(JSON(card.names)).merging(JSON(weakness: card.weakness)).merging(face)
    }

    /// A credential as a list or a preview shows it.
    init(_ names: Names, _ generator: Generator, _ weakness: Weakness?) {
        let made: JSON =
            switch generator {
            case .totp(let algorithm, let digits, let period, _):
                [
                    "type": "totp", "algorithm": JSON(algorithm), "digits": JSON(digits),
                    "period_ms": JSON(period.milliseconds),
                ]
            case .hotp(let algorithm, let digits, let counter):
                [
                    "type": "hotp", "algorithm": JSON(algorithm), "digits": JSON(digits),
                    "counter": .string("\(counter)"),
                ]
            }
        self = JSON(names).merging(made).merging(JSON(weakness: weakness))
    }

    init(weakness: Weakness?) {
        let bits: JSON =
            switch weakness {
            case .shortSeed(let bits)?: JSON(bits)
            case nil: .null
            }
        self = ["weakness_bits": bits]
    }

    init(_ code: Code) {
        self = ["code": .string(code.digits), "grouped": .string(code.grouped)]
    }

    init(_ report: UnlockReport) {
        let damaged = report.damagedSlots.map(\.kind.word).sorted().map(JSON.string)
        self = ["damaged_slots": .array(damaged), "kept_unread": JSON(report.keptUnread)]
    }

    /// By the names of their kinds: their order in the file is as random as their IDs.
    init(_ slots: [Slot]) {
        let slots = slots.sorted { $0.kind.word < $1.kind.word }.map { slot -> JSON in
            let damage: JSON =
                switch slot.damage {
                case .fixed?: "fixed"
                case .envelope?: "envelope"
                case nil: .null
                }
            return ["kind": .string(slot.kind.word), "damage": damage]
        }
        self = ["slots": .array(slots)]
    }

    init(_ bank: MarkedBank) {
        self = ["issuer": JSON(bank.issuer), "last_four": JSON(bank.lastFour)]
    }

    private init(_ names: Names) {
        self = [
            "issuer": JSON(names.issuer), "account": JSON(names.account), "credential_id": JSON(names.credentialID),
        ]
    }

    init(_ pending: PendingEnrolment) {
        self = ["host": .string(pending.host), "answered": pending.answered.map { JSON($0) } ?? .null]
    }

    private init(_ answered: AnsweredEnrolment) {
        let unlock: JSON =
            switch answered.unlock {
            case .any: "any"
            case .userVerification: "user_verification"
            }
        self = JSON(answered.names).merging(["unlock": unlock])
    }

    private init(_ algorithm: Algorithm) {
        switch algorithm {
        case .sha1: self = "sha1"
        case .sha256: self = "sha256"
        case .sha512: self = "sha512"
        }
    }

    fileprivate init(_ date: Date) {
        self = JSON(Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }
}

extension SlotKind {
    var word: String {
        switch self {
        case .passphrase: "passphrase"
        case .device: "device"
        case .biometric: "biometric"
        case .pin: "pin"
        case .other(let number): "\(number)"
        }
    }
}

extension WarifuError {
    /// The error as the table writes it.
    func observed(on phone: Phone) async -> JSON {
        let code: JSON =
            switch reason {
            case .closed: "closed"
            case .cancelled: "cancelled"
            default: JSON(supportCode)
            }
        let thrown: JSON = cause is Thrown ? ["cause": "thrown"] : [:]
        return await JSON.object(["code": code]).merging(data(on: phone)).merging(thrown)
    }

    private func data(on phone: Phone) async -> JSON {
        switch reason {
        case .corrupt(let part):
            switch part {
            case .contents: ["part": "contents"]
            case .rootTag: ["part": "root_tag"]
            case .slot(let slot): await ["part": "slot", "slot": phone.kind(of: slot)]
            case .record(let entry): ["part": "record", "entry": phone.name(of: entry)]
            case .envelopes: ["part": "envelopes"]
            }
        case .unsupportedVersion(let found): ["found": JSON(found)]
        case .flow(let fault):
            switch fault {
            case .stale: ["why": "stale"]
            case .answerAwaited: ["why": "answer_awaited"]
            case .ended: ["why": "ended"]
            }
        case .wrongPIN(let triesLeft, let wait): ["tries_left": JSON(triesLeft), "wait_ms": JSON(wait.milliseconds)]
        case .keyInvalidated(let slot), .keyLost(let slot): await ["slot": phone.kind(of: slot)]
        case .duplicate(let existing): ["existing": phone.name(of: existing)]
        case .name(let fault): ["why": .string(fault.word)]
        case .clockTooEarly(let wall), .clockTooLate(let wall): ["wall_ms": JSON(wall)]
        case .link(let fault): fault.observed
        case .enrolmentLink(let fault): ["why": snake(fault)]
        case .activationCode(let fault): ["why": snake(fault)]
        case .sync(.failed(let failure)): ["why": snake(failure)]
        case .sync(.status(let status)): ["why": "status", "status": JSON(status)]
        case .sync(.newerVersion): ["why": "newer"]
        case .sync(let fault): ["why": snake(fault)]
        case .enrolment(.failed(let failure)): ["why": snake(failure)]
        case .enrolment(.status(let status)): ["status": JSON(status)]
        case .enrolment(.slotTooWeak(let slot)): await ["slot": phone.kind(of: slot)]
        case .enrolment(.codeWrong(let ahead)): ["ahead_ms": JSON(ahead.milliseconds)]
        default: [:]
        }
    }
}

/// A case without data, by its name: `notALink` as `not_a_link`.
func snake(_ value: Any) -> JSON {
    .string(String(describing: value).map { $0.isUppercase ? "_\($0.lowercased())" : "\($0)" }.joined())
}

extension WarifuError.NameFault {
    fileprivate var word: String {
        switch self {
        case .empty: "empty"
        case .tooLong: "too_long"
        case .forbiddenCharacter: "forbidden_character"
        }
    }
}

extension WarifuError.LinkFault {
    fileprivate var observed: JSON {
        switch self {
        case .notOtpauth: ["why": "not_otpauth"]
        case .tooLong: ["why": "too_long"]
        case .tooManyParameters: ["why": "too_many_parameters"]
        case .malformed: ["why": "malformed"]
        case .notUTF8: ["why": "not_utf8"]
        case .unknownType: ["why": "unknown_type"]
        case .missing(let parameter): ["why": "missing", "parameter": .string(parameter.rawValue)]
        case .repeated(let parameter): ["why": "repeated", "parameter": .string(parameter.rawValue)]
        case .outOfRange(let parameter): ["why": "out_of_range", "parameter": .string(parameter.rawValue)]
        case .unknownAlgorithm: ["why": "unknown_algorithm"]
        case .notBase32: ["why": "not_base32"]
        case .seedTooShort: ["why": "seed_too_short"]
        case .seedTooLong: ["why": "seed_too_long"]
        case .nameless: ["why": "nameless"]
        case .issuerMismatch: ["why": "issuer_mismatch"]
        case .issuer(let fault): ["why": "issuer", "label": .string(fault.word)]
        case .account(let fault): ["why": "account", "label": .string(fault.word)]
        case .credentialID: ["why": "credential_id"]
        }
    }
}

/// What no key store is meant to throw.
struct Thrown: Error {}
