public import Foundation

#if canImport(Darwin)
    internal import Darwin
#endif

/// A folder for a vault. A token writes its file anew beside the old one and renames it, so what protects the file has to
/// be the folder's.
public enum VaultFolder {
    /// Makes the folder if it is not there. On Apple's systems no backup takes it, and what is made in it is encrypted
    /// with a key that is there while the device is unlocked alone (`FileProtectionType.complete`).
    ///
    /// Call it at each start. What lies in the folder already keeps its own encryption until it is written anew.
    ///
    /// - Parameter folder: Like `URL.applicationSupportDirectory.appending(path: "token")`: one for the vault alone.
    /// - Throws: What the file system says.
    public static func prepare(_ folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        #if canImport(Darwin)
            try FileManager.default.setAttributes(
                [.protectionKey: FileProtectionType.complete], ofItemAtPath: folder.path(percentEncoded: false))
            var folder = folder
            var values = URLResourceValues()
            values.isExcludedFromBackup = true
            try folder.setResourceValues(values)
        #endif
    }
}
