import Warifu

/// The digits of a PIN while it is typed. They are kept nowhere else, and overwritten. As many as a PIN may have are taken,
/// and no more.
@MainActor
final class Digits {
    private static let most = 12
    private var typed = [UInt8](repeating: 0, count: most)

    /// How many there are.
    private(set) var count = 0

    /// Puts one more at the end, 0 to 9. A PIN that is full takes no more.
    func press(_ digit: Int) {
        guard count < Self.most, (0...9).contains(digit) else { return }
        typed[count] = UInt8(ascii: "0") + UInt8(digit)
        count += 1
    }

    /// Takes the last one away.
    func erase() {
        guard count > 0 else { return }
        count -= 1
        typed[count] = 0
    }

    /// Hands them over, and has none any more.
    func take() -> SecretBytes {
        defer { wipe() }
        return SecretBytes(typed[..<count])
    }

    /// Forgets them.
    func wipe() {
        for at in typed.indices { typed[at] = 0 }
        count = 0
    }
}
