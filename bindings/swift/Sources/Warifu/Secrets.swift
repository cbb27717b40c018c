// Exported, so that an app that looks for members in what it imports alone (SE-0444) finds those of the two. No more of
// WarifuFFI is an app's.
@_exported public import class WarifuFFI.SecretBytes
@_exported public import struct WarifuFFI.Code

/// A one-time code. It prints as a mask: `Code(6 digits)`.
///
/// `grouped` is for the screen, with spaces as a person reads it; `digits` is for the clipboard; `count` says how many
/// digits there are.
public typealias Code = WarifuFFI.Code

/// Bytes that are secret: a passphrase, a PIN, a link with its seed, what a key store wraps and unwraps. They print as a
/// mask: `SecretBytes(32 bytes)`.
///
/// Make them of bytes, or of a text by `init(utf8:)`. `wipe()` overwrites them, and they are empty from then on; the last
/// reference that goes does it too. `withUnsafeBytes(_:)` shows them, `count` says how many there are.
public typealias SecretBytes = WarifuFFI.SecretBytes

/// For samples: the core alone makes codes that count.
package func sampleCode(_ grouped: String) -> Code {
    Code(lifted: grouped)
}
