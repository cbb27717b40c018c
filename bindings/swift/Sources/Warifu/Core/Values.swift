import Foundation
internal import WarifuFFI

// From the core's values to those of an app, and back. Nothing is computed here but units.

extension URL {
    /// The path as the core takes it.
    var core: String { path(percentEncoded: false) }
}

extension Screen {
    init(_ core: WarifuFFI.Screen) {
        self.init(
            lock: LockStatus(core.lock), clock: ClockView(core.clock), cards: core.cards.map(Card.init),
            refreshAt: core.refreshAt.map { .milliseconds($0) })
    }
}

extension LockStatus {
    init(_ core: WarifuFFI.LockStatus) {
        switch core {
        case .locked: self = .locked
        case .unlocked: self = .unlocked
        }
    }
}

extension Card {
    init(_ core: WarifuFFI.Card) {
        self.init(
            id: EntryID(core: core.id), names: Names(core.names), face: Face(core.face),
            weakness: core.weakness.map(Weakness.init),
            copy: CopyPolicy(clearAfter: .milliseconds(core.copy.clearAfter)))
    }
}

extension Face {
    init(_ core: WarifuFFI.Face) {
        switch core {
        case .totp(
            let code, let next, let from, let until, let remaining, let period, let secondsLeft, let certainty,
            let neighbour):
            self = .totp(
                TimedCode(
                    code: code, next: next, validFrom: Date(unixMilliseconds: from),
                    validUntil: Date(unixMilliseconds: until), remaining: .milliseconds(remaining),
                    period: .milliseconds(period), secondsLeft: Int(clamping: secondsLeft),
                    certainty: Certainty(certainty), neighbour: neighbour.map(NeighbourCode.init)))
        case .needsSync: self = .needsSync
        case .hotp(let counter): self = .hotp(counter: counter)
        case .notYet(let from): self = .notYet(from: Date(unixMilliseconds: from))
        }
    }
}

extension Weakness {
    init(_ core: WarifuFFI.Weakness) {
        switch core {
        case .shortSeed(let bits): self = .shortSeed(bits: Int(bits))
        }
    }
}

extension Names {
    init(_ core: WarifuFFI.Names) {
        self.init(issuer: core.issuer, account: core.account, credentialID: core.credentialId)
    }
}

extension Generator {
    init(_ core: WarifuFFI.Generator) {
        switch core {
        case .totp(let algorithm, let digits, let steps):
            self = .totp(
                algorithm: Algorithm(algorithm), digits: Int(digits), period: .seconds(steps.period),
                start: Date(timeIntervalSince1970: Double(steps.t0)))
        case .hotp(let algorithm, let digits, let counter):
            self = .hotp(algorithm: Algorithm(algorithm), digits: Int(digits), counter: counter)
        }
    }
}

extension Algorithm {
    init(_ core: WarifuFFI.Algorithm) {
        switch core {
        case .sha1: self = .sha1
        case .sha256: self = .sha256
        case .sha512: self = .sha512
        }
    }
}

extension Preview {
    init(_ core: WarifuFFI.Preview) {
        self.init(
            names: Names(core.names), generator: Generator(core.generator), weakness: core.weakness.map(Weakness.init))
    }
}

extension Entry {
    init(_ core: WarifuFFI.EntryInfo) {
        self.init(
            id: EntryID(core: core.id), names: Names(core.names), generator: Generator(core.generator),
            weakness: core.weakness.map(Weakness.init))
    }
}

extension Added {
    init(_ core: WarifuFFI.Added) {
        self.init(
            id: EntryID(core: core.id), weakness: core.weakness.map(Weakness.init),
            sameName: core.sameName.map(EntryID.init(core:)))
    }
}

extension Slot {
    init(_ core: WarifuFFI.SlotInfo) {
        self.init(id: SlotID(core: core.id), kind: SlotKind(core.kind), damage: core.damage.map(SlotPart.init))
    }
}

extension SlotKind {
    init(_ core: WarifuFFI.SlotKind) {
        switch core {
        case .passphrase: self = .passphrase
        case .device: self = .device
        case .biometric: self = .biometric
        case .pin: self = .pin
        case .other(let number): self = .other(number)
        }
    }
}

extension SlotPart {
    init(_ core: WarifuFFI.SlotPart) {
        switch core {
        case .fixed: self = .fixed
        case .envelope: self = .envelope
        }
    }
}

extension UnlockReport {
    init(_ core: WarifuFFI.UnlockReport) {
        let damaged = core.damagedSlots.map { slot in
            DamagedSlot(id: SlotID(core: slot.id), kind: SlotKind(slot.kind), part: SlotPart(slot.part))
        }
        self.init(
            damagedSlots: damaged, keptUnread: Int(core.keptUnread), pinCountStays: core.pinCountStays)
    }
}

extension Unlock {
    /// `passphrase` opens by a call of its own.
    var core: WarifuFFI.UnlockWith {
        get throws {
            switch self {
            case .device: .device
            case .biometric: .biometric
            case .pin(let pin, _): .pin(pin: pin)
            case .passphrase: throw WarifuError.internal
            }
        }
    }
}

extension NewSlot {
    var core: WarifuFFI.NewSlot {
        switch self {
        case .device: .device
        case .biometric: .biometric
        case .pin(let pin, let hardware, let limit, let cost):
            .pin(
                pin: pin,
                setting: PinSetting(kdf: cost?.core, hardware: hardware.core, limit: UInt8(clamping: limit)))
        case .passphrase(let passphrase, let cost): .passphrase(passphrase: passphrase, kdf: cost?.core)
        }
    }
}

extension PINHardware {
    var core: WarifuFFI.PinHardware {
        switch self {
        case .mac: .mac
        case .unwrap: .unwrap
        }
    }
}

extension Argon2Cost {
    var core: WarifuFFI.KdfCost {
        KdfCost(
            memoryKib: UInt32(clamping: memoryKiB), passes: UInt32(clamping: passes), lanes: UInt32(clamping: lanes))
    }
}

extension KeyUse {
    init(_ core: WarifuFFI.KeyUse) {
        switch core {
        case .wrap: self = .wrap
        case .mac: self = .mac
        }
    }
}

extension KeyGate {
    init(_ core: WarifuFFI.KeyGate) {
        switch core {
        case .device: self = .device
        case .biometric: self = .biometric
        }
    }
}

extension Marker {
    init(_ core: WarifuFFI.Marker) {
        let banks = core.banks.map { MarkedBank(issuer: $0.issuer, lastFour: $0.lastFour) }
        self.init(banks: banks, text: markerText(marker: core))
    }

    /// Reads a marker's ``text``.
    ///
    /// - Throws: ``WarifuError/Reason/marker(_:)`` for anything else.
    public init(text: String) throws(WarifuError) {
        self = try translated { Marker(try readMarker(bytes: Data(text.utf8))) }
    }
}
