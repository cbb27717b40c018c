import Foundation
import Warifu

/// Credentials on their way in: a link is read, what it would add is shown, and a person says whether it shall.
extension Session {
    /// The ways in.
    func openAdding() {
        run(nil) { [self] in show(.add(try await ways())) }
    }

    /// The page where a link is pasted.
    func openPasting() {
        show(.paste)
    }

    /// The page where the camera looks for one.
    ///
    /// - Parameter mayBeUsed: Whether the person lets the app use it; may ask. Whoever has gone on to another page by then
    ///   stays there.
    func openScanning(_ mayBeUsed: @escaping @Sendable () async -> Bool) {
        let before = page
        Task { [weak self] in
            let isAllowed = await mayBeUsed()
            guard let self, page == before else { return }
            show(isAllowed ? .scan : .noCamera)
        }
    }

    /// The camera may not be used, or does not work.
    func cannotScan() {
        show(.noCamera)
    }

    /// The camera has seen a QR code.
    func scanned(_ text: String) {
        if page == .scan { offer(text) }
    }

    /// The bank that this app is built for.
    func offerBank() {
        if let bank = parts.bank { offer(bank.link) }
    }

    /// A link led to the app. While that is locked the link waits, and is shown once it is open. One that is not the app's is
    /// not looked at.
    func offerWhenOpen(_ link: URL) {
        let text = link.absoluteString
        guard text.utf8.count <= Self.mostBytes, link.opensApp(ofHost: parts.linkHost) else { return }
        waitingLink?.wipe()
        waitingLink = SecretBytes(utf8: text)
        if case .busy = page { return }
        if (try? token?.isUnlocked) ?? true { _ = takesWaitingLink() }
    }

