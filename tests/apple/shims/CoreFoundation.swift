// Of Core Foundation, what the Apple layer uses. On Apple's systems these types are bridged to Foundation's, and `as`
// goes from one to the other. Here `CFString` is `NSString` and so on: an `as` from Swift's own `String`, `Data` or
// dictionary is needed as there, and one from `NSString` that is missing is not noticed.

@_exported public import Foundation

// https://developer.apple.com/documentation/corefoundation/cfstring
public typealias CFString = NSString

// https://developer.apple.com/documentation/corefoundation/cfdata
public typealias CFData = NSData

// https://developer.apple.com/documentation/corefoundation/cfdictionary
public typealias CFDictionary = NSDictionary

// https://developer.apple.com/documentation/corefoundation/cftyperef
public typealias CFTypeRef = AnyObject

// https://developer.apple.com/documentation/corefoundation/cfindex
public typealias CFIndex = Int

// https://developer.apple.com/documentation/corefoundation/cftypeid
public typealias CFTypeID = UInt

// https://developer.apple.com/documentation/corefoundation/cfgettypeid(_:)
public func CFGetTypeID(_ cf: CFTypeRef!) -> CFTypeID {
    CFTypeID(bitPattern: ObjectIdentifier(type(of: cf as AnyObject)).hashValue)
}

// https://developer.apple.com/documentation/corefoundation/cfallocator
public final class CFAllocator { init() { fatalError() } }

// https://developer.apple.com/documentation/corefoundation/kcfallocatornull
public nonisolated(unsafe) let kCFAllocatorNull: CFAllocator! = nil

// https://developer.apple.com/documentation/corefoundation/cfdatacreatewithbytesnocopy(_:_:_:_:)
public func CFDataCreateWithBytesNoCopy(
    _ allocator: CFAllocator!, _ bytes: UnsafePointer<UInt8>!, _ length: CFIndex, _ bytesDeallocator: CFAllocator!
) -> CFData! { NSData(bytes: bytes, length: length) }

// https://developer.apple.com/documentation/corefoundation/cferror
public typealias CFError = NSError
