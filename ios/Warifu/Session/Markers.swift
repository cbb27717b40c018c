import Foundation
import Warifu

/// The marker, which is all that a backup has of a token, and the banks of a token that is no more: where the customer has to
/// register anew. A token is as good without either, so a disk that fails is no trouble.
struct Markers: Sendable {
    /// Of a backup, or of this device's own token.
    private let marker: URL
    /// Of a token on the device before this one, once a token is made here.
    private let moved: URL
    /// Of a token that was erased on this device.
    private let erased: URL
    /// In bytes: far more than the core's own bound on credentials makes.
    private static let most = 4 << 20

    /// Banks of a token that is no more.
    struct Lost: Hashable, Sendable {
        /// In the order of the list.
        let banks: [RestoredBank]
        /// Whether it was erased on this very device.
        let isErased: Bool
    }

    init(_ marker: URL) {
        self.marker = marker
        moved = marker.appendingPathExtension("moved")
        erased = marker.appendingPathExtension("erased")
    }

    /// What a backup may hold follows what there is. Whoever has registered with a bank anew is done with it.
    func write(_ now: Marker) {
        try? Data(now.text.utf8).write(to: marker, options: .atomic)
        let issuers = Set(now.banks.map(\.issuer))
        for list in [moved, erased] {
            let banks = banks(in: list)
            let left = banks.filter { !issuers.contains($0.issuer) }
            if left.count < banks.count { put(left, in: list) }
        }
    }

    /// What is still to be registered anew.
    func lost(hasToken: Bool) -> Lost {
        var banks = banks(in: moved) + banks(in: erased)
        if !hasToken { banks += banksInMarker }
        return Lost(banks: banks.unique, isErased: FileManager.default.fileExists(atPath: erased.path))
    }

    /// The token of the marker is no more, or not the one that comes now. Its banks are kept apart from that one's.
    ///
    /// - Parameter isErased: Whether it was erased here; if not said, as those of before.
    func setAside(isErased: Bool? = nil) {
        let wasErased = FileManager.default.fileExists(atPath: erased.path)
        let list = isErased ?? wasErased ? erased : moved
        let banks = (banks(in: list) + banksInMarker).unique
        if !banks.isEmpty { put(banks, in: list) }
    }

    /// The customer does not want to be told of them any more.
    func forgetLost(hasToken: Bool) {
        for list in [moved, erased] + (hasToken ? [] : [marker]) { try? FileManager.default.removeItem(at: list) }
    }

    private var banksInMarker: [RestoredBank] {
        guard let data = bytes(of: marker), let marker = try? Marker(text: String(decoding: data, as: UTF8.self)) else {
            return []
        }
        return marker.banks.map { bank in RestoredBank(bank) }
    }

    private func banks(in list: URL) -> [RestoredBank] {
        guard let data = bytes(of: list) else { return [] }
        return (try? JSONDecoder().decode([RestoredBank].self, from: data)) ?? []
    }

    /// At once or not at all: a disk that is full leaves what was there.
    private func put(_ banks: [RestoredBank], in list: URL) {
        guard !banks.isEmpty else {
            try? FileManager.default.removeItem(at: list)
            return
        }
        guard let data = try? JSONEncoder().encode(banks) else { return }
        try? data.write(to: list, options: .atomic)
    }

    private func bytes(of file: URL) -> Data? {
        let size = try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int
        guard let size, size <= Self.most else { return nil }
        return try? Data(contentsOf: file)
    }
}

extension [RestoredBank] {
    /// Each once, where it stands first.
    fileprivate var unique: [RestoredBank] {
        var seen: Set<RestoredBank> = []
        return filter { seen.insert($0).inserted }
    }
}
