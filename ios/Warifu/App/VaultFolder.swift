import Foundation

/// Where the app keeps its files. The vault has a folder of its own, which no backup has, so that a restored phone has no
/// half of a token. The marker lies beside that folder, and is in the backup.
struct VaultFolder: Sendable {
    let url: URL

    /// Under Application Support, which no other app reads and the Files app does not show.
    static var standard: VaultFolder {
        // Every app has one of these.
        let folders = FileManager.default.urls(for: .applicationSupportDirectory, in: .userDomainMask)
        return VaultFolder(url: folders[0].appending(path: "Token", directoryHint: .isDirectory))
    }

    /// The token.
    var vault: URL { url.appending(path: "token.warifu", directoryHint: .notDirectory) }

    /// What a backup may hold.
    var marker: URL {
        url.deletingLastPathComponent().appending(path: "marker", directoryHint: .notDirectory)
    }

    /// Makes the folder, or makes sure of it. It is said again at each start: an update or a restore may have lost it.
    ///
    /// - Throws: What `FileManager` throws. Then there must be no vault.
    func prepare() throws {
        // Files that are made in it inherit this: they cannot be read while the device is locked.
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.protectionKey: FileProtectionType.complete])
        try FileManager.default.setAttributes(
            [.protectionKey: FileProtectionType.complete], ofItemAtPath: url.path(percentEncoded: false))
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        var folder = url
        try folder.setResourceValues(values)
    }
}
