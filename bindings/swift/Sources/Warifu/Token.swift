import Foundation
public import WarifuFFI

/// A software token: one vault, locked or unlocked.
///
/// ```swift
/// let token = try await Token.open(at: file, protector: keychain)
/// try await token.unlock(.biometric)
/// for try await screen in token.screens {
///     draw(screen)
/// }
/// ```
///
/// Use it from any thread and any task. What takes long runs on threads of its own: neither the main thread nor the
/// threads that tasks share wait for Argon2 or the disk. ``screen()`` reads memory alone and never waits for anything.
///
/// Calls are not queued. Of two unlocks, two changes of slots, two enrolments or two synchronisations, the newer one begins at once, and the
/// older one fails with ``WarifuError/Reason/flow(_:)``; an unlock by passphrase whose Argon2 has begun ends first. If a
/// call's task is cancelled while the key store, the network or a person is waited for, the call ends at once with
/// ``WarifuError/Reason/cancelled``; a write or an Argon2 that has begun ends first, and the call tells what came of it.
public final class Token: Sendable {
    package let clock: any DeviceClock
    let changes = Changes()
    let automaticSync: AutomaticSync
    private let errands: Errands
    private let state: Locked<State>

    private struct State {
        /// `nil` once closed.
        var core: WarifuFFI.Token?
        /// Of the newest flow of each kind.
        var standings: [FlowKind: Standing] = [:]
    }

    /// Flows of one kind overtake each other.
    enum FlowKind: Sendable {
        case unlock
        case slots
        case anchor
        case enrolment
        case sync
    }

    init(_ core: WarifuFFI.Token, errands: Errands, clock: any DeviceClock, syncsTime: Bool) {
        state = Locked(State(core: core))
        self.errands = errands
        self.clock = clock
        automaticSync = AutomaticSync(isOn: syncsTime)
    }

    // MARK: - Making and opening

    /// Makes a new vault that a passphrase opens.
    ///
    /// - Parameters:
    ///   - file: Where; nothing may be there yet. Keep it out of backups.
    ///   - passphrase: 8 characters or more, in UTF-8.
    ///   - cost: What a guess at it costs; tests alone have a reason to give one.
    ///   - protector: The platform's key store, for slots that are added later.
    ///   - transport: The way to a bank's token service.
    ///   - clock: The device's clocks.
    ///   - syncsTime: Whether the bank's time is asked for by itself while somebody looks at ``screens``.
    /// - Returns: The token, unlocked.
    /// - Throws: ``WarifuError/Reason/alreadyExists``, ``WarifuError/Reason/passphrase(_:)``,
    ///   ``WarifuError/Reason/disk(_:_:)``.
    public static func create(
        at file: URL, passphrase: SecretBytes, cost: Argon2Cost? = nil, protector: (any KeyProtector)? = nil,
        transport: any HTTPTransport = URLSessionTransport(), clock: any DeviceClock = SystemClock(),
        syncsTime: Bool = true
    ) async throws(WarifuError) -> Token {
        try await create(
            at: file, passphrase: passphrase, cost: cost, protector: protector, transport: transport, clock: clock,
            syncsTime: syncsTime, hold: nil)
    }

    /// Makes a new vault that this device opens without a prompt. A bank's policy may demand
    /// more: add a PIN or biometrics, then remove this slot.
    ///
    /// - Parameters:
    ///   - file: Where; nothing may be there yet. Keep it out of backups.
    ///   - protector: The platform's key store.
    ///   - transport: The way to a bank's token service.
    ///   - clock: The device's clocks.
    ///   - syncsTime: Whether the bank's time is asked for by itself while somebody looks at ``screens``.
    /// - Returns: The token, unlocked.
    /// - Throws: ``WarifuError/Reason/alreadyExists``, ``WarifuError/Reason/keyStore(_:)``,
    ///   ``WarifuError/Reason/disk(_:_:)``.
    public static func createOnDevice(
        at file: URL, protector: any KeyProtector, transport: any HTTPTransport = URLSessionTransport(),
        clock: any DeviceClock = SystemClock(), syncsTime: Bool = true
    ) async throws(WarifuError) -> Token {
        try await createOnDevice(
            at: file, protector: protector, transport: transport, clock: clock, syncsTime: syncsTime, hold: nil)
    }

    /// Finds the vault.
    ///
    /// - Parameters:
    ///   - file: Where it is.
    ///   - protector: The platform's key store; without one only a passphrase opens the vault.
    ///   - transport: The way to a bank's token service.
    ///   - clock: The device's clocks.
    ///   - syncsTime: Whether the bank's time is asked for by itself while somebody looks at ``screens``.
    /// - Returns: The token, locked.
    /// - Throws: ``WarifuError/Reason/notFound``, ``WarifuError/Reason/notAVault``,
    ///   ``WarifuError/Reason/unsupportedVersion(found:)``, ``WarifuError/Reason/corrupt(_:)``.
    public static func open(
        at file: URL, protector: (any KeyProtector)? = nil, transport: any HTTPTransport = URLSessionTransport(),
        clock: any DeviceClock = SystemClock(), syncsTime: Bool = true
    ) async throws(WarifuError) -> Token {
        try await open(
            at: file, protector: protector, transport: transport, clock: clock, syncsTime: syncsTime, hold: nil)
    }

