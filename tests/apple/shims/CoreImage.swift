// Of Core Image, what the iPhone app uses.

@_exported public import CoreGraphics
public import Foundation

// https://developer.apple.com/documentation/coreimage/ciimage
open class CIImage: NSObject {
    // https://developer.apple.com/documentation/coreimage/ciimage/init(data:)
    public init?(data: Data) { fatalError() }
    // https://developer.apple.com/documentation/coreimage/ciimage/extent
    open var extent: CGRect { fatalError() }
}
// https://developer.apple.com/documentation/coreimage/cicontext
open class CIContext: NSObject {}
// https://developer.apple.com/documentation/coreimage/cidetector
open class CIDetector: NSObject {
    // https://developer.apple.com/documentation/coreimage/cidetector/init(oftype:context:options:)
    public init?(ofType type: String, context: CIContext?, options: [String: Any]? = nil) { fatalError() }
    // https://developer.apple.com/documentation/coreimage/cidetector/features(in:)
    open func features(in image: CIImage) -> [CIFeature] { fatalError() }
}
// https://developer.apple.com/documentation/coreimage/cifeature
open class CIFeature: NSObject {}
// https://developer.apple.com/documentation/coreimage/ciqrcodefeature
open class CIQRCodeFeature: CIFeature {
    // https://developer.apple.com/documentation/coreimage/ciqrcodefeature/messagestring
    open var messageString: String? { fatalError() }
}
// https://developer.apple.com/documentation/coreimage/cidetectortypeqrcode
public var CIDetectorTypeQRCode: String { fatalError() }
// https://developer.apple.com/documentation/coreimage/cidetectoraccuracy
public var CIDetectorAccuracy: String { fatalError() }
// https://developer.apple.com/documentation/coreimage/cidetectoraccuracyhigh
public var CIDetectorAccuracyHigh: String { fatalError() }
