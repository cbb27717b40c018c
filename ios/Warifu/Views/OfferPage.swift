import SwiftUI
import Warifu

/// What would be added, before it is.
struct OfferPage: View {
    let state: OfferState
    let session: Session
    @State private var activation = ""

    var body: some View {
        PageFrame(heading: .offerHeading) {
            switch state {
            case .credential(let names, let isOnRequest, let isWeak): credential(names, isOnRequest, isWeak)
            case .service(let host, let asksForCode): service(host, asksForCode)
            }
            MainButton(key: .register) {
                let typed = activation
                activation = ""
                session.accept(activation: typed)
            }
            PlainButton(key: .cancel, role: .cancel, action: session.back)
        }
    }

    private func credential(_ names: Names, _ isOnRequest: Bool, _ isWeak: Bool) -> some View {
        Section {
            Text(.offerExplain)
            NamedRow(name: .issuer, value: names.issuer ?? TextKey.none.said)
            NamedRow(name: .account, value: names.account ?? TextKey.none.said)
            NamedRow(name: .kind, value: isOnRequest ? TextKey.kindHotp.said : TextKey.kindTotp.said)
            if isWeak {
                Label {
                    Text(.weak)
                } icon: {
                    Image(systemName: "exclamationmark.triangle")
                }
            }
        }
    }

    @ViewBuilder private func service(_ host: String, _ asksForCode: Bool) -> some View {
        Section {
            Text(.offerServiceExplain)
            NamedRow(name: .service, value: host)
        }
        if asksForCode {
            Section {
                TextField(text: $activation) { Text(.activationCode) }
                    .keyboardType(.numberPad)
                    .privacySensitive()
            } header: {
                Text(.activationCode)
            } footer: {
                Text(.activationExplain)
            }
        }
    }
}

#if DEBUG && !os(Linux)
    #Preview("A credential") {
        OfferPage(
            state: .credential(
                names: Names(issuer: "割符銀行", account: "普通 1"), isOnRequest: false, isWeak: true),
            session: .preview)
    }
    #Preview("A service") {
        OfferPage(state: .service(host: "bank.example", asksForCode: true), session: .preview)
    }
#endif
