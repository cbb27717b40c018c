/// What is worth a line above the codes, besides the time.
enum Notice: Hashable, Sendable {
    /// An enrolment is not finished.
    case pending
    /// The PIN was right, and the count of wrong tries before it stays: a new PIN has none.
    case pinCountStays
    /// A way to open the app is damaged or dead, and another one opened it.
    case brokenLock
    /// A later version of the app has registered what this one cannot show.
    case unread
    /// There are banks of a token before this one that the customer has not registered with anew.
    case lostBanks

    /// What it is.
    var says: TextKey {
        switch self {
        case .pending: .noticePending
        case .pinCountStays: .noticePINCount
        case .brokenLock: .noticeBrokenLock
        case .unread: .noticeUnread
        case .lostBanks: .noticeLostBanks
        }
    }

    /// What the button says that leads to where something can be done; `nil` where nothing can, here.
    var leads: TextKey? {
        switch self {
        case .pending, .lostBanks: .noticeLook
        case .pinCountStays, .brokenLock: .noticeLock
        case .unread: nil
        }
    }
}
