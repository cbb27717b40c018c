import Foundation
import UIKit
import UniformTypeIdentifiers
import Warifu

/// The clipboard of this device. What is put there is not handed to the person's other devices.
@MainActor
enum Clipboard {
    /// Copies a code. The system takes it off after a while, also if the app is gone by then.
    static func copy(_ code: Code, clearAfter: Duration) {
        put(code.digits, until: Date(timeIntervalSinceNow: clearAfter / .seconds(1)))
    }

    /// Copies what is no secret, such as an ID.
    static func copyPlain(_ text: String) {
        put(text, until: nil)
    }

    private static func put(_ text: String, until end: Date?) {
        var options: [UIPasteboard.OptionsKey: Any] = [.localOnly: true]
        if let end { options[.expirationDate] = end }
        UIPasteboard.general.setItems([[UTType.utf8PlainText.identifier: text]], options: options)
    }
}
