import CoreImage
import Foundation
import PhotosUI
import SwiftUI

/// Reads the QR code of a picture.
enum Pictures {
    /// More than any picture of a phone's has: what is larger is not looked at.
    private static let mostBytes = 40 << 20
    private static let mostPixels: CGFloat = 120_000_000

    /// What its one QR code says; `nil` if there is none, or more than one, or no picture.
    static func code(in item: PhotosPickerItem) async -> String? {
        guard let data = try? await item.loadTransferable(type: Data.self), data.count <= mostBytes else { return nil }
        return code(in: data)
    }

    private static func code(in data: Data) -> String? {
        guard let image = CIImage(data: data), image.extent.width * image.extent.height <= mostPixels else {
            return nil
        }
        let detector = CIDetector(
            ofType: CIDetectorTypeQRCode, context: nil, options: [CIDetectorAccuracy: CIDetectorAccuracyHigh])
        let texts = (detector?.features(in: image) ?? []).compactMap { ($0 as? CIQRCodeFeature)?.messageString }
        return texts.count == 1 ? texts.first : nil
    }
}
