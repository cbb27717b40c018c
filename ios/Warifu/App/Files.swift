import Foundation

/// Where the app keeps its files: under Application Support, which no other app reads and the Files app does not show.
///
/// The vault has a folder of its own, which no backup has, so that a restored phone has no half of a token. The marker lies
/// beside that folder, and is in the backup.
struct Files: Sendable {
    /// The vault's folder: see `VaultFolder`.
    let folder: URL

    /// The device's own.
    static var standard: Files {
        Files(folder: FileManager.applicationSupport.appending(path: "Token", directoryHint: .isDirectory))
    }

    /// The token.
    var vault: URL { folder.appending(path: "token.warifu", directoryHint: .notDirectory) }

    /// What a backup may hold.
    var marker: URL {
        folder.deletingLastPathComponent().appending(path: "marker", directoryHint: .notDirectory)
    }
}

extension FileManager {
    /// Every app has one.
    fileprivate static var applicationSupport: URL {
        FileManager.default.urls(for: .applicationSupportDirectory, in: .userDomainMask)[0]
    }
}
