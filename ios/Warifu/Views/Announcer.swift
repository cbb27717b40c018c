import Accessibility

/// What VoiceOver says by itself, when something has changed that a person waits for.
enum Announcer {
    /// Says it.
    @MainActor static func say(_ text: String) {
        AccessibilityNotification.Announcement(text).post()
    }
}
