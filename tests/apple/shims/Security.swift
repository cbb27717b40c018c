// Of Security, what the layers use, and what Foundation has of its types. What is called goes to the `device`, if there
// is one: `keychain/`.

public import FoundationNetworking

// https://developer.apple.com/documentation/kernel/osstatus
public typealias OSStatus = Int32

// https://developer.apple.com/documentation/security/errsecsuccess
public var errSecSuccess: OSStatus { 0 }

// https://developer.apple.com/documentation/security/errsecparam
public var errSecParam: OSStatus { -50 }

// https://developer.apple.com/documentation/security/errsecitemnotfound
public var errSecItemNotFound: OSStatus { -25_300 }

// https://developer.apple.com/documentation/security/errsecduplicateitem
public var errSecDuplicateItem: OSStatus { -25_299 }

// https://developer.apple.com/documentation/security/errsecdecode
public var errSecDecode: OSStatus { -26_275 }

// https://developer.apple.com/documentation/security/errsecinternalerror
public var errSecInternalError: OSStatus { -67_671 }

// https://developer.apple.com/documentation/security/errsecinvalidkeyref
public var errSecInvalidKeyRef: OSStatus { -67_712 }

// https://developer.apple.com/documentation/security/ksecclass
public nonisolated(unsafe) let kSecClass: CFString = "kSecClass"

// https://developer.apple.com/documentation/security/ksecclasskey
public nonisolated(unsafe) let kSecClassKey: CFString = "kSecClassKey"

// https://developer.apple.com/documentation/security/ksecclassgenericpassword
public nonisolated(unsafe) let kSecClassGenericPassword: CFString = "kSecClassGenericPassword"

// https://developer.apple.com/documentation/security/ksecattraccesscontrol
public nonisolated(unsafe) let kSecAttrAccessControl: CFString = "kSecAttrAccessControl"

// https://developer.apple.com/documentation/security/ksecattraccessgroup
public nonisolated(unsafe) let kSecAttrAccessGroup: CFString = "kSecAttrAccessGroup"

// https://developer.apple.com/documentation/security/ksecattraccessible
public nonisolated(unsafe) let kSecAttrAccessible: CFString = "kSecAttrAccessible"

// https://developer.apple.com/documentation/security/ksecattraccessibleafterfirstunlockthisdeviceonly
public nonisolated(unsafe) let kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly: CFString =
    "kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly"

// https://developer.apple.com/documentation/security/ksecattraccessiblewhenpasscodesetthisdeviceonly
public nonisolated(unsafe) let kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly: CFString =
    "kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly"

// https://developer.apple.com/documentation/security/ksecattraccessiblewhenunlockedthisdeviceonly
public nonisolated(unsafe) let kSecAttrAccessibleWhenUnlockedThisDeviceOnly: CFString =
    "kSecAttrAccessibleWhenUnlockedThisDeviceOnly"

// https://developer.apple.com/documentation/security/ksecattraccount
public nonisolated(unsafe) let kSecAttrAccount: CFString = "kSecAttrAccount"

// https://developer.apple.com/documentation/security/ksecattrapplicationtag
public nonisolated(unsafe) let kSecAttrApplicationTag: CFString = "kSecAttrApplicationTag"

// https://developer.apple.com/documentation/security/ksecattrispermanent
public nonisolated(unsafe) let kSecAttrIsPermanent: CFString = "kSecAttrIsPermanent"

// https://developer.apple.com/documentation/security/ksecattrkeyclass
public nonisolated(unsafe) let kSecAttrKeyClass: CFString = "kSecAttrKeyClass"

// https://developer.apple.com/documentation/security/ksecattrkeyclassprivate
public nonisolated(unsafe) let kSecAttrKeyClassPrivate: CFString = "kSecAttrKeyClassPrivate"

// https://developer.apple.com/documentation/security/ksecattrkeysizeinbits
public nonisolated(unsafe) let kSecAttrKeySizeInBits: CFString = "kSecAttrKeySizeInBits"

