import SwiftUI
import UIKit

/// What is shown, under a cover where somebody else may look.
struct RootView: View {
    let session: Session
    @Environment(\.scenePhase) private var phase
    @Environment(\.isSceneCaptured) private var isCaptured
    @State private var hasScreenshot = false

    var body: some View {
        PageView(page: session.page, session: session)
            .overlay { cover }
            .onChange(of: phase, initial: true) {
                switch phase {
                case .active: session.enterForeground()
                case .background: session.enterBackground()
                // A prompt for the face, or the list of apps: the cover is there, and nothing else happens.
                default: break
                }
            }
            .onChange(of: session.isShut) { session.lockedMeanwhile() }
            .onOpenURL { link in session.offerWhenOpen(link) }
            .onReceive(NotificationCenter.default.publisher(for: UIApplication.userDidTakeScreenshotNotification)) {
                _ in
                hasScreenshot = session.page.mayShowSecrets
            }
            .alert(Text(.screenshotHeading), isPresented: $hasScreenshot) {
                Button(role: .cancel) {
                    hasScreenshot = false
                } label: {
                    Text(.close)
                }
            } message: {
                Text(.screenshotExplain)
            }
    }

    @ViewBuilder private var cover: some View {
        switch CoverState(isActive: phase == .active, isCaptured: isCaptured) {
        case .none: EmptyView()
        case .away: Cover()
        case .captured: Cover(heading: .capturedHeading, explanation: .capturedExplain)
        }
    }
}

/// Nothing of what is below it.
struct Cover: View {
    var heading: TextKey?
    var explanation: TextKey?

    var body: some View {
        ScrollView {
            VStack(spacing: 16) {
                Image(systemName: "lock.shield").font(.largeTitle).accessibilityHidden(true)
                if let heading { Text(heading).font(.headline) }
                if let explanation { Text(explanation).multilineTextAlignment(.center) }
            }
            .padding()
            .frame(maxWidth: .infinity)
        }
        .frame(maxWidth: .infinity, maxHeight: .infinity)
        .background(.background)
        .ignoresSafeArea()
        .accessibilityAddTraits(.isModal)
    }
}

/// The view of each page.
struct PageView: View {
    let page: Page
    let session: Session

    var body: some View {
        switch page {
        case .busy(let words): BusyPage(words: words)
        case .codes: CodesPage(state: session.codes, session: session)
        case .add(let state): AddPage(state: state, session: session)
        case .paste: PastePage(session: session)
        case .scan: ScanPage(session: session)
        case .noCamera: NoCameraPage(session: session)
        case .offer(let state): OfferPage(state: state, session: session)
        case .keypad(let state): KeypadPage(state: state, session: session)
        case .lock(let state): LockPage(state: state, session: session)
        case .settings(let state): SettingsPage(state: state, session: session)
        case .help: HelpPage(session: session)
        case .clock(let state): ClockPage(state: state, session: session)
        case .entry(let entry): EntryPage(entry: entry, session: session)
        case .removal(let entry): RemovalPage(entry: entry, session: session)
        case .startOver: StartOverPage(session: session)
        case .report(let state): ReportPage(state: state, session: session)
        case .about: AboutPage(licences: Device.licences, session: session)
        case .trouble(let state): TroublePage(state: state, session: session)
        }
    }
}

#if DEBUG && !os(Linux)
    #Preview("Cover") { Cover() }
    #Preview("Captured") { Cover(heading: .capturedHeading, explanation: .capturedExplain) }
#endif
