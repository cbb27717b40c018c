import SwiftUI

/// A page with a heading and, where there is a way back, its button.
struct PageFrame<Content: View>: View {
    let heading: Words
    /// Where the button leads; without one the page is left by its own buttons alone.
    let back: (@MainActor () -> Void)?
    let content: Content

    init(heading: Words, back: (@MainActor () -> Void)? = nil, @ViewBuilder content: () -> Content) {
        self.heading = heading
        self.back = back
        self.content = content()
    }

    init(heading: TextKey, back: (@MainActor () -> Void)? = nil, @ViewBuilder content: () -> Content) {
        self.init(heading: Words(heading), back: back, content: content)
    }

    var body: some View {
        NavigationStack {
            Form {
                Section { Heading(words: heading).listRowBackground(Color.clear).listRowInsets(EdgeInsets()) }
                content
            }
            .navigationBarTitleDisplayMode(.inline)
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

/// What a page is, as its first lines: the bar has one line, and would cut it there.
struct Heading: View {
    let words: Words

    var body: some View {
        Text(words)
            .font(.title)
            .frame(maxWidth: .infinity, alignment: .leading)
            .accessibilityAddTraits(.isHeader)
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