// https://developer.apple.com/documentation/security/ksecattrkeytype
public nonisolated(unsafe) let kSecAttrKeyType: CFString = "kSecAttrKeyType"

// https://developer.apple.com/documentation/security/ksecattrkeytypeecsecprimerandom
public nonisolated(unsafe) let kSecAttrKeyTypeECSECPrimeRandom: CFString = "kSecAttrKeyTypeECSECPrimeRandom"

// https://developer.apple.com/documentation/security/ksecattrlabel
public nonisolated(unsafe) let kSecAttrLabel: CFString = "kSecAttrLabel"

// https://developer.apple.com/documentation/security/ksecattrservice
public nonisolated(unsafe) let kSecAttrService: CFString = "kSecAttrService"

// https://developer.apple.com/documentation/security/ksecattrsynchronizable
public nonisolated(unsafe) let kSecAttrSynchronizable: CFString = "kSecAttrSynchronizable"

// https://developer.apple.com/documentation/security/ksecattrtokenid
public nonisolated(unsafe) let kSecAttrTokenID: CFString = "kSecAttrTokenID"

// https://developer.apple.com/documentation/security/ksecattrtokenidsecureenclave
public nonisolated(unsafe) let kSecAttrTokenIDSecureEnclave: CFString = "kSecAttrTokenIDSecureEnclave"

// https://developer.apple.com/documentation/security/ksecmatchlimit
public nonisolated(unsafe) let kSecMatchLimit: CFString = "kSecMatchLimit"

// https://developer.apple.com/documentation/security/ksecmatchlimitall
public nonisolated(unsafe) let kSecMatchLimitAll: CFString = "kSecMatchLimitAll"

// https://developer.apple.com/documentation/security/ksecprivatekeyattrs
public nonisolated(unsafe) let kSecPrivateKeyAttrs: CFString = "kSecPrivateKeyAttrs"

// https://developer.apple.com/documentation/security/ksecreturnattributes
public nonisolated(unsafe) let kSecReturnAttributes: CFString = "kSecReturnAttributes"

// https://developer.apple.com/documentation/security/ksecreturnref
public nonisolated(unsafe) let kSecReturnRef: CFString = "kSecReturnRef"

// https://developer.apple.com/documentation/security/ksecuseauthenticationcontext
public nonisolated(unsafe) let kSecUseAuthenticationContext: CFString = "kSecUseAuthenticationContext"

// https://developer.apple.com/documentation/security/ksecusedataprotectionkeychain
public nonisolated(unsafe) let kSecUseDataProtectionKeychain: CFString = "kSecUseDataProtectionKeychain"

// https://developer.apple.com/documentation/security/ksecvaluedata
public nonisolated(unsafe) let kSecValueData: CFString = "kSecValueData"

