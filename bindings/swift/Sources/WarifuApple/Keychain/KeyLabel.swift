package import Foundation

/// What a key's label in the Keychain says about it: its gate, which the Keychain itself does not tell.
package enum KeyLabel: Sendable, Hashable {
    /// Nobody is asked.
    case device
    /// A finger or the face is asked for, of those who were enrolled so.
    case biometric(EnrolledSet)
}

/// Who was enrolled: another value whenever a finger or face is enrolled or removed, and perhaps after a new version of
/// the system. It tells nothing else.
package struct EnrolledSet: Sendable, Hashable {
    package let state: Data

    package init(_ state: Data) {
        self.state = state
    }
}

extension KeyLabel {
    private static let beginning = "biometric "

    /// `nil` of a label that this never made.
    package init?(text: String) {
        if text == Self.device.text {
            self = .device
            return
        }
        guard text.hasPrefix(Self.beginning),
            let state = Data(base64Encoded: String(text.dropFirst(Self.beginning.count)))
        else { return nil }
        self = .biometric(EnrolledSet(state))
    }

    /// As the Keychain keeps it.
    package var text: String {
        switch self {
        case .device: "device"
        case .biometric(let enrolment): Self.beginning + enrolment.state.base64EncodedString()
        }
    }
}
