// Of LocalAuthentication, what the Apple layer uses.

public import Foundation

// https://developer.apple.com/documentation/localauthentication/lacontext
// Not `Sendable` here, whatever an SDK says: so who shares one must say why that is right.
open class LAContext: NSObject {
    // https://developer.apple.com/documentation/objectivec/nsobject-swift.class/init()
    public override init() {}
    package var isInvalid = false

    // https://developer.apple.com/documentation/localauthentication/lacontext/canevaluatepolicy(_:error:)
    open func canEvaluatePolicy(_ policy: LAPolicy, error: UnsafeMutablePointer<NSError?>?) -> Bool {
        if case .failure(let code) = sensor {
            error?.pointee = NSError(domain: "com.apple.LocalAuthentication", code: code.rawValue)
        }
        return evaluatedPolicyDomainState != nil
    }

    // https://developer.apple.com/documentation/localauthentication/lacontext/evaluatepolicy(_:localizedreason:reply:)
    open func evaluatePolicy(
        _ policy: LAPolicy, localizedReason: String, reply: @escaping @Sendable (Bool, (any Error)?) -> Void
    ) {
        let answer: (isSame: Bool, error: NSError?)
        if isInvalid {
            answer = (false, NSError(domain: "com.apple.LocalAuthentication", code: -10))
        } else if case .failure(let code) = sensor {
            answer = (false, NSError(domain: "com.apple.LocalAuthentication", code: code.rawValue))
        } else {
            answer = (true, nil)
        }
        Thread.detachNewThread { reply(answer.isSame, answer.error) }
    }

    // https://developer.apple.com/documentation/localauthentication/lacontext/evaluatedpolicydomainstate
    open var evaluatedPolicyDomainState: Data? { try? sensor.get() }

    // https://developer.apple.com/documentation/localauthentication/lacontext/invalidate()
    open func invalidate() { isInvalid = true }

    // https://developer.apple.com/documentation/localauthentication/lacontext/localizedreason
    open var localizedReason: String = ""

    // https://developer.apple.com/documentation/localauthentication/lacontext/localizedcanceltitle
    open var localizedCancelTitle: String?

    // https://developer.apple.com/documentation/localauthentication/lacontext/localizedfallbacktitle
    open var localizedFallbackTitle: String?
}

// https://developer.apple.com/documentation/localauthentication/lapolicy
public enum LAPolicy: Int, Sendable {
    // https://developer.apple.com/documentation/localauthentication/lapolicy/deviceownerauthenticationwithbiometrics
    case deviceOwnerAuthenticationWithBiometrics = 1
}

// https://developer.apple.com/documentation/localauthentication/laerror-swift.struct
public struct LAError {
    // https://developer.apple.com/documentation/localauthentication/laerror-swift.struct/code
    public enum Code: Int, Sendable, Error {
        // https://developer.apple.com/documentation/localauthentication/laerror-swift.struct/code/passcodenotset
        case passcodeNotSet = -5
        // https://developer.apple.com/documentation/localauthentication/laerror-swift.struct/code/biometrynotavailable
        case biometryNotAvailable = -6
        // https://developer.apple.com/documentation/localauthentication/laerror-swift.struct/code/biometrynotenrolled
        case biometryNotEnrolled = -7
        // https://developer.apple.com/documentation/localauthentication/laerror-swift.struct/code/biometrylockout
        case biometryLockout = -8
    }
}