// https://developer.apple.com/documentation/security/secitemadd(_:_:)
public func SecItemAdd(_ attributes: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus {
    device.add(attributes)
}

// https://developer.apple.com/documentation/security/secitemcopymatching(_:_:)
public func SecItemCopyMatching(
    _ query: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?
) -> OSStatus {
    device.copyMatching(query, result)
}

// https://developer.apple.com/documentation/security/secitemupdate(_:_:)
public func SecItemUpdate(_ query: CFDictionary, _ attributesToUpdate: CFDictionary) -> OSStatus {
    device.update(query, attributesToUpdate)
}

// https://developer.apple.com/documentation/security/secitemdelete(_:)
public func SecItemDelete(_ query: CFDictionary) -> OSStatus { device.delete(query) }

// https://developer.apple.com/documentation/security/secaccesscontrol
public final class SecAccessControl {
    package let protection: CFString?
    package let flags: SecAccessControlCreateFlags

    package init(protection: CFString?, flags: SecAccessControlCreateFlags) {
        (self.protection, self.flags) = (protection, flags)
    }
}

// https://developer.apple.com/documentation/security/secaccesscontrolcreateflags
public struct SecAccessControlCreateFlags: OptionSet, Sendable {
    // https://developer.apple.com/documentation/swift/rawrepresentable/rawvalue-swift.property
    public let rawValue: CFOptionFlags
    // https://developer.apple.com/documentation/swift/optionset/init(rawvalue:)
    public init(rawValue: CFOptionFlags) { self.rawValue = rawValue }

    // https://developer.apple.com/documentation/security/secaccesscontrolcreateflags/biometrycurrentset
    public static var biometryCurrentSet: Self { Self(rawValue: 1 << 3) }
    // https://developer.apple.com/documentation/security/secaccesscontrolcreateflags/privatekeyusage
    public static var privateKeyUsage: Self { Self(rawValue: 1 << 30) }
}

// https://developer.apple.com/documentation/corefoundation/cfoptionflags
public typealias CFOptionFlags = UInt

// https://developer.apple.com/documentation/security/secaccesscontrolcreatewithflags(_:_:_:_:)
public func SecAccessControlCreateWithFlags(
    _ allocator: CFAllocator?, _ protection: CFTypeRef, _ flags: SecAccessControlCreateFlags,
    _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> SecAccessControl? { SecAccessControl(protection: protection as? CFString, flags: flags) }

// https://developer.apple.com/documentation/security/seckey
public final class SecKey {
    /// Of which pair of keys it is, and whether it is the private one.
    package let pair: Int
    package let isPrivate: Bool
    /// With what the key was looked for.
    package let context: AnyObject?

    package init(pair: Int, isPrivate: Bool, context: AnyObject? = nil) {
        (self.pair, self.isPrivate, self.context) = (pair, isPrivate, context)
    }
}

// https://developer.apple.com/documentation/security/seckeygettypeid()
public func SecKeyGetTypeID() -> CFTypeID { CFTypeID(bitPattern: ObjectIdentifier(SecKey.self).hashValue) }

// https://developer.apple.com/documentation/security/seckeycreaterandomkey(_:_:)
public func SecKeyCreateRandomKey(
    _ parameters: CFDictionary, _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> SecKey? { outcome(device.createKey(parameters), error) }

// https://developer.apple.com/documentation/security/seckeycopypublickey(_:)
public func SecKeyCopyPublicKey(_ key: SecKey) -> SecKey? { device.publicKey(of: key) }

// https://developer.apple.com/documentation/security/seckeyalgorithm
public struct SecKeyAlgorithm: RawRepresentable, Hashable, Sendable {
    // https://developer.apple.com/documentation/swift/rawrepresentable/rawvalue-swift.property
    public let rawValue: String
    // https://developer.apple.com/documentation/swift/rawrepresentable/init(rawvalue:)
    public init(rawValue: String) { self.rawValue = rawValue }

    // https://developer.apple.com/documentation/security/seckeyalgorithm/eciesencryptioncofactorvariableivx963sha256aesgcm
    public static let eciesEncryptionCofactorVariableIVX963SHA256AESGCM = Self(rawValue: "ECIES")
}

// https://developer.apple.com/documentation/security/seckeycreateencrypteddata(_:_:_:_:)
public func SecKeyCreateEncryptedData(
    _ key: SecKey, _ algorithm: SecKeyAlgorithm, _ plaintext: CFData,
    _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> CFData? { outcome(device.encrypt(plaintext, to: key, by: algorithm), error) }

// https://developer.apple.com/documentation/security/seckeycreatedecrypteddata(_:_:_:_:)
public func SecKeyCreateDecryptedData(
    _ key: SecKey, _ algorithm: SecKeyAlgorithm, _ ciphertext: CFData,
    _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> CFData? { outcome(device.decrypt(ciphertext, by: key, algorithm), error) }

// https://developer.apple.com/documentation/security/tls_protocol_version_t
public enum tls_protocol_version_t: UInt16, Sendable {
    // https://developer.apple.com/documentation/security/tls_protocol_version_t/tlsv12
    case TLSv12 = 0x0303
}

extension URLSessionConfiguration {
    // https://developer.apple.com/documentation/foundation/urlsessionconfiguration/tlsminimumsupportedprotocolversion
    public var tlsMinimumSupportedProtocolVersion: tls_protocol_version_t {
        get { fatalError() }
        set { fatalError() }
    }
}
