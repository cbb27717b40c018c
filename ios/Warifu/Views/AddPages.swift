import PhotosUI
import SwiftUI
import Warifu

/// The ways in: first start, a restored phone, one more.
struct AddPage: View {
    let state: AddState
    let session: Session

    var body: some View {
        PageFrame(heading: state.heading, back: state.isFirst ? nil : session.back) {
            if let explanation = state.explanation { Section { Text(explanation) } }
            if !state.restored.isEmpty {
                Section {
                    ForEach(state.restored, id: \.self) { bank in
                        Label {
                            Text(verbatim: bank.line.said)
                        } icon: {
                            Image(systemName: "building.columns")
                        }
                    }
                }
            }
            switch state.pending {
            case .at(let host)?: pending(host)
            case .unreadable?: unreadable
            case nil: ways
            }
            if state.pending == nil, !state.restored.isEmpty {
                PlainButton(key: .lostDone, action: session.forgetLostBanks)
            }
            if state.isFirst { PlainButton(key: .help, action: session.openHelp) }
        }
    }

    @ViewBuilder private func pending(_ host: String) -> some View {
        Section { Text(Words(.pendingExplain, .text(host))) }
        MainButton(key: .pendingGoOn, action: session.resumeEnrolment)
        PlainButton(key: .pendingDiscard, role: .destructive, action: session.discardEnrolment)
    }

    @ViewBuilder private var unreadable: some View {
        Section { Text(.pendingUnreadable) }
        PlainButton(key: .pendingDiscard, role: .destructive, action: session.discardEnrolment)
    }

    private var ways: some View {
        Section {
            if let bank = state.bank {
                Button(action: session.offerBank) { Text(Words(.firstFromBank, .text(bank))) }
            }
            Button(action: scan) {
                Label {
                    Text(.firstScan)
                } icon: {
                    Image(systemName: "qrcode.viewfinder")
                }
            }
            PictureButton(session: session)
            Button(action: session.openPasting) {
                Label {
                    Text(.firstLink)
                } icon: {
                    Image(systemName: "link")
                }
            }
        } header: {
            Text(.firstChoose)
        }
    }

    private func scan() {
        session.openScanning { await QRCamera.mayBeUsed() }
    }
}

/// Chooses a picture, by the system's own picker: the app sees that one picture and no other.
struct PictureButton: View {
    let session: Session
    @State private var chosen: PhotosPickerItem?

    var body: some View {
        PhotosPicker(selection: $chosen, matching: .images) {
            Label {
                Text(.firstPicture)
            } icon: {
                Image(systemName: "photo")
            }
        }
        .onChange(of: chosen) {
            guard let picture = chosen else { return }
            chosen = nil
            session.offerPicture { await Pictures.code(in: picture) }
        }
    }
}

/// A link is pasted, by the system's own button: it asks nobody, and gives what is on the clipboard once.
struct PastePage: View {
    let session: Session
    @State private var link = ""

    var body: some View {
        PageFrame(heading: .pasteHeading, back: session.back) {
            Section {
                Text(.pasteExplain)
                PasteButton(payloadType: String.self) { @Sendable texts in
                    // SwiftUI says it on a thread of its own.
                    Task { @MainActor in link = texts.first ?? "" }
                }
                TextField(text: $link, axis: .vertical) { Text(.link) }
                    .textInputAutocapitalization(.never)
                    .autocorrectionDisabled()
                    .keyboardType(.URL)
                    .privacySensitive()
            }
            MainButton(key: .goOn) {
                // It may hold a seed, and a text cannot be overwritten: the page lets it go at once.
                let text = link
                link = ""
                session.offer(text)
            }
            .disabled(link.isEmpty)
        }
    }
}

/// The camera may not be used, or does not work: another way in.
struct NoCameraPage: View {
    let session: Session
    @Environment(\.openURL) private var openURL

    var body: some View {
        PageFrame(heading: .scanHeading, back: session.back) {
            Section {
                Label {
                    Text(.cameraRefused)
                } icon: {
                    Image(systemName: "camera")
                }
            }
            Section {
                if let settings = Device.settings {
                    PlainButton(key: .openSettings) { openURL(settings) }
                }
                PictureButton(session: session)
            }
        }
    }
}

/// The camera looks for a QR code.
struct ScanPage: View {
    let session: Session

    var body: some View {
        NavigationStack {
            ScrollView {
                VStack(spacing: 16) {
                    Text(.scanExplain)
                    CameraView(found: session.scanned, failed: session.cannotScan)
                        .aspectRatio(3 / 4, contentMode: .fit)
                        .clipShape(RoundedRectangle(cornerRadius: 20))
                        .accessibilityHidden(true)
                }
                .padding()
            }
            .navigationTitle(Text(.scanHeading))
            .toolbar {
                ToolbarItem(placement: .cancellationAction) { Button(action: session.back) { Text(.cancel) } }
            }
        }
    }
}

#if DEBUG && !os(Linux)
    #Preview("First start") { AddPage(state: AddState(isFirst: true, bank: nil), session: .preview) }
    #Preview("Pending") {
        AddPage(state: AddState(isFirst: true, bank: nil, pending: .at(host: "bank.example")), session: .preview)
    }
    #Preview("Restored phone") {
        AddPage(
            state: AddState(
                isFirst: true, bank: nil, restored: [RestoredBank(issuer: "割符銀行", lastFour: "5678")]),
            session: .preview)
    }
    #Preview("Paste") { PastePage(session: .preview) }
    #Preview("No camera") { NoCameraPage(session: .preview) }
    #Preview("Scan") { ScanPage(session: .preview) }
#endif
