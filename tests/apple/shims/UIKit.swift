// Of UIKit and QuartzCore, what the iPhone app uses.

public import Foundation

// https://developer.apple.com/documentation/uikit/uiview
@MainActor
open class UIView: NSObject {
    // https://developer.apple.com/documentation/uikit/uiview/init(frame:)
    public init(frame: CGRect) { fatalError() }
    // https://developer.apple.com/documentation/uikit/uiview/layerclass
    open class var layerClass: AnyClass { fatalError() }
    // https://developer.apple.com/documentation/uikit/uiview/layer
    open var layer: CALayer { fatalError() }
}
// https://developer.apple.com/documentation/quartzcore/calayer
open class CALayer: NSObject {}
// https://developer.apple.com/documentation/uikit/uidevice
@MainActor
open class UIDevice: NSObject {
    // https://developer.apple.com/documentation/uikit/uidevice/current
    open class var current: UIDevice { fatalError() }
    // https://developer.apple.com/documentation/uikit/uidevice/systemversion
    open var systemVersion: String { fatalError() }
    // https://developer.apple.com/documentation/uikit/uidevice/model
    open var model: String { fatalError() }
}
// https://developer.apple.com/documentation/uikit/uiapplication
@MainActor
open class UIApplication: NSObject {
    // https://developer.apple.com/documentation/uikit/uiapplication/opensettingsurlstring
    public nonisolated class var openSettingsURLString: String { fatalError() }
    // https://developer.apple.com/documentation/uikit/uiapplication/userdidtakescreenshotnotification
    public nonisolated class var userDidTakeScreenshotNotification: Notification.Name { fatalError() }
}
// https://developer.apple.com/documentation/uikit/uikeyboardtype
public enum UIKeyboardType: Int, Sendable {
    // https://developer.apple.com/documentation/uikit/uikeyboardtype/url
    case URL = 3
    // https://developer.apple.com/documentation/uikit/uikeyboardtype/numberpad
    case numberPad = 4
}
// https://developer.apple.com/documentation/uikit/uipasteboard
@MainActor
open class UIPasteboard: NSObject {
    // https://developer.apple.com/documentation/uikit/uipasteboard/general
    open class var general: UIPasteboard { fatalError() }
    // https://developer.apple.com/documentation/uikit/uipasteboard/setitems(_:options:)
    open func setItems(_ items: [[String: Any]], options: [OptionsKey: Any] = [:]) { fatalError() }
    // https://developer.apple.com/documentation/uikit/uipasteboard/optionskey
    public struct OptionsKey: Hashable, RawRepresentable, Sendable {
        // https://developer.apple.com/documentation/swift/rawrepresentable/rawvalue-swift.property
        public let rawValue: String
        // https://developer.apple.com/documentation/swift/rawrepresentable/init(rawvalue:)
        public init(rawValue: String) { fatalError() }
        // https://developer.apple.com/documentation/uikit/uipasteboard/optionskey/localonly
        public static let localOnly = OptionsKey(rawValue: "")
        // https://developer.apple.com/documentation/uikit/uipasteboard/optionskey/expirationdate
        public static let expirationDate = OptionsKey(rawValue: "")
    }
}
