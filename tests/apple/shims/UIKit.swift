// Of UIKit and QuartzCore, what the iPhone app uses.

public import Foundation

// https://developer.apple.com/documentation/uikit/uiview
@MainActor
open class UIView: NSObject {
    public init(frame: CGRect) { fatalError() }
    // https://developer.apple.com/documentation/uikit/uiview/layerclass
    open class var layerClass: AnyClass { fatalError() }
    // https://developer.apple.com/documentation/uikit/uiview/layer
    open var layer: CALayer { fatalError() }
    // https://developer.apple.com/documentation/uikit/uiview/layoutsubviews()
    open func layoutSubviews() { fatalError() }
    // https://developer.apple.com/documentation/uikit/uiview/window
    open var window: UIWindow? { fatalError() }
}
// https://developer.apple.com/documentation/uikit/uiwindow
@MainActor
open class UIWindow: UIView {
    // https://developer.apple.com/documentation/uikit/uiwindow/windowscene
    open var windowScene: UIWindowScene? {
        get { fatalError() }
        set { fatalError() }
    }
}
// https://developer.apple.com/documentation/uikit/uiwindowscene
@MainActor
open class UIWindowScene: NSObject {
    // https://developer.apple.com/documentation/uikit/uiwindowscene/interfaceorientation
    open var interfaceOrientation: UIInterfaceOrientation { fatalError() }
}
// https://developer.apple.com/documentation/uikit/uiinterfaceorientation
public enum UIInterfaceOrientation: Int, Sendable {
    // https://developer.apple.com/documentation/uikit/uiinterfaceorientation/unknown
    case unknown = 0
    // https://developer.apple.com/documentation/uikit/uiinterfaceorientation/portrait
    case portrait = 1
    // https://developer.apple.com/documentation/uikit/uiinterfaceorientation/portraitupsidedown
    case portraitUpsideDown = 2
    // https://developer.apple.com/documentation/uikit/uiinterfaceorientation/landscaperight
    case landscapeRight = 3
    // https://developer.apple.com/documentation/uikit/uiinterfaceorientation/landscapeleft
    case landscapeLeft = 4
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
        public let rawValue: String
        public init(rawValue: String) { fatalError() }
        // https://developer.apple.com/documentation/uikit/uipasteboard/optionskey/localonly
        public static let localOnly = OptionsKey(rawValue: "")
        // https://developer.apple.com/documentation/uikit/uipasteboard/optionskey/expirationdate
        public static let expirationDate = OptionsKey(rawValue: "")
    }
}
