import Foundation

// What the vault's folder uses of Foundation, as far as it is called, in the place of that: Linux has no such attributes.

enum FileAttributeKey { case protectionKey }

enum FileProtectionType { case complete, completeUnlessOpen, completeUntilFirstUserAuthentication, none }

struct URLResourceValues {
    var isExcludedFromBackup: Bool?
}

nonisolated(unsafe) var made: [URL] = []
nonisolated(unsafe) var protected: [String: FileProtectionType] = [:]
nonisolated(unsafe) var excluded: [URL: Bool] = [:]

struct FileManager {
    static var `default`: FileManager { FileManager() }

    func createDirectory(at url: URL, withIntermediateDirectories: Bool) throws {
        made.append(url)
    }

    func setAttributes(_ attributes: [FileAttributeKey: Any], ofItemAtPath path: String) throws {
        protected[path] = attributes[.protectionKey] as? FileProtectionType
    }
}

extension URL {
    func setResourceValues(_ values: URLResourceValues) throws {
        excluded[self] = values.isExcludedFromBackup
    }
}

/// Whether the attributes say what they must: the compiler takes others too.
@main struct Calls {
    static func main() throws {
        let folder = URL(filePath: "/somewhere/the token")
        try VaultFolder.prepare(folder)
        holds(made == [folder], "it is made")
        holds(protected == ["/somewhere/the token": .complete], "nobody reads it while the device is locked")
        holds(excluded == [folder: true], "no backup takes it")
    }

    static func holds(_ condition: Bool, _ what: String) {
        guard !condition else { return }
        print("not so: \(what)")
        exit(1)
    }
}
