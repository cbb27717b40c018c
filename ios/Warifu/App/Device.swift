import Foundation
import LocalAuthentication
import UIKit
import Warifu
import WarifuApple

/// What the app knows of the device that it is on, and of itself.
@MainActor
enum Device {
    /// For a report.
    static var info: DeviceInfo {
        DeviceInfo(
            appVersion: Bundle.main.object(forInfoDictionaryKey: "CFBundleShortVersionString") as? String ?? "",
            systemVersion: UIDevice.current.systemVersion, model: UIDevice.current.model)
    }

    /// This app's page in the system's settings.
    static var settings: URL? {
        URL(string: UIApplication.openSettingsURLString)
    }

    /// What the app is made of.
    static var licences: LicencesState {
        let file = Bundle.main.url(forResource: "licences", withExtension: "txt")
        return LicencesState(file.flatMap { try? String(contentsOf: $0, encoding: .utf8) } ?? "")
    }

    /// The host whose `https` links open the app, as Info.plist names it; `nil` if there is none.
    static var linkHost: String? {
        let host = Bundle.main.object(forInfoDictionaryKey: "WarifuBankHost") as? String
        return host.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What it knows a person by, if somebody is enrolled.
    nonisolated static var biometry: Biometry? {
        let context = LAContext()
        guard context.canEvaluatePolicy(.deviceOwnerAuthenticationWithBiometrics, error: nil) else { return nil }
        return switch context.biometryType {
        case .faceID: .faceID
        case .touchID: .touchID
        default: nil
        }
    }
}

extension Parts {
    /// The device's own.
    @MainActor static var device: Parts {
        let files = Files.standard
        let keys = KeychainKeyProtector {
            PromptText(reason: TextKey.promptReason.said, cancel: TextKey.cancel.said)
        }
        return Parts(
            clock: SystemClock(), keys: keys, transport: URLSessionTransport(),
            prepare: { try VaultFolder.prepare(files.folder) }, vault: files.vault, marker: files.marker,
            bank: .ofThisApp, linkHost: Device.linkHost, binding: keys.bindingLevel,
            clearLeftovers: { try await keys.clearLeftovers(unlessVaultAt: files.vault) },
            biometry: { Device.biometry }, askForBiometrics: keys.askForBiometrics)
    }
}

extension Bank {
    /// The one that this app is built for, as Info.plist names it; `nil` in an app for every bank.
    static var ofThisApp: Bank? {
        guard let name = Bundle.main.object(forInfoDictionaryKey: "WarifuBankName") as? String, !name.isEmpty,
            let link = Bundle.main.object(forInfoDictionaryKey: "WarifuBankLink") as? String, !link.isEmpty
        else { return nil }
        return Bank(name: name, link: link)
    }
}
