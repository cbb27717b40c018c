import Foundation
import Warifu

@testable import WarifuApple

/// A device's Keychain and Secure Enclave, which answers as Apple's documentation says that it does. It does no
/// cryptography: what it encrypts it remembers, and hands out a random name for it.
final class FakeSecurity: SecurityCalls {
    /// What the person in front of a prompt does.
    enum Person: Sendable {
        case accepts
        case cancels
        /// Chooses the second button.
        case wantsThePIN
        /// Is not recognised until the prompt gives up.
        case isNotRecognised
        /// Has tried too often.
        case isLockedOut
        /// Stands there until the prompt is ended.
        case waits
    }

    /// A call, to be counted or to fail.
    enum Call: Sendable, Hashable {
        case makeKey, listKeys, findKey, setLabel, deleteKeys, encrypt, decrypt, listItems, addItem, deleteItem,
            evaluate
    }

    struct Key: Sendable {
        var listed: EnclaveKey
        /// Those enrolled when it was made, if that matters to it.
        let enrolled: Int?
        var encrypted: [Data: [UInt8]] = [:]
    }

    struct State: Sendable {
        var keys: [Key] = []
        var items: [MarkItem] = []
        var person = Person.accepts
        /// Counts up with each change of fingers or face; `nil` if none is enrolled.
        var enrolled: Int? = 1
        var isSensorAllowed = true
        /// Which version of the system names those who are enrolled.
        var system = 17
        var isLocked = false
        /// What was shown to the person.
        var shown: [PromptText] = []
        var calls: [Call] = []
        /// A call that fails, each time.
        var faults: [Call: SecurityFault] = [:]
        /// Calls that succeed and do nothing.
        var idle: Set<Call> = []
    }

    let state = Locked(State())
    /// Signalled when a person is being waited for.
    let asked = DispatchSemaphore(value: 0)

    var keys: [EnclaveKey] { state { $0.keys.map(\.listed) } }
    var items: [MarkItem] { state { $0.items } }
    var shown: [PromptText] { state { $0.shown } }

    // MARK: - SecurityCalls

    func makeKey(_ key: EnclaveKey) throws(SecurityFault) {
        try run(.makeKey) { state throws(SecurityFault) in
            guard let access = key.access else { throw SecurityFault(status: -50) }
            if access.wantsCurrentBiometry, state.enrolled == nil { throw SecurityFault(status: -25_293) }
            // As the Keychain does: of one tag there can be many.
            state.keys.append(Key(listed: key, enrolled: access.wantsCurrentBiometry ? state.enrolled : nil))
        }
    }

    func allKeys() throws(SecurityFault) -> [EnclaveKey] {
        try run(.listKeys, instead: []) { state in state.keys.map { $0.listed.withoutAccess } }
    }

    func key(tagged tag: String) throws(SecurityFault) -> EnclaveKey? {
        try run(.findKey, instead: nil) { state in
            state.keys.map(\.listed.withoutAccess).first { $0.tag == tag }
        }
    }

    func setLabel(_ label: KeyLabel, ofKeyTagged tag: String) throws(SecurityFault) {
        try run(.setLabel) { state throws(SecurityFault) in
            state.keys[try state.index(of: tag)].listed.label = label
        }
    }

    func deleteKeys(tagged tag: String) throws(SecurityFault) {
        try run(.deleteKeys) { state in state.keys.removeAll { $0.listed.tag == tag } }
    }

    func encrypt(_ plaintext: SecretBytes, toKeyTagged tag: String) throws(SecurityFault) -> Data {
        let bytes = plaintext.withUnsafeBytes { Array($0) }
        return try run(.encrypt, instead: Data()) { state throws(SecurityFault) in
            let index = try state.index(of: tag)
            // A point of the curve, and a tag.
            let ciphertext = Data((0..<bytes.count + 65 + 16).map { _ in UInt8.random(in: .min ... .max) })
            state.keys[index].encrypted[ciphertext] = bytes
            return ciphertext
        }
    }

    func decrypt(_ ciphertext: Data, byKeyTagged tag: String, asking prompt: (any SystemPrompt)?)
        throws(SecurityFault) -> SecretBytes
    {
        let key = try run(.decrypt, instead: nil) { state throws(SecurityFault) -> Key? in
            if state.isLocked { throw SecurityFault(status: -25_308) }
            return state.keys[try state.index(of: tag)]
        }
        if let enrolled = key?.enrolled { try ask(prompt as? Prompt, of: enrolled) }
        guard let bytes = key?.encrypted[ciphertext] else {
            throw SecurityFault(domain: SecurityFault.cryptoTokenKitDomain, code: -3)
        }
        return SecretBytes(bytes)
    }

