public import WarifuFFI

/// A one-time code. It prints as a mask; `digits` and `grouped` are for the screen and the clipboard.
public typealias Code = WarifuFFI.Code

/// Bytes that are secret: a passphrase, a PIN, a link with its seed, what a key store wraps and unwraps. They print as
/// a mask; `wipe()` overwrites them, or else the last reference that goes.
public typealias SecretBytes = WarifuFFI.SecretBytes

/// For samples: the core alone makes codes that count.
package func sampleCode(_ grouped: String) -> Code {
    Code(lifted: grouped)
}
