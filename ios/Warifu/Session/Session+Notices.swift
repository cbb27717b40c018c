import Warifu

/// What openings have found besides the codes, until it is made good.
extension Session {
    /// Goes to where something can be done about it.
    func attend(to notice: Notice) {
        switch notice {
        case .pending, .lostBanks: openAdding()
        case .pinCountStays, .brokenLock: openLocks()
        case .unread: break
        }
    }

    /// What is worth a line above the codes.
    func worthALine(of token: Token) async throws(WarifuError) -> [Notice] {
        let slots = try await token.slots.list()
        var notices: [Notice] = []
        if try await pending(of: token) != nil { notices.append(.pending) }
        if found?.pinCountStays == true { notices.append(.pinCountStays) }
        if slots.contains(where: { $0.damage != nil || deadSlots.contains($0.id) }) { notices.append(.brokenLock) }
        if let found, found.keptUnread > 0 { notices.append(.unread) }
        if !markers.lost(hasToken: true).banks.isEmpty { notices.append(.lostBanks) }
        return notices
    }

    /// A PIN was set: there are no wrong tries before it.
    func pinCountIsSetBack() {
        found = found.map { UnlockReport(damagedSlots: $0.damagedSlots, keptUnread: $0.keptUnread) }
    }
}
