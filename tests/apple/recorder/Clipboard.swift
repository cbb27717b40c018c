import Foundation

// What the app's clipboard uses of others' modules, as far as it is called, in the place of those.

struct Code {
    let digits: String
}

enum UTType {
    static let utf8PlainText = (identifier: "public.utf8-plain-text", name: "text")
}

@MainActor final class UIPasteboard {
    enum OptionsKey { case localOnly, expirationDate }

    static let general = UIPasteboard()
    var put: [(items: [[String: Any]], options: [OptionsKey: Any])] = []

    func setItems(_ items: [[String: Any]], options: [OptionsKey: Any]) {
        put.append((items, options))
    }
}

/// Whether the options say what they must: the compiler takes others too.
@main @MainActor struct Calls {
    static func main() {
        let before = Date()
        Clipboard.copy(Code(digits: "123456"), clearAfter: .seconds(60))
        Clipboard.copyPlain("WRFU12345678")
        let after = Date()

        let put = UIPasteboard.general.put
        let texts = put.map { $0.items.map { $0 as? [String: String] } }
        let type = UTType.utf8PlainText.identifier
        holds(texts == [[[type: "123456"]], [[type: "WRFU12345678"]]], "one text each")
        holds(put.allSatisfy { $0.options[.localOnly] as? Bool == true }, "it stays on this device")
        let end = put.first?.options[.expirationDate] as? Date ?? .distantFuture
        let minute = before.addingTimeInterval(60)...after.addingTimeInterval(60)
        holds(minute.contains(end), "a code is taken off in time")
        holds(put.last?.options[.expirationDate] == nil, "an ID stays")
    }

    static func holds(_ condition: Bool, _ what: String) {
        guard !condition else { return }
        print("not so: \(what)")
        exit(1)
    }
}
