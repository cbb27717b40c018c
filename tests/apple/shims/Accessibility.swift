// Of Accessibility, what the iPhone app uses.

// https://developer.apple.com/documentation/accessibility/accessibilitynotification
public enum AccessibilityNotification {
    // https://developer.apple.com/documentation/accessibility/accessibilitynotification/announcement
    public struct Announcement {
        // https://developer.apple.com/documentation/accessibility/accessibilitynotification/announcement/init(_:)
        public init(_ announcement: String) { fatalError() }
        // https://developer.apple.com/documentation/accessibility/accessibilitynotification/announcement/post()
        public func post() { fatalError() }
    }
}