    /// What an `otpauth://` link would add, without its seed: enough to ask the customer.
    ///
    /// - Throws: ``WarifuError/Reason/link(_:)``.
    public static func preview(of link: SecretBytes) throws(WarifuError) -> Preview {
        try translated { Preview(try WarifuFFI.preview(uri: link)) }
    }

    /// Whom an enrolment link would enrol with, without its activation code: enough to ask the customer.
    ///
    /// - Throws: ``WarifuError/Reason/enrolmentLink(_:)``, ``WarifuError/Reason/activationCode(_:)``.
    public static func preview(ofEnrolment link: SecretBytes) throws(WarifuError) -> EnrolmentPreview {
        try translated { EnrolmentPreview(try WarifuFFI.previewEnrolment(link: link)) }
    }

    // MARK: - Unlocking and locking

    /// Opens the vault and checks every part of it.
    ///
    /// The vault is open before the last errands, which delete keys that no slot needs any more. So a call that ends with
    /// ``WarifuError/Reason/cancelled`` or ``WarifuError/Reason/flow(_:)`` may have opened it: ask ``isUnlocked``.
    ///
    /// After some wrong PINs the next try has to wait, up to an hour, as ``WarifuError/Reason/wrongPIN(triesLeft:wait:)``
    /// said: a call with a PIN sleeps the rest of it first, and ends when its task is cancelled or another way is tried. With
    /// `.pin(pin, waits: false)` it says how long that is instead, in a new process too.
    ///
    /// The bytes in `way` stay the caller's, who wipes them.
    ///
    /// - Returns: What was found besides the entries.
    /// - Throws: ``WarifuError/Reason/wrongPIN(triesLeft:wait:)``, ``WarifuError/Reason/pinMustWait(_:)``,
    ///   ``WarifuError/Reason/wrongPassphrase``,
    ///   ``WarifuError/Reason/keyInvalidated(_:)``, ``WarifuError/Reason/keyStore(_:)``,
    ///   ``WarifuError/Reason/corrupt(_:)``; ``WarifuError/Reason/locked`` if a lock came meanwhile.
    @discardableResult
    public func unlock(_ way: Unlock) async throws(WarifuError) -> UnlockReport {
        let report: WarifuFFI.UnlockReport
        if case .passphrase(let passphrase) = way {
            // It is no flow. One that begins, and is let go, makes an older unlock stale all the same.
            _ = try overtake(.unlock) { core, now in try core.unlockWith(way: .device, now: now) }
            report = try await write { core in try core.unlock(passphrase: passphrase) }
        } else {
            let waits = if case .pin(_, let waits) = way { waits } else { true }
            let outcome = try await flow(.unlock, waits: waits) { core, now in
                try core.unlockWith(way: way.core, now: now)
            }
            guard case .unlocked(let found) = outcome else { throw .internal }
            report = found
        }
        return UnlockReport(report)
    }

    /// Forgets the vault's key, and ends every call that waits for the key store, with its prompt.
    ///
    /// - Throws: ``WarifuError/Reason/closed``.
    public func lock() throws(WarifuError) {
        guard endAll(closing: false) else { throw .closed }
    }

    /// Locks the token and lets it go. Every later use throws ``WarifuError/Reason/closed``, and its screens end.
    /// Closing it again is fine; a token whose last reference goes is closed by that.
    public func close() {
        endAll(closing: true)
    }

    /// Whether codes can be made.
    public var isUnlocked: Bool {
        get throws(WarifuError) { try core().isUnlocked() }
    }

    // MARK: - What there is to draw

    /// All that there is to draw now. It reads memory alone and waits for nothing, so it may be called on the main
    /// thread; draw the first frame after the app was away from it.
    ///
    /// - Throws: ``WarifuError/Reason/clockTooEarly(wall:)``, ``WarifuError/Reason/clockTooLate(wall:)``. While locked
    ///   the answer is a screen that says so.
    public func screen() throws(WarifuError) -> Screen {
        let core = try core()
        var screen: Screen
        var looks = 0
        // The process may have been stopped between the clock and here; then the screen is made anew.
        repeat {
            let now = clock.now.core
            screen = try translated { Screen(try core.screen(now: now)) }
            looks += 1
        } while screen.isOver(at: clock.now.uptime) && looks < 3
        return screen
    }

