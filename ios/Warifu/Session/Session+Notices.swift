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
        let pending = try await pending(of: token)
        var notices: [Notice] = []
        if pending != nil { notices.append(.pending) }
        if found?.pinCountStays == true { notices.append(.pinCountStays) }
        if slots.contains(where: { $0.damage != nil || deadSlots.contains($0.id) }) { notices.append(.brokenLock) }
        // An enrolment of a later version is one of them, and has its own line.
        let unread = (found?.keptUnread ?? 0) - (pending == .unreadable ? 1 : 0)
        if unread > 0 { notices.append(.unread) }
        if !markers.lost(hasToken: true).banks.isEmpty { notices.append(.lostBanks) }
        return notices
    }

    /// An enrolment of a later version was given up: there is one record less that cannot be read.
    func unreadableIsGone() {
        found = found.map {
            UnlockReport(
                damagedSlots: $0.damagedSlots, keptUnread: max($0.keptUnread - 1, 0), pinCountStays: $0.pinCountStays)
        }
    }

    /// A PIN was set: there are no wrong tries before it.
    func pinCountIsSetBack() {
        found = found.map { UnlockReport(damagedSlots: $0.damagedSlots, keptUnread: $0.keptUnread) }
    }
}
