// Of PhotosUI, what the iPhone app uses.

public import SwiftUI

// https://developer.apple.com/documentation/photosui/photospicker
public struct PhotosPicker<Label: View>: Primitive {
    // https://developer.apple.com/documentation/photosui/photospicker/init(selection:matching:preferreditemencoding:label:)
    public init(
        selection: Binding<PhotosPickerItem?>, matching filter: PHPickerFilter? = nil, @ViewBuilder label: () -> Label
    ) { fatalError() }
}
// https://developer.apple.com/documentation/photosui/photospickeritem
public struct PhotosPickerItem: Hashable, Sendable {
    // https://developer.apple.com/documentation/photosui/photospickeritem/loadtransferable(type:)
    public func loadTransferable<T: Transferable>(type: T.Type) async throws -> T? { fatalError() }
}
// https://developer.apple.com/documentation/photosui/phpickerfilter-swift.struct
public struct PHPickerFilter: Hashable, Sendable {
    // https://developer.apple.com/documentation/photosui/phpickerfilter-swift.struct/images
    public static var images: PHPickerFilter { fatalError() }
}