    func accounts(ofService service: String) throws(SecurityFault) -> [String] {
        try run(.listItems, instead: []) { state in state.items.filter { $0.service == service }.map(\.account) }
    }

    func addItem(_ item: MarkItem) throws(SecurityFault) {
        try run(.addItem) { state in
            let isThere = state.items.contains { $0.service == item.service && $0.account == item.account }
            if !isThere { state.items.append(item) }
        }
    }

    func deleteItem(service: String, account: String) throws(SecurityFault) {
        try run(.deleteItem) { state in
            state.items.removeAll { $0.service == service && $0.account == account }
        }
    }

    func biometry() -> Biometry {
        state { state in
            guard state.isSensorAllowed else { return .unavailable }
            guard let enrolled = state.enrolled else { return .notEnrolled }
            if case .isLockedOut = state.person { return .lockedOut }
            return .enrolled(EnrolledSet(Data("\(state.system) \(enrolled)".utf8)))
        }
    }

    func evaluate(_ prompt: any SystemPrompt) throws(SecurityFault) {
        let enrolled = try run(.evaluate, instead: nil) { state throws(SecurityFault) -> Int? in state.enrolled }
        try ask(prompt as? Prompt, of: enrolled ?? 0)
    }

    func prompt(_ text: PromptText) -> any SystemPrompt { Prompt(text: text) }

    // MARK: - How

    final class Prompt: SystemPrompt {
        let text: PromptText
        let isEnded = Locked(false)
        private let ended = DispatchSemaphore(value: 0)

        init(text: PromptText) {
            self.text = text
        }

        func end() {
            isEnded { $0 = true }
            ended.signal()
        }

        func waitForTheEnd() { ended.wait() }
    }

    /// A key with a gate asks; what the system says is what is known of it.
    private func ask(_ prompt: Prompt?, of enrolled: Int) throws(SecurityFault) {
        let domain = SecurityFault.localAuthenticationDomain
        // Without a context of the app's the system would ask all the same, in words of its own.
        guard let prompt else { throw SecurityFault(domain: domain, code: -1_004) }
        if prompt.isEnded({ $0 }) { throw SecurityFault(domain: domain, code: -10) }
        let (person, current, isSensorAllowed) = state { ($0.person, $0.enrolled, $0.isSensorAllowed) }
        if !isSensorAllowed { throw SecurityFault(domain: domain, code: -6) }
        if current == nil { throw SecurityFault(domain: domain, code: -7) }
        if current != enrolled { throw SecurityFault(status: -25_293) }
        state { $0.shown.append(prompt.text) }
        switch person {
        case .accepts: return
        case .cancels: throw SecurityFault(domain: domain, code: -2)
        case .wantsThePIN: throw SecurityFault(domain: domain, code: -3)
        case .isNotRecognised: throw SecurityFault(domain: domain, code: -1)
        case .isLockedOut: throw SecurityFault(domain: domain, code: -8)
        case .waits:
            asked.signal()
            prompt.waitForTheEnd()
            throw SecurityFault(domain: domain, code: -9)
        }
    }

    private func run(_ call: Call, _ act: (inout State) throws(SecurityFault) -> Void) throws(SecurityFault) {
        try run(call, instead: (), act)
    }

    private func run<Value>(
        _ call: Call, instead: Value, _ act: (inout State) throws(SecurityFault) -> Value
    ) throws(SecurityFault) -> Value {
        let result: Result<Value, SecurityFault> = state { state in
            state.calls.append(call)
            if let fault = state.faults[call] { return .failure(fault) }
            if state.idle.contains(call) { return .success(instead) }
            return Result { () throws(SecurityFault) in try act(&state) }
        }
        return try result.get()
    }
}

extension FakeSecurity.State {
    fileprivate func index(of tag: String) throws(SecurityFault) -> Int {
        guard let index = keys.firstIndex(where: { $0.listed.tag == tag }) else {
            throw SecurityFault(status: -25_300)
        }
        return index
    }
}

extension EnclaveKey {
    /// As the Keychain lists it.
    fileprivate var withoutAccess: EnclaveKey { EnclaveKey(tag: tag, label: label) }
}