    /// The screens from now on: the first at once, then one whenever something on it changes.
    public var screens: Screens { Screens(token: self) }

    // MARK: - Its parts

    /// The credentials: add, rename, remove, and the HOTP button.
    public var entries: Entries { Entries(token: self) }

    /// Credentials from a bank's token service.
    public var enrolment: Enrolment { Enrolment(token: self) }

    /// The bank's time.
    public var time: TimeSync { TimeSync(token: self) }

    /// The ways to open the vault.
    public var slots: Slots { Slots(token: self) }

    // MARK: - Its file

    /// Takes in what another process wrote.
    ///
    /// - Returns: Whether anything changed.
    /// - Throws: ``WarifuError/Reason/locked``, ``WarifuError/Reason/rolledBack``, ``WarifuError/Reason/replaced``,
    ///   ``WarifuError/Reason/corrupt(_:)``.
    @discardableResult
    public func refresh() async throws(WarifuError) -> Bool {
        try await write { core in try core.refresh() }
    }

    /// Has the key store keep the vault's generation, so that an older file is noticed. Run it after each change; a
    /// change that was not anchored is made good at the next unlock.
    ///
    /// - Throws: ``WarifuError/Reason/keyStore(_:)``, ``WarifuError/Reason/locked``,
    ///   ``WarifuError/Reason/rolledBack``.
    public func anchor() async throws(WarifuError) {
        _ = try await flow(.anchor) { core, now in try core.anchor(now: now) }
    }

    /// What a backup may hold.
    ///
    /// - Throws: ``WarifuError/Reason/locked``.
    public func marker() async throws(WarifuError) -> Marker {
        try await work { core in Marker(try core.marker()) }
    }

    // MARK: - Within the package

    /// Calls the core on a thread of our own.
    func work<Value: Sendable>(
        _ call: @escaping @Sendable (WarifuFFI.Token) throws -> Value
    ) async throws(WarifuError) -> Value {
        let core = try core()
        return try await Worker.run { try call(core) }
    }

    /// As ``work(_:)``, for what may change a screen. It may have done so also if it fails: each call that writes takes in
    /// first what another process wrote.
    func write<Value: Sendable>(
        _ call: @escaping @Sendable (WarifuFFI.Token) throws -> Value
    ) async throws(WarifuError) -> Value {
        defer { changes.note() }
        return try await work(call)
    }

    /// Begins a flow, ends the rest of the one of its kind before it, and drives it to its end.
    func flow(
        _ kind: FlowKind, waits: Bool = true,
        _ begin: (WarifuFFI.Token, WarifuFFI.DeviceTime) throws -> WarifuFFI.Flow
    ) async throws(WarifuError) -> WarifuFFI.Outcome {
        let (flow, standing) = try overtake(kind, begin)
        // As with a write, and an unlock has opened the vault before its last errands: also if it fails or is cancelled.
        defer { changes.note() }
        return try await run(flow, standing: standing, waits: waits)
    }

    /// Begins a flow and ends the rest of the one of its kind before it.
    func overtake(
        _ kind: FlowKind,
        _ begin: (WarifuFFI.Token, WarifuFFI.DeviceTime) throws -> WarifuFFI.Flow
    ) throws(WarifuError) -> (WarifuFFI.Flow, Standing) {
        if Task.isCancelled { throw .cancelled }
        let standing = Standing()
        let now = clock.now.core
        // Under one lock, so that the newest here is the newest in the core.
        let begun = state { state in
            Result { () throws(WarifuError) in
                guard let core = state.core else { throw WarifuError.closed }
                let flow = try translated { try begin(core, now) }
                return (flow, state.standings.updateValue(standing, forKey: kind))
            }
        }
        let (flow, before) = try begun.get()
        before?.end()
        return (flow, standing)
    }

    func run(
        _ flow: WarifuFFI.Flow, standing: Standing, waits: Bool = true
    ) async throws(WarifuError) -> WarifuFFI.Outcome {
        try await FlowLoop(flow: flow, standing: standing, errands: errands, clock: clock, waits: waits).run()
    }

    /// That of the newest flow of the kind.
    func standing(of kind: FlowKind) -> Standing? {
        state { $0.standings[kind] }
    }

    func core() throws(WarifuError) -> WarifuFFI.Token {
        guard let core = state({ $0.core }) else { throw .closed }
        return core
    }

    /// Whether the token was open. A flow begins before or after, and is ended or not accordingly.
    @discardableResult
    private func endAll(closing: Bool) -> Bool {
        let ended: [Standing]? = state { state in
            guard let core = state.core else { return nil }
            core.lock()
            if closing { state.core = nil }
            defer { state.standings = [:] }
            return Array(state.standings.values)
        }
        guard let ended else { return false }
        for standing in ended { standing.end() }
        changes.note()
        return true
    }

    deinit {
        close()
    }
}
