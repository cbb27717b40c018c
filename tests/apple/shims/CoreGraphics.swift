// Of Core Graphics, what the iPhone app uses.

public import Foundation

// https://developer.apple.com/documentation/corefoundation/cgfloat
public typealias CGFloat = Foundation.CGFloat
// https://developer.apple.com/documentation/corefoundation/cgrect
public typealias CGRect = Foundation.CGRect
// https://developer.apple.com/documentation/coregraphics/cglinecap
public enum CGLineCap: Int32, Sendable {
    // https://developer.apple.com/documentation/coregraphics/cglinecap/butt
    case butt
    // https://developer.apple.com/documentation/coregraphics/cglinecap/round
    case round
}
