import Foundation
import Warifu

/// The ops of enrolment.
extension Runner {
    private enum Unlocks: String { case any, user_verification }

    private enum Verdict: String { case wrong, ended, wait, stopped }

    func network(_ op: Op, _ a: Arguments) async throws -> JSON {
        switch op {
        case .service:
            let wall = try a.intIfAny("wall_ms")
            let code = try a.stringIfAny("code")
            let unlock = try a.wordIfAny("unlock", of: Unlocks.self)
            let verdict = try a.wordIfAny("verdict", of: Verdict.self)
            let (synced, ages) = (try a.boolIfAny("synced"), try a.boolIfAny("ages"))
            try a.end()
            let service = try await phone.network.service()
            if let wall { try await service.order("clock \(wall)") }
            if let code { try await service.order("code \(code)") }
            if let synced { try await service.order("synced \(synced)") }
            if let ages { try await service.order("ages \(ages)") }
            switch unlock {
            case .any?: try await service.order("unlock any")
            case .user_verification?: try await service.order("unlock user-verification")
            case nil: break
            }
            switch verdict {
            case .wrong?: try await service.order("verdict 2")
            case .ended?: try await service.order("verdict 3")
            case .wait?: try await service.order("verdict 4")
            case .stopped?: try await service.order("verdict 5")
            case nil: break
            }
        default:
            let fate: Network.Fate =
                if let status = try a.intIfAny("status") { .status(Int(status)) } else { .word(try a.word("next")) }
            let nth = Int(try a.intIfAny("nth") ?? 1)
            try a.end()
            phone.network.setNext(fate, nth: nth)
        }
        return [:]
    }

    func previewEnrolment(_ a: Arguments) async throws -> JSON {
        let link = try await enrolmentLink(a)
        try a.end()
        let preview = try Token.preview(ofEnrolment: link)
        return ["host": .string(preview.host), "has_activation": .bool(preview.hasActivation)]
    }

    func enrolment(_ op: Op, _ token: Token, _ a: Arguments) async throws -> JSON {
        switch op {
        case .enrol:
            let (link, name) = (try await enrolmentLink(a), try a.stringIfAny("as"))
            let activation = try a.stringIfAny("activation").map { SecretBytes(utf8: $0) }
            try a.end()
            let enrolled = try await token.enrolment.begin(link, activation: activation, binding: .hardware)
            return try added(enrolled, as: name)
        case .resume_enrolment:
            let name = try a.stringIfAny("as")
            try a.end()
            return try added(try await token.enrolment.resume(), as: name)
        case .pending_enrolment:
            try a.end()
            return ["pending": try await token.enrolment.pending().map { JSON($0) } ?? .null]
        default:
            try a.end()
            try await token.enrolment.discard()
            return [:]
        }
    }

    /// What was added, which the scenario calls so from now on.
    func added(_ added: Added, as name: String?) throws -> JSON {
        if let name { try phone.put(added.id, as: name) }
        return JSON(weakness: added.weakness).merging(["same_name": .array(added.sameName.map(phone.name(of:)))])
    }

    /// `{link}` is the service's own.
    private func enrolmentLink(_ a: Arguments) async throws -> SecretBytes {
        let own = try await phone.network.service().link
        return SecretBytes(utf8: try a.stringIfAny("link")?.replacing("{link}", with: own) ?? own)
    }
}
