import SwiftUI

/// The app: one window, over one token.
@main
struct WarifuTokenApp: App {
    @State private var session = Session(.device)
    @State private var hasStarted = false

    var body: some Scene {
        WindowGroup {
            RootView(session: session)
                .task {
                    // Once in a process, however often its window is made.
                    guard !hasStarted else { return }
                    hasStarted = true
                    session.start()
                }
        }
    }
}
