import Foundation
public import Warifu

/// A key store in memory, for tests. It does no cryptography: what it wraps it remembers, and hands out a random name
/// for it. It outlives tokens, as a device's key store does.
///
/// What goes wrong is scripted: ``refuseNext(_:)``, ``throwNext(_:)``, ``person``, ``changeBiometrics()``,
/// ``loseEverything()``, and ``beforeEach`` for everything else.
public final class FakeKeyProtector: KeyProtector {
    /// What a token asked for.
    public enum Operation: String, Sendable, Hashable, CaseIterable {
        /// `KeyProtector.createKey(_:for:behind:)`.
        case createKey
        /// `KeyProtector.findKey(_:)`.
        case findKey
        /// `KeyProtector.wrap(_:with:)`.
        case wrap
        /// `KeyProtector.unwrap(_:with:)`.
        case unwrap
        /// `KeyProtector.mac(of:with:)`.
        case mac
        /// `KeyProtector.deleteKey(_:)`.
        case deleteKey
        /// `KeyProtector.anchor(of:)`.
        case anchor
        /// `KeyProtector.raiseAnchor(of:to:)`.
        case raiseAnchor
    }

    /// What the person in front of a prompt does.
    public enum Person: Sendable, Hashable {
        /// Puts the right finger down.
        case accepts
        /// Cancels the prompt.
        case cancels
        /// Has tried the wrong finger too often.
        case isLockedOut
    }

    fileprivate struct Key {
        let use: KeyUse
        let gate: KeyGate
        var isDead = false
        /// What was wrapped, by what it was wrapped to.
        var wrapped: [Data: [UInt8]] = [:]
        var macs: [[UInt8]: [UInt8]] = [:]
    }

    fileprivate enum Next {
        case done
        case thrown(any Error)
        case emptied
    }

    fileprivate struct State {
        var keys: [KeyName: Key] = [:]
        var anchors: [VaultID: UInt64] = [:]
        var prompts = 0
        var person = Person.accepts
        var next = Next.done
        var beforeEach: (@Sendable (Operation) async throws -> Void)?
    }

    private let state = Locked(State())

    /// A key store without keys, before a person who accepts every prompt.
    public init() {}

    // MARK: - What it holds

    /// The names of its keys, dead ones too.
    public var keys: Set<KeyName> { state { Set($0.keys.keys) } }

    /// How often the person was asked.
    public var promptCount: Int { state { $0.prompts } }

    // MARK: - What goes wrong

    /// What comes of prompts from now on.
    public var person: Person {
        get { state { $0.person } }
        set { state { $0.person = newValue } }
    }

    /// Called and awaited before each operation; what it throws, the operation throws. It can wait, as for a person, or
    /// count.
    public var beforeEach: (@Sendable (Operation) async throws -> Void)? {
        get { state { $0.beforeEach } }
        set { state { $0.beforeEach = newValue } }
    }

    /// The next operation is refused, and not done.
    public func refuseNext(_ refusal: KeyRefusal) {
        throwNext(refusal)
    }

    /// The next operation throws `error`, as no key store should, and is not done.
    public func throwNext(_ error: any Error) {
        state { $0.next = .thrown(error) }
    }

    /// The next operation is done; but if it gives bytes, there are none of them.
    public func emptyNext() {
        state { $0.next = .emptied }
    }

    /// The enrolled fingers or face change: every key behind a biometric gate is dead.
    public func changeBiometrics() {
        state { state in
            for (name, key) in state.keys where key.gate == .biometric { state.keys[name]?.isDead = true }
        }
    }

    /// These keys are lost.
    public func loseKeys(where isLost: (KeyName) -> Bool) {
        state { state in state.keys = state.keys.filter { !isLost($0.key) } }
    }

    /// Every key and every anchor is lost, as on another device.
    public func loseEverything() {
        state { state in
            state.keys = [:]
            state.anchors = [:]
        }
    }

    // MARK: - KeyProtector

    public func createKey(_ name: KeyName, for use: KeyUse, behind gate: KeyGate) async throws {
        try await run(.createKey) { state in state.keys[name] = Key(use: use, gate: gate) }
    }

    public func findKey(_ name: KeyName) async throws {
        _ = try await run(.findKey) { state in try state.living(name) }
    }

    public func wrap(_ plaintext: SecretBytes, with name: KeyName) async throws -> Data {
        let bytes = plaintext.withUnsafeBytes { Array($0) }
        return try await run(.wrap, empty: Data()) { state in
            try state.check(name, for: .wrap)
            let wrapped = Data(Self.random(bytes.count + 28))
            state.keys[name]?.wrapped[wrapped] = bytes
            return wrapped
        }
    }

    public func unwrap(_ wrapped: Data, with name: KeyName) async throws -> SecretBytes {
        try await run(.unwrap, empty: SecretBytes([])) { state in
            try state.check(name, for: .wrap)
            guard let bytes = state.keys[name]?.wrapped[wrapped] else { throw KeyRefusal.unavailable }
            return SecretBytes(bytes)
        }
    }

    public func mac(of message: SecretBytes, with name: KeyName) async throws -> SecretBytes {
        let message = message.withUnsafeBytes { Array($0) }
        return try await run(.mac, empty: SecretBytes([])) { state in
            try state.check(name, for: .mac)
            let mac = state.keys[name]?.macs[message] ?? Self.random(32)
            state.keys[name]?.macs[message] = mac
            return SecretBytes(mac)
        }
    }

    public func deleteKey(_ name: KeyName) async throws {
        _ = try await run(.deleteKey) { state in state.keys.removeValue(forKey: name) }
    }

    public func anchor(of vault: VaultID) async throws -> UInt64? {
        try await run(.anchor) { state in state.anchors[vault] }
    }

    public func raiseAnchor(of vault: VaultID, to generation: UInt64) async throws {
        try await run(.raiseAnchor) { state in
            state.anchors[vault] = max(generation, state.anchors[vault] ?? 0)
        }
    }

    /// Does an operation, or what was scripted in its place. `empty` is what is left of its bytes by
    /// ``emptyNext()``.
    private func run<Value>(
        _ operation: Operation, empty: Value? = nil, _ act: (inout State) throws -> Value
    ) async throws -> Value {
        try await beforeEach?(operation)
        return try state { state in
            defer { state.next = .done }
            switch state.next {
            case .done: return try act(&state)
            case .thrown(let error): throw error
            case .emptied:
                let value = try act(&state)
                return empty ?? value
            }
        }
    }

    private static func random(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in .random(in: .min ... .max) }
    }
}

extension FakeKeyProtector.State {
    fileprivate func living(_ name: KeyName) throws -> FakeKeyProtector.Key {
        guard let key = keys[name] else { throw KeyRefusal.missing }
        if key.isDead { throw KeyRefusal.invalidated }
        return key
    }

    /// What stands before every use of a key; a biometric gate prompts.
    fileprivate mutating func check(_ name: KeyName, for use: KeyUse) throws {
        let key = try living(name)
        if key.gate == .biometric {
            prompts += 1
            switch person {
            case .accepts: break
            case .cancels: throw KeyRefusal.cancelled
            case .isLockedOut: throw KeyRefusal.lockedOut
            }
        }
        if key.use != use { throw KeyRefusal.unavailable }
    }
}