    /// Shows what a link would add. Nothing is added, nor sent, by this.
    func offer(_ text: String) {
        // Links come with the spaces and the line's end around them.
        offer(SecretBytes(utf8: text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    /// Reads the one QR code of a picture and offers what it says.
    ///
    /// - Parameter read: What the picture's code says; `nil` if there is none.
    func offerPicture(_ read: @escaping @Sendable () async -> String?) {
        run(Words(.readingPicture)) { [self] in
            guard let text = await read() else { return show(.trouble(.noCodeInPicture)) }
            offer(text)
        }
    }

    /// A person wants what is on offer.
    ///
    /// - Parameter activation: The activation code that was typed, if one was asked for.
    func accept(activation: String) {
        guard let link else { return }
        run(Words(.registering)) { [self] in
            let token = try await tokenToAddTo()
            guard !Self.isCredential(link) else {
                try await token.entries.add(link)
                return try await added()
            }
            let typed = activation.filter { !$0.isWhitespace }
            let code = typed.isEmpty ? nil : SecretBytes(utf8: typed)
            defer { code?.wipe() }
            // Where the key store does not say where its keys lie, the bank is told of nothing that is not sure.
            let binding = (try? await parts.binding()) ?? .none
            try await enrol { () async throws(WarifuError) in
                try await token.enrolment.begin(link, activation: code, binding: binding)
            }
        }
    }

    /// Goes on with the enrolment that is not finished.
    func resumeEnrolment() {
        run(Words(.registering)) { [self] in try await resume() }
    }

    /// Forgets the enrolment that is not finished.
    func discardEnrolment() {
        run(nil) { [self] in
            guard let token else { return withoutToken() }
            let wasUnreadable = try await pending(of: token) == .unreadable
            try await token.enrolment.discard()
            if wasUnreadable { unreadableIsGone() }
            try await home()
        }
    }

    /// Nothing is added.
    func cancelAdding() {
        forgetLink()
        openAdding()
    }

    /// The customer has seen where to register anew.
    func forgetLostBanks() {
        run(nil) { [self] in
            markers.forgetLost(hasToken: token != nil)
            show(.add(try await ways()))
        }
    }

    // MARK: - Within the session

    /// Where there is no token yet.
    func welcome() {
        if takesWaitingLink() { return }
        show(.add(firstWays))
    }

    func ways() async throws(WarifuError) -> AddState {
        guard let token else { return firstWays }
        let lost = markers.lost(hasToken: true)
        return AddState(
            isFirst: try await token.entries.list().isEmpty, bank: parts.bank?.name,
            pending: try await pending(of: token), restored: lost.banks, isErased: lost.isErased)
    }

    /// The enrolment that is not finished, if there is one.
    func pending(of token: Token) async throws(WarifuError) -> AddState.Pending? {
        do {
            return try await token.enrolment.pending().map { .at(host: $0.host) }
        } catch {
            guard case .enrolment(.unreadable) = error.reason else { throw error }
            return .unreadable
        }
    }

    /// The lock that a bank demands is there: on with its enrolment, if that waits.
    func lockIsThere() async throws(WarifuError) {
        guard let token, case .at? = try await pending(of: token) else { return try await home() }
        show(.busy(Words(.registering)))
        try await resume()
    }

    /// Shows a link that has waited for the app to be open, if there is one.
    func takesWaitingLink() -> Bool {
        guard let link = waitingLink else { return false }
        waitingLink = nil
        offer(link)
        return true
    }

    func forgetLink() {
        link?.wipe()
        link = nil
    }

    // MARK: - Its parts

    /// More than any link has: what is longer is not looked at.
    private static let mostBytes = 8_192

    private func offer(_ link: SecretBytes) {
        run(nil) { [self] in
            // Nothing is offered beside a token that does not open, or that was not even found.
            if try token.map({ token in try !token.isUnlocked }) ?? !isNew {
                waitingLink?.wipe()
                waitingLink = link
                return try await enter()
            }
            forgetLink()
            self.link = link
            show(.offer(try Self.read(link)))
        }
    }

    private static func read(_ link: SecretBytes) throws(WarifuError) -> OfferState {
        isCredential(link)
            ? OfferState(try Token.preview(of: link)) : OfferState(try Token.preview(ofEnrolment: link))
    }

    private static func isCredential(_ link: SecretBytes) -> Bool {
        let scheme = "otpauth:"
        return link.withUnsafeBytes { bytes in
            String(decoding: bytes.prefix(scheme.utf8.count), as: UTF8.self).lowercased() == scheme
        }
    }

    private func tokenToAddTo() async throws -> Token {
        if let token { return token }
        // It may have been taken away since the app was started.
        try parts.prepare()
        // The banks of the marker are kept apart from those of the token that comes now.
        markers.setAside()
        let token = try await Token.createOnDevice(
            at: parts.vault, protector: parts.keys, transport: parts.transport, clock: parts.clock)
        take(token)
        return token
    }

    private func resume() async throws(WarifuError) {
        guard let token else { return withoutToken() }
        try await enrol { () async throws(WarifuError) in try await token.enrolment.resume() }
    }

    /// To the end, or to where a person has to choose a lock.
    private func enrol(_ step: () async throws(WarifuError) -> Added) async throws(WarifuError) {
        do throws(WarifuError) {
            _ = try await step()
        } catch {
            switch error.reason {
            case .enrolment(.verificationMissing):
                forgetLink()
                return try await demandLock()
            case .enrolment(.slotTooWeak(let slot)):
                try await token?.slots.remove(slot)
                return try await resume()
            default:
                throw error
            }
        }
        try await added()
    }

    private func added() async throws(WarifuError) {
        forgetLink()
        try await changed()
        try await home()
    }

    private var firstWays: AddState {
        let lost = markers.lost(hasToken: false)
        return AddState(isFirst: true, bank: parts.bank?.name, restored: lost.banks, isErased: lost.isErased)
    }
}

extension URL {
    /// Whether it may lead to the app: as `otpauth:`, or as the `https` link of the one host that the app is built for, at
    /// `/token` or below.
    fileprivate func opensApp(ofHost host: String?) -> Bool {
        switch scheme?.lowercased() {
        case "otpauth": return true
        case "https":
            guard let host, let parts = URLComponents(url: self, resolvingAgainstBaseURL: false) else { return false }
            return parts.host?.lowercased() == host.lowercased() && parts.port == nil && parts.user == nil
                && parts.password == nil && parts.path.isTokens
        default: return false
        }
    }
}

extension String {
    /// Whether a path is that of a service's links, or below it.
    fileprivate var isTokens: Bool {
        (self == "/token" || hasPrefix("/token/")) && !split(separator: "/").contains("..")
    }
}
