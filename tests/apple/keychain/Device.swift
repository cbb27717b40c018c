// Part of the module Security where something runs, since what is called there has to be somewhere.

/// A Keychain and a Secure Enclave.
package protocol Device {
    func add(_ attributes: CFDictionary) -> OSStatus
    func copyMatching(_ query: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus
    func update(_ query: CFDictionary, _ attributes: CFDictionary) -> OSStatus
    func delete(_ query: CFDictionary) -> OSStatus
    func createKey(_ parameters: CFDictionary) -> Result<SecKey, CFError>
    func publicKey(of key: SecKey) -> SecKey?
    func encrypt(_ plaintext: CFData, to key: SecKey, by algorithm: SecKeyAlgorithm) -> Result<CFData, CFError>
    func decrypt(_ ciphertext: CFData, by key: SecKey, _ algorithm: SecKeyAlgorithm) -> Result<CFData, CFError>
}

package nonisolated(unsafe) var installed: (any Device)?

var device: any Device {
    guard let installed else { fatalError("there are declarations, and no device") }
    return installed
}

func outcome<Value>(
    _ result: Result<Value, CFError>, _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> Value? {
    switch result {
    case .success(let value):
        return value
    case .failure(let failure):
        error?.pointee = Unmanaged.passRetained(failure)
        return nil
    }
}
