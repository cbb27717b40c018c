// Of LocalAuthentication, what the iPhone app uses besides the Apple layer.

extension LAContext {
    // https://developer.apple.com/documentation/localauthentication/lacontext/biometrytype
    public var biometryType: LABiometryType { fatalError() }
}

// https://developer.apple.com/documentation/localauthentication/labiometrytype
public enum LABiometryType: Int, Sendable {
    // https://developer.apple.com/documentation/localauthentication/labiometrytype/none
    case none
    // https://developer.apple.com/documentation/localauthentication/labiometrytype/touchid
    case touchID
    // https://developer.apple.com/documentation/localauthentication/labiometrytype/faceid
    case faceID
}
