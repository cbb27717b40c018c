import Foundation
import Testing

@testable import WarifuApple

/// What Apple's frameworks say, as a key store's caller reads it: the codes of their documentation.
struct SecurityFaultTests {
    @Test(arguments: [
        (-25_300, SecurityFault.Meaning.missing), (-128, .cancelled), (-25_293, .rejected), (-25_308, .notInteractive),
        (-50, .failure), (-34_018, .failure), (-25_291, .failure), (0, .failure),
    ])
    func anOSStatusHasAMeaning(_ code: Int, _ meaning: SecurityFault.Meaning) {
        #expect(SecurityFault(domain: "NSOSStatusErrorDomain", code: code).meaning == meaning)
    }

    @Test(arguments: [
        (-1, SecurityFault.Meaning.rejected), (-2, .cancelled), (-3, .cancelled), (-4, .cancelled), (-5, .notEnrolled),
        (-6, .notEnrolled), (-7, .notEnrolled), (-8, .lockedOut), (-9, .cancelled), (-10, .cancelled),
        (-1_004, .notInteractive), (-1_009, .failure), (-11, .failure),
    ])
    func anErrorOfLocalAuthenticationHasAMeaning(_ code: Int, _ meaning: SecurityFault.Meaning) {
        #expect(SecurityFault(domain: "com.apple.LocalAuthentication", code: code).meaning == meaning)
    }

    @Test(arguments: [
        (-3, SecurityFault.Meaning.failure), (-4, .cancelled), (-5, .rejected), (-6, .missing), (-9, .notInteractive),
        (-2, .failure),
    ])
    func anErrorOfCryptoTokenKitHasAMeaning(_ code: Int, _ meaning: SecurityFault.Meaning) {
        #expect(SecurityFault(domain: "CryptoTokenKit", code: code).meaning == meaning)
    }

    @Test func aCodeOfAnotherDomainMeansNothing() {
        for code in [-25_300, -128, -1, -2, -8] {
            #expect(SecurityFault(domain: "NSCocoaErrorDomain", code: code).meaning == .failure)
        }
    }

    @Test(arguments: [KeyLabel.device, .biometric(EnrolledSet(Data([0, 255, 7]))), .biometric(EnrolledSet(Data()))])
    func aLabelIsReadAsItWasWritten(_ label: KeyLabel) {
        #expect(KeyLabel(text: label.text) == label)
    }

    @Test(arguments: ["", "device ", "Device", "biometric", "biometric %%%", "biometricAA=="])
    func aLabelOfAnothersIsNone(_ text: String) {
        #expect(KeyLabel(text: text) == nil)
    }
}
