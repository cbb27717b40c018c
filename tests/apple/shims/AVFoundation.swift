// Of AVFoundation, what the iPhone app uses. None of its classes is `Sendable` here: who shares one must say why that is
// right.

public import Dispatch
public import Foundation
public import UIKit

// https://developer.apple.com/documentation/avfoundation/avmediatype
public struct AVMediaType: Hashable, Sendable {
    // https://developer.apple.com/documentation/avfoundation/avmediatype/video
    public static let video = AVMediaType()
}
// https://developer.apple.com/documentation/avfoundation/avauthorizationstatus
public enum AVAuthorizationStatus: Int, Sendable {
    // https://developer.apple.com/documentation/avfoundation/avauthorizationstatus/notdetermined
    case notDetermined
    // https://developer.apple.com/documentation/avfoundation/avauthorizationstatus/restricted
    case restricted
    // https://developer.apple.com/documentation/avfoundation/avauthorizationstatus/denied
    case denied
    // https://developer.apple.com/documentation/avfoundation/avauthorizationstatus/authorized
    case authorized
}
// https://developer.apple.com/documentation/avfoundation/avcapturedevice
open class AVCaptureDevice: NSObject {
    // https://developer.apple.com/documentation/avfoundation/avcapturedevice/authorizationstatus(for:)
    open class func authorizationStatus(for mediaType: AVMediaType) -> AVAuthorizationStatus { fatalError() }
    // https://developer.apple.com/documentation/avfoundation/avcapturedevice/requestaccess(for:completionhandler:)
    open class func requestAccess(for mediaType: AVMediaType) async -> Bool { fatalError() }
    // https://developer.apple.com/documentation/avfoundation/avcapturedevice/default(_:for:position:)
    open class func `default`(_ deviceType: DeviceType, for mediaType: AVMediaType?, position: Position) -> AVCaptureDevice? {
        fatalError()
    }
    // https://developer.apple.com/documentation/avfoundation/avcapturedevice/devicetype-swift.struct
    public struct DeviceType: Hashable, Sendable {
        // https://developer.apple.com/documentation/avfoundation/avcapturedevice/devicetype-swift.struct/builtinwideanglecamera
        public static let builtInWideAngleCamera = DeviceType()
    }
    // https://developer.apple.com/documentation/avfoundation/avcapturedevice/position-swift.enum
    public enum Position: Int, Sendable {
        // https://developer.apple.com/documentation/avfoundation/avcapturedevice/position-swift.enum/back
        case back = 1
    }
}
extension AVCaptureDevice {
    // https://developer.apple.com/documentation/avfoundation/avcapturedevice/rotationcoordinator
    open class RotationCoordinator: NSObject {
        // https://developer.apple.com/documentation/avfoundation/avcapturedevice/rotationcoordinator/init(device:previewlayer:)
        public init(device: AVCaptureDevice, previewLayer: CALayer?) { fatalError() }
        // https://developer.apple.com/documentation/avfoundation/avcapturedevice/rotationcoordinator/videorotationangleforhorizonlevelpreview
        open var videoRotationAngleForHorizonLevelPreview: CGFloat { fatalError() }
        // Not of this class alone: Foundation on Linux has no observation of keys.
        // https://developer.apple.com/documentation/swift/using-key-value-observing-in-swift
        public func observe<Value>(
            _ keyPath: KeyPath<RotationCoordinator, Value>, options: NSKeyValueObservingOptions = [],
            changeHandler: @escaping @Sendable (RotationCoordinator, NSKeyValueObservedChange<Value>) -> Void
        ) -> NSKeyValueObservation { fatalError() }
    }
}
// https://developer.apple.com/documentation/foundation/nskeyvalueobservation
public final class NSKeyValueObservation: NSObject {}
// https://developer.apple.com/documentation/foundation/nskeyvalueobservedchange
public struct NSKeyValueObservedChange<Value> {
    // https://developer.apple.com/documentation/foundation/nskeyvalueobservedchange/newvalue
    public let newValue: Value?
}
// https://developer.apple.com/documentation/foundation/nskeyvalueobservingoptions
public struct NSKeyValueObservingOptions: OptionSet, Sendable {
    // https://developer.apple.com/documentation/swift/rawrepresentable/rawvalue-swift.property
    public let rawValue: UInt
    // https://developer.apple.com/documentation/swift/optionset/init(rawvalue:)
    public init(rawValue: UInt) { fatalError() }
    // https://developer.apple.com/documentation/foundation/nskeyvalueobservingoptions/new
    public static let new = NSKeyValueObservingOptions(rawValue: 1)
}
// https://developer.apple.com/documentation/avfoundation/avcaptureinput
open class AVCaptureInput: NSObject {}
// https://developer.apple.com/documentation/avfoundation/avcapturedeviceinput
open class AVCaptureDeviceInput: AVCaptureInput {
    // https://developer.apple.com/documentation/avfoundation/avcapturedeviceinput/init(device:)
    public init(device: AVCaptureDevice) throws { fatalError() }
}
// https://developer.apple.com/documentation/avfoundation/avcaptureoutput
open class AVCaptureOutput: NSObject {}
// https://developer.apple.com/documentation/avfoundation/avcaptureconnection
open class AVCaptureConnection: NSObject {
    // https://developer.apple.com/documentation/avfoundation/avcaptureconnection/isvideorotationanglesupported(_:)
    open func isVideoRotationAngleSupported(_ videoRotationAngle: CGFloat) -> Bool { fatalError() }
    // https://developer.apple.com/documentation/avfoundation/avcaptureconnection/videorotationangle
    open var videoRotationAngle: CGFloat {
        get { fatalError() }
        set { fatalError() }
    }
}
// https://developer.apple.com/documentation/avfoundation/avcapturemetadataoutput
open class AVCaptureMetadataOutput: AVCaptureOutput {
    // https://developer.apple.com/documentation/objectivec/nsobject-swift.class/init()
    public override init() { fatalError() }
    // https://developer.apple.com/documentation/avfoundation/avcapturemetadataoutput/availablemetadataobjecttypes
    open var availableMetadataObjectTypes: [AVMetadataObject.ObjectType] { fatalError() }
    // https://developer.apple.com/documentation/avfoundation/avcapturemetadataoutput/metadataobjecttypes
    open var metadataObjectTypes: [AVMetadataObject.ObjectType]! {
        get { fatalError() }
        set { fatalError() }
    }
    // https://developer.apple.com/documentation/avfoundation/avcapturemetadataoutput/setmetadataobjectsdelegate(_:queue:)
    open func setMetadataObjectsDelegate(
        _ objectsDelegate: (any AVCaptureMetadataOutputObjectsDelegate)?, queue: DispatchQueue?
    ) { fatalError() }
}
// https://developer.apple.com/documentation/avfoundation/avcapturemetadataoutputobjectsdelegate
public protocol AVCaptureMetadataOutputObjectsDelegate: AnyObject {
    // https://developer.apple.com/documentation/avfoundation/avcapturemetadataoutputobjectsdelegate/metadataoutput(_:didoutput:from:)
    func metadataOutput(
        _ output: AVCaptureMetadataOutput, didOutput metadataObjects: [AVMetadataObject],
        from connection: AVCaptureConnection)
}
// https://developer.apple.com/documentation/avfoundation/avmetadataobject
open class AVMetadataObject: NSObject {
    // https://developer.apple.com/documentation/avfoundation/avmetadataobject/objecttype
    public struct ObjectType: Hashable, Sendable {
        // https://developer.apple.com/documentation/avfoundation/avmetadataobject/objecttype/qr
        public static let qr = ObjectType()
    }
}
// https://developer.apple.com/documentation/avfoundation/avmetadatamachinereadablecodeobject
open class AVMetadataMachineReadableCodeObject: AVMetadataObject {
    // https://developer.apple.com/documentation/avfoundation/avmetadatamachinereadablecodeobject/stringvalue
    open var stringValue: String? { fatalError() }
}
// https://developer.apple.com/documentation/avfoundation/avcapturesession
open class AVCaptureSession: NSObject {
    // https://developer.apple.com/documentation/objectivec/nsobject-swift.class/init()
    public override init() { fatalError() }
    // https://developer.apple.com/documentation/avfoundation/avcapturesession/beginconfiguration()
    open func beginConfiguration() { fatalError() }
    // https://developer.apple.com/documentation/avfoundation/avcapturesession/commitconfiguration()
    open func commitConfiguration() { fatalError() }
    // https://developer.apple.com/documentation/avfoundation/avcapturesession/canaddinput(_:)
    open func canAddInput(_ input: AVCaptureInput) -> Bool { fatalError() }
    // https://developer.apple.com/documentation/avfoundation/avcapturesession/addinput(_:)
    open func addInput(_ input: AVCaptureInput) { fatalError() }
    // https://developer.apple.com/documentation/avfoundation/avcapturesession/canaddoutput(_:)
    open func canAddOutput(_ output: AVCaptureOutput) -> Bool { fatalError() }
    // https://developer.apple.com/documentation/avfoundation/avcapturesession/addoutput(_:)
    open func addOutput(_ output: AVCaptureOutput) { fatalError() }
    // https://developer.apple.com/documentation/avfoundation/avcapturesession/isrunning
    open var isRunning: Bool { fatalError() }
    // https://developer.apple.com/documentation/avfoundation/avcapturesession/startrunning()
    open func startRunning() { fatalError() }
    // https://developer.apple.com/documentation/avfoundation/avcapturesession/stoprunning()
    open func stopRunning() { fatalError() }
}
// https://developer.apple.com/documentation/avfoundation/avlayervideogravity
public struct AVLayerVideoGravity: Hashable, Sendable {
    // https://developer.apple.com/documentation/avfoundation/avlayervideogravity/resizeaspectfill
    public static let resizeAspectFill = AVLayerVideoGravity()
}
// https://developer.apple.com/documentation/avfoundation/avcapturevideopreviewlayer
open class AVCaptureVideoPreviewLayer: CALayer {
    // https://developer.apple.com/documentation/avfoundation/avcapturevideopreviewlayer/connection
    open var connection: AVCaptureConnection? { fatalError() }
    // https://developer.apple.com/documentation/avfoundation/avcapturevideopreviewlayer/session
    open var session: AVCaptureSession? {
        get { fatalError() }
        set { fatalError() }
    }
    // https://developer.apple.com/documentation/avfoundation/avcapturevideopreviewlayer/videogravity
    open var videoGravity: AVLayerVideoGravity {
        get { fatalError() }
        set { fatalError() }
    }
}
