#if DEBUG
    import Foundation
    import Warifu
    import WarifuTesting

    extension Session {
        /// For previews, whose buttons lead nowhere: its vault's folder cannot be.
        static var preview: Session {
            let nowhere = URL(filePath: "/dev/null/vault")
            return Session(
                Parts(
                    clock: ManualClock(), keys: FakeKeyProtector(), transport: FakeHTTPTransport(), prepare: {},
                    vault: nowhere, marker: nowhere, bank: nil, binding: { .none }, clearLeftovers: {},
                    biometry: { .faceID }, askForBiometrics: {}))
        }
    }

    extension NamedEntry {
        /// For previews.
        static var sample: NamedEntry {
            guard let id = EntryID(rawValue: String(repeating: "0", count: 32)) else {
                preconditionFailure("32 hexadecimal digits")
            }
            let generator = Generator.hotp(algorithm: .sha1, digits: 6, counter: 0)
            return NamedEntry(
                Entry(id: id, names: Names(issuer: "割符銀行", account: "普通 1"), generator: generator))
        }
    }
#endif
