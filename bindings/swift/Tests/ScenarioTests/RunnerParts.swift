import Foundation
import Warifu
import WarifuTesting

/// The ops of a token's parts, of its file, and of the key store.
extension Runner {
    // MARK: - Its credentials and slots

    func link(_ a: Arguments) throws -> SecretBytes {
        var bytes: [UInt8]
        switch (try a.stringIfAny("uri"), try a.stringIfAny("uri_hex")) {
        case (let text?, nil): bytes = Array(text.utf8)
        case (nil, let hex?): bytes = try Self.bytes(hex)
        default: throw Broken("a link is given as text or in hexadecimal")
        }
        if let length = try a.intIfAny("filled_to") {
            bytes += Array(repeating: UInt8(ascii: "a"), count: Int(length) - bytes.count)
        }
        return SecretBytes(bytes)
    }

    func entries(_ op: Op, _ token: Token, _ a: Arguments) async throws -> JSON {
        switch op {
        case .add:
            let name = try a.stringIfAny("as")
            let link = try link(a)
            try a.end()
            return try added(try await token.entries.add(link), as: name)
        case .rename:
            let entry = try phone.entry(try a.string("entry"))
            let (issuer, account) = (try a.stringIfAny("issuer"), try a.stringIfAny("account"))
            try a.end()
            try await token.entries.rename(entry, issuer: issuer, account: account)
            return [:]
        case .remove:
            let entry = try phone.entry(try a.string("entry"))
            try a.end()
            try await token.entries.remove(entry)
            return [:]
        case .advance:
            let (entry, press) = (try phone.entry(try a.string("entry")), phone.press(try a.string("request")))
            try a.end()
            return JSON(try await token.entries.advance(entry, for: press))
        default:
            try a.end()
            let entries = try await token.entries.list().map { entry in
                JSON(entry.names, entry.generator, entry.weakness).merging(["entry": phone.name(of: entry.id)])
            }
            return ["count": JSON(entries.count), "entries": .array(entries)]
        }
    }

    private enum Kind: String { case passphrase, device, biometric, pin }

    func slots(_ op: Op, _ token: Token, _ a: Arguments) async throws -> JSON {
        switch op {
        case .slots:
            try a.end()
            return JSON(try await token.slots.list())
        case .locked_slots:
            try a.end()
            return JSON(try await token.slots.listInFile())
        case .set_slot:
            let new = try newSlot(a)
            try a.end()
            try await token.slots.set(new)
        case .remake_slot, .remove_slot:
            let kind = try a.word("slot", of: Kind.self)
            try a.end()
            let slot = try await slot(kind, of: token)
            if op == .remake_slot { try await token.slots.remake(slot) } else { try await token.slots.remove(slot) }
        default:
            let (current, new) = (SecretBytes(utf8: try a.string("current")), SecretBytes(utf8: try a.string("new")))
            try a.end()
            try await token.slots.changePassphrase(from: current, to: new, cost: phone.cost)
        }
        return [:]
    }

    private func newSlot(_ a: Arguments) throws -> NewSlot {
        enum Hardware: String { case mac, unwrap }

        switch try a.word("slot", of: Kind.self) {
        case .device: return .device
        case .biometric: return .biometric
        case .passphrase: return .passphrase(SecretBytes(utf8: try a.string("passphrase")), cost: phone.cost)
        case .pin:
            let hardware: PINHardware =
                switch try a.word("hardware", of: Hardware.self) {
                case .mac: .mac
                case .unwrap: .unwrap
                }
            let limit = Int(try a.intIfAny("limit") ?? 6)
            return .pin(SecretBytes(utf8: try a.string("pin")), hardware: hardware, limit: limit, cost: phone.cost)
        }
    }

    private func slot(_ kind: Kind, of token: Token) async throws -> SlotID {
        let slot = try await token.slots.listInFile().first { $0.kind.word == kind.rawValue }
        guard let slot else { throw Broken("there is no \(kind) slot") }
        return slot.id
    }

    // MARK: - Its file

    func file(_ op: Op, _ a: Arguments) throws -> JSON {
        enum End: String { case start, end }

        switch op {
        case .keep_file:
            try phone.keepFile(as: try a.string("as"))
        case .put_file:
            try phone.putFile(try phone.kept(try a.string("kept")))
        case .compare_file:
            let same = try phone.file() == phone.kept(try a.string("kept"))
            try a.end()
            return ["same": .bool(same)]
        case .damage_file:
            let (from, offset) = (try a.word("from", of: End.self), Int(try a.int("offset")))
            let xor = UInt8(try a.int("xor"))
            var bytes = try phone.file()
            bytes[from == .start ? offset : bytes.count - 1 - offset] ^= xor
            try phone.putFile(bytes)
        case .cut_file:
            try phone.putFile(try phone.file().prefix(Int(try a.int("keep"))))
        case .write_file:
            try phone.putFile(Data(try Self.bytes(try a.string("hex"))))
        case .remove_file:
            try FileManager.default.removeItem(at: phone.vault)
        case .hold_lock:
            try phone.holdLock()
        default:
            try phone.releaseLock()
        }
        try a.end()
        return [:]
    }

    private static func bytes(_ hex: String) throws -> [UInt8] {
        let digits = Array(hex)
        return try stride(from: 0, to: digits.count, by: 2).map { at in
            guard at + 1 < digits.count, let byte = UInt8(String(digits[at...at + 1]), radix: 16) else {
                throw Broken("not hexadecimal: \(hex)")
            }
            return byte
        }
    }

    // MARK: - Its key store

    func keyStore(_ op: Op, _ a: Arguments) async throws -> JSON {
        enum Refusal: String { case missing, invalidated, cancelled, locked_out, not_enrolled, unavailable }
        enum Answer: String { case accept, cancel, lock_out }

        let store = phone.store
        switch op {
        case .key_store:
            try a.end()
            return ["keys": JSON(store.keys.count), "prompts": JSON(store.promptCount)]
        case .refuse_next:
            let refusal: KeyRefusal =
                switch try a.word("refusal", of: Refusal.self) {
                case .missing: .missing
                case .invalidated: .invalidated
                case .cancelled: .cancelled
                case .locked_out: .lockedOut
                case .not_enrolled: .notEnrolled
                case .unavailable: .unavailable
                }
            store.refuseNext(refusal)
        case .throw_next:
            store.throwNext(Thrown())
        case .empty_next:
            store.emptyNext()
        case .hold_next:
            let nth = Int(try a.intIfAny("nth") ?? 1)
            guard nth > 0 else { throw Broken("nth counts from 1") }
            phone.tasks.holdNext(try a.word("errand"), nth: nth)
        case .release:
            phone.tasks.release()
        case .lose_keys:
            if let kind = try a.wordIfAny("slot", of: Kind.self) {
                let slot = try await slot(kind, of: Token.open(at: phone.vault))
                store.loseKeys { $0.alias.split(separator: ".")[1] == slot.rawValue }
            } else {
                store.loseEverything()
            }
        case .answer_prompts:
            store.person =
                switch try a.word("with", of: Answer.self) {
                case .accept: .accepts
                case .cancel: .cancels
                case .lock_out: .isLockedOut
                }
        default:
            store.changeBiometrics()
        }
        try a.end()
        return [:]
    }
}
