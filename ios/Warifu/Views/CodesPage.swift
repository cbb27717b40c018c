import SwiftUI
import Warifu

/// The page with the codes.
struct CodesPage: View {
    /// What to draw; `nil` for the moment before the first screen, and while nobody may see any.
    let state: CodesState?
    let session: Session

    var body: some View {
        NavigationStack {
            ScrollView {
                LazyVStack(spacing: 12) {
                    if let state {
                        ForEach(session.notices, id: \.self) { notice in
                            NoticeLine(notice: notice) { session.attend(to: notice) }
                        }
                        ClockLine(notice: state.notice, maySync: state.maySync) { session.sync() }
                        ForEach(state.cards) { card in
                            CardView(state: card) { session.make(card.id) }
                        }
                    }
                }
                .padding()
            }
            .navigationTitle(Text(.headingCodes))
            .toolbar {
                ToolbarItem(placement: .cancellationAction) {
                    Button(action: session.openSettings) {
                        Label {
                            Text(.headingSettings)
                        } icon: {
                            Image(systemName: "gearshape")
                        }
                    }
                }
                ToolbarItem(placement: .primaryAction) {
                    Button(action: session.openAdding) {
                        Label {
                            Text(.addHeading)
                        } icon: {
                            Image(systemName: "plus")
                        }
                    }
                }
            }
        }
    }
}

/// What is worth a line besides the time, and the button that leads to where something can be done.
struct NoticeLine: View {
    let notice: Notice
    let attend: @MainActor () -> Void

    var body: some View {
        VStack(alignment: .leading, spacing: 8) {
            Label {
                Text(notice.says)
            } icon: {
                Image(systemName: "info.circle")
            }
            if let leads = notice.leads { PlainButton(key: leads, action: attend).buttonStyle(.bordered) }
        }
        .frame(maxWidth: .infinity, alignment: .leading)
        .padding()
        .background(.thinMaterial, in: RoundedRectangle(cornerRadius: 16))
    }
}

/// What is worth a line about the time, and the button that does something about it.
struct ClockLine: View {
    let notice: Words?
    let maySync: Bool
    let sync: @MainActor () -> Void

    var body: some View {
        if notice != nil || maySync {
            VStack(alignment: .leading, spacing: 8) {
                if let notice {
                    // The picture says the same as the colour would.
                    Label {
                        Text(notice)
                    } icon: {
                        Image(systemName: "clock.badge.exclamationmark")
                    }
                }
                if maySync { PlainButton(key: .checkTime, action: sync).buttonStyle(.bordered) }
            }
            .frame(maxWidth: .infinity, alignment: .leading)
            .padding()
            .background(.thinMaterial, in: RoundedRectangle(cornerRadius: 16))
        }
    }
}

#if DEBUG && !os(Linux)
    import WarifuTesting

    #Preview("Codes") { CodesPage(state: CodesState(SampleScreen.many.screen, made: [:]), session: .preview) }
    #Preview("Last second") {
        CodesPage(state: CodesState(SampleScreen.lastSecond.screen, made: [:]), session: .preview)
    }
    #Preview("Clock ahead") {
        CodesPage(state: CodesState(SampleScreen.clockAhead.screen, made: [:]), session: .preview)
    }
    #Preview("Needs sync") {
        CodesPage(state: CodesState(SampleScreen.needsSync.screen, made: [:]), session: .preview)
    }
    #Preview("Button") { CodesPage(state: CodesState(SampleScreen.button.screen, made: [:]), session: .preview) }
    #Preview("Long, largest type") {
        CodesPage(state: CodesState(SampleScreen.long.screen, made: [:]), session: .preview)
            .dynamicTypeSize(.accessibility5)
    }
#endif
