import SwiftUI

/// A page with a heading and, where there is a way back, its button.
struct PageFrame<Content: View>: View {
    let heading: TextKey
    /// Where the button leads; without one the page is left by its own buttons alone.
    var back: (@MainActor () -> Void)?
    @ViewBuilder let content: Content

    var body: some View {
        NavigationStack {
            Form { content }
                .navigationTitle(Text(heading))
                // A long heading is not cut in the bar's one line: it is the first line of the page.
                .navigationBarTitleDisplayMode(.large)
                .toolbar {
                    ToolbarItem(placement: .cancellationAction) {
                        if let back {
                            Button(action: back) {
                                Label {
                                    Text(.back)
                                } icon: {
                                    Image(systemName: "chevron.backward")
                                }
                            }
                        }
                    }
                }
        }
    }
}

/// The button that a page is there for.
struct MainButton: View {
    let key: TextKey
    let action: @MainActor () -> Void

    var body: some View {
        Button(action: action) {
            Text(key).font(.headline).frame(maxWidth: .infinity)
        }
        .buttonStyle(.borderedProminent)
        .controlSize(.large)
        .listRowBackground(Color.clear)
        .listRowInsets(EdgeInsets())
    }
}

/// Another button.
struct PlainButton: View {
    let key: TextKey
    var role: ButtonRole?
    let action: @MainActor () -> Void

    var body: some View {
        Button(role: role, action: action) { Text(key) }
    }
}

/// A name and what it stands for. VoiceOver reads both as one; with large type the one stands below the other.
struct NamedRow: View {
    let name: TextKey
    let value: String

    var body: some View {
        VStack(alignment: .leading, spacing: 4) {
            Text(name).font(.subheadline).foregroundStyle(.secondary)
            Text(verbatim: value).font(.body)
        }
        .accessibilityElement(children: .combine)
    }
}
