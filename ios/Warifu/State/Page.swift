import Warifu

/// What the app shows, as plain data. The codes alone come by another way: they are made for the moment they are drawn.
enum Page: Hashable, Sendable {
    /// Something takes a moment; the words are there if it may take long enough to be read.
    case busy(Words?)
    /// The codes: ``CodesState``.
    case codes
    /// The ways in: first start, a restored phone, one more.
    case add(AddState)
    /// A link is pasted.
    case paste
    /// The camera looks for a QR code.
    case scan
    /// The camera may not be used, or there is none.
    case noCamera
    /// What a link would add, and whether it shall.
    case offer(OfferState)
    /// A PIN is typed: to unlock, to choose one, to confirm.
    case keypad(KeypadState)
    /// How the app is opened.
    case lock(LockState)
    /// The settings.
    case settings(SettingsState)
    /// What there is for whoever cannot get any further. It asks for no token.
    case help
    /// What is known of the time.
    case clock(ClockState)
    /// One credential's names, to be changed, and the way to remove it.
    case entry(NamedEntry)
    /// Whether a credential shall be removed.
    case removal(NamedEntry)
    /// Whether everything shall be erased.
    case startOver
    /// What a call centre asks for.
    case report(ReportState)
    /// What this app is, and what it is made of.
    case about
    /// Something did not work.
    case trouble(TroubleState)

    /// Whether a picture of it would show a code, an ID or a link.
    var mayShowSecrets: Bool {
        switch self {
        case .codes, .paste, .scan, .offer: true
        case .busy, .add, .noCamera, .keypad, .lock, .settings, .help, .clock, .entry, .removal, .startOver, .report,
            .about, .trouble:
            false
        }
    }
}

/// How a credential may come in.
struct AddState: Hashable, Sendable {
    /// Whether there is none yet.
    let isFirst: Bool
    /// The bank that this app is built for, if there is one.
    let bank: String?
    /// The enrolment that is not finished, if there is one. Nothing else is offered then.
    var pending: Pending? = nil
    /// What was registered before and is not any more.
    var restored: [RestoredBank] = []
    /// Whether that was erased on this device; else it was on the one before.
    var isErased = false

    /// An enrolment that is not finished.
    enum Pending: Hashable, Sendable {
        /// With the service of this host.
        case at(host: String)
        /// A later version of the app has begun it, and this one cannot go on.
        case unreadable
    }

    /// What stands above.
    var heading: TextKey {
        if !restored.isEmpty { return isErased ? .erasedHeading : .restoredHeading }
        return isFirst ? .firstHeading : .addHeading
    }

    /// What is said below the heading, if anything.
    var explanation: TextKey? {
        if !restored.isEmpty { return isErased ? .erasedExplain : .restoredExplain }
        return isFirst ? .firstExplain : nil
    }
}

/// A bank whose credential was on the device before this one.
struct RestoredBank: Hashable, Sendable, Codable {
    /// Its name, if the credential had one.
    let issuer: String?
    /// The end of the credential's ID, so that the bank finds it.
    let lastFour: String?

    init(issuer: String?, lastFour: String?) {
        self.issuer = issuer
        self.lastFour = lastFour
    }

    init(_ bank: MarkedBank) {
        self.init(issuer: bank.issuer, lastFour: bank.lastFour)
    }

    /// As a line of the list.
    var line: Words.Fill {
        let name = issuer.map { name in Words.Fill.text(name) } ?? .words(Words(.noName))
        guard let lastFour else { return name }
        return .words(Words(.restoredBank, name, .text(lastFour)))
    }
}

/// What a link would add. Nothing is added, nor sent, before a person has seen this.
enum OfferState: Hashable, Sendable {
    /// A credential whose key is in the link.
    case credential(names: Names, isOnRequest: Bool, isWeak: Bool)
    /// A credential from a bank's service; the customer may have an activation code to type.
    case service(host: String, asksForCode: Bool)

    /// What an `otpauth://` link would add.
    init(_ preview: Preview) {
        let isOnRequest = if case .hotp = preview.generator { true } else { false }
        self = .credential(names: preview.names, isOnRequest: isOnRequest, isWeak: preview.weakness != nil)
    }

    /// With whom a link would enrol.
    init(_ preview: EnrolmentPreview) {
        self = .service(host: preview.host, asksForCode: !preview.hasActivation)
    }
}

/// How the app is opened.
struct LockState: Hashable, Sendable {
    /// Whether a bank demands that it asks.
    let isDemanded: Bool
    /// Whether a PIN opens it.
    let hasPIN: Bool
    /// Whether the face or a finger does.
    let hasBiometrics: Bool
    /// Whether they are meant to and do not, so that they have to be set up again.
    let isBroken: Bool
    /// What this device has for that.
    let biometry: Biometry?

    init(isDemanded: Bool, slots: [Slot], dead: Set<SlotID> = [], biometry: Biometry?) {
        self.isDemanded = isDemanded
        isBroken = slots.contains { $0.kind == .biometric && ($0.damage != nil || dead.contains($0.id)) }
        hasPIN = slots.contains { $0.kind == .pin }
        hasBiometrics = slots.contains { $0.kind == .biometric }
        self.biometry = biometry
    }

    /// Whether the face or a finger can be added: beside a PIN, which opens the app when they do not.
    var mayAddBiometrics: Bool { !isDemanded && hasPIN && !hasBiometrics && biometry != nil }
    /// Whether they can be set up again.
    var mayAddAgain: Bool { !isDemanded && hasPIN && isBroken && biometry != nil }
    /// Whether they can be taken away: while a PIN is there.
    var mayRemoveBiometrics: Bool { !isDemanded && hasPIN && hasBiometrics }
    /// Whether the app may be opened without asking.
    var mayRemoveAll: Bool { !isDemanded && hasPIN }
}

/// What the device knows a person by, under the name that Apple gives it in every language.
enum Biometry: String, Hashable, Sendable {
    /// The face.
    case faceID = "Face ID"
    /// A finger.
    case touchID = "Touch ID"

    /// For a text with a place for it.
    var fill: Words.Fill { .text(rawValue) }
}

/// A credential as the settings list it.
struct NamedEntry: Hashable, Sendable, Identifiable {
    /// warifu's name for it.
    let id: EntryID
    /// What a person reads.
    let names: Names

    init(_ entry: Entry) {
        id = entry.id
        names = entry.names
    }

    /// The bank, or what stands in its place; `nil` if it has no name.
    var title: String? { names.issuer ?? names.account }
    /// The account, if the bank has the title.
    var subtitle: String? { names.issuer == nil ? nil : names.account }
}
