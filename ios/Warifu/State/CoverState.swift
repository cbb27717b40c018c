/// What lies over a page where somebody else may look.
enum CoverState: Hashable, Sendable {
    /// Nothing.
    case none
    /// The system takes a picture for its list of apps, or asks something.
    case away
    /// The screen is recorded or shared, which is said.
    case captured

    /// The system takes its picture as soon as the app is not in front any more. An app cannot keep a screenshot from being
    /// taken, but it is told of a recording before one is made.
    ///
    /// - Parameters:
    ///   - isActive: Whether the app is in front, and nothing of the system's over it.
    ///   - isCaptured: Whether the screen is recorded or shared.
    init(isActive: Bool, isCaptured: Bool) {
        self = isCaptured ? .captured : isActive ? .none : .away
    }
}
