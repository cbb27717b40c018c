import Foundation
import Testing
import WarifuApple

struct VaultFolderTests {
    @Test func aFolderIsMadeOnceAndKeepsWhatIsInIt() throws {
        let folder = try Folder()
        let vaults = folder.url.appending(path: "Application Support/token")
        try VaultFolder.prepare(vaults)
        let file = vaults.appending(path: "token.warifu")
        try Data([1]).write(to: file)
        try VaultFolder.prepare(vaults)
        #expect(try Data(contentsOf: file) == Data([1]))
    }

    @Test func whereAFileLiesThereIsNoFolder() throws {
        let folder = try Folder()
        try Data().write(to: folder.vault)
        #expect(throws: (any Error).self) { try VaultFolder.prepare(folder.vault) }
    }
}
