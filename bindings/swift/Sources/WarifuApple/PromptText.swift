/// What a prompt for a finger or the face says.
///
/// The system shows it for Touch ID, and on a Mac. For Face ID it shows the text of `NSFaceIDUsageDescription` the first
/// time, which an app must have in its `Info.plist`, and none of these words.
public struct PromptText: Sendable, Hashable {
    /// Why the person is asked, as the end of a sentence that begins with the app's name: "open your token". Not empty.
    public var reason: String
    /// The button that ends it, like "Use the PIN"; the system's own word if `nil`.
    public var cancel: String?

    /// What it says.
    public init(reason: String, cancel: String? = nil) {
        self.reason = reason
        self.cancel = cancel
    }
}
