internal import Warifu

/// A number for each vault, in the *name* of a Keychain item, where putting an app's files back does not reach. The item
/// says nothing else. It blocks.
///
/// Two processes that raise it at once each add an item, so neither can lower what the other has done.
struct Anchors: Sendable {
    private let calls: any SecurityCalls
    private let service: String

    init(calls: any SecurityCalls, service: String) {
        self.calls = calls
        self.service = "\(service).anchor"
    }

    /// The greatest: where a raise was cut short there are two.
    func read(_ vault: VaultID) throws -> UInt64? {
        try generations(of: vault).max()
    }

    /// The new one is there before the old ones go.
    func raise(_ vault: VaultID, to generation: UInt64) throws {
        let kept = try generations(of: vault)
        let newest = max(generation, kept.max() ?? generation)
        if !kept.contains(newest) {
            let item = MarkItem(
                service: service, account: account(vault, newest), availability: .afterFirstUnlock)
            try calls.addItem(item)
            guard try generations(of: vault).contains(newest) else { throw KeyRefusal.unavailable }
        }
        for old in kept where old < newest {
            try calls.deleteItem(service: service, account: account(vault, old))
        }
    }

    /// Deletes those of every vault, and says whether there was one.
    func clear() throws -> Bool {
        let accounts = try calls.accounts(ofService: service)
        for account in accounts { try calls.deleteItem(service: service, account: account) }
        return !accounts.isEmpty
    }

    private func generations(of vault: VaultID) throws -> [UInt64] {
        try calls.accounts(ofService: service).compactMap { account in
            let parts = account.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0] == vault.rawValue else { return nil }
            return UInt64(parts[1])
        }
    }

    private func account(_ vault: VaultID, _ generation: UInt64) -> String { "\(vault.rawValue).\(generation)" }
}
