// Of SwiftUI, what the iPhone app uses. Nothing here runs: it is there to be compiled against.
//
// No closure here is more isolated than on Apple's page: what is not `@MainActor` there is not so here. One that SwiftUI
// calls on a thread of its own is `@Sendable` here, which is more than Apple's page says: else what is written on the main
// actor would be taken for that actor's, compiled, and stopped by the runtime when it is called elsewhere.

@_exported public import CoreGraphics
@_exported public import Foundation
public import UIKit

// MARK: - Views

// https://developer.apple.com/documentation/swiftui/view
@MainActor @preconcurrency
public protocol View {
    // https://developer.apple.com/documentation/swiftui/view/body-swift.associatedtype
    associatedtype Body: View
    // https://developer.apple.com/documentation/swiftui/view/body-swift.property
    @ViewBuilder var body: Body { get }
}

// Not Apple's: a view that has no body of its own.
// https://developer.apple.com/documentation/swiftui/view
public protocol Primitive: View where Body == Never {}
extension Primitive {
    // https://developer.apple.com/documentation/swiftui/view/body-swift.property
    public var body: Never { fatalError() }
}
// https://developer.apple.com/documentation/swift/never
extension Never: View {
    // https://developer.apple.com/documentation/swiftui/view/body-swift.property
    public var body: Never { fatalError() }
}
// https://developer.apple.com/documentation/swift/optional
extension Optional: View, Primitive where Wrapped: View {}

// https://developer.apple.com/documentation/swiftui/emptyview
public struct EmptyView: Primitive {
    // https://developer.apple.com/documentation/swiftui/emptyview/init()
    public init() {}
}
// https://developer.apple.com/documentation/swiftui/tupleview
public struct TupleView<T>: Primitive {}
// Not Apple's: what each modifier makes.
// https://developer.apple.com/documentation/swiftui/modifiedcontent
public struct ModifiedContent: Primitive {
    // Not Apple's: the modifiers here make it.
    // https://developer.apple.com/documentation/swiftui/modifiedcontent
    nonisolated init() {}
}
// https://developer.apple.com/documentation/swiftui/viewbuilder/buildeither(first:)
public struct ConditionalContent<TrueContent: View, FalseContent: View>: Primitive {}

// https://developer.apple.com/documentation/swiftui/viewbuilder
@resultBuilder
public enum ViewBuilder {
    // https://developer.apple.com/documentation/swiftui/viewbuilder/buildexpression(_:)
    public static func buildExpression<Content: View>(_ content: Content) -> Content { fatalError() }
    // https://developer.apple.com/documentation/swiftui/viewbuilder/buildblock()
    public static func buildBlock() -> EmptyView { fatalError() }
    // https://developer.apple.com/documentation/swiftui/viewbuilder/buildblock(_:)
    public static func buildBlock<Content: View>(_ content: Content) -> Content { fatalError() }
    // https://developer.apple.com/documentation/swiftui/viewbuilder/buildblock(_:)
    public static func buildBlock<each Content: View>(_ content: repeat each Content) -> TupleView<(repeat each Content)> {
        fatalError()
    }
    // https://developer.apple.com/documentation/swiftui/viewbuilder/buildif(_:)
    public static func buildIf<Content: View>(_ content: Content?) -> Content? { fatalError() }
    // https://developer.apple.com/documentation/swiftui/viewbuilder/buildeither(first:)
    public static func buildEither<A: View, B: View>(first: A) -> ConditionalContent<A, B> { fatalError() }
    // https://developer.apple.com/documentation/swiftui/viewbuilder/buildeither(second:)
    public static func buildEither<A: View, B: View>(second: B) -> ConditionalContent<A, B> { fatalError() }
}

// MARK: - The app

// https://developer.apple.com/documentation/swiftui/scene
@MainActor @preconcurrency
public protocol Scene {}
// https://developer.apple.com/documentation/swiftui/scenebuilder
@resultBuilder
public enum SceneBuilder {
    // https://developer.apple.com/documentation/swiftui/scenebuilder/buildblock(_:)
    public static func buildBlock<Content: Scene>(_ content: Content) -> Content { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/windowgroup
public struct WindowGroup<Content: View>: Scene {
    // https://developer.apple.com/documentation/swiftui/windowgroup/init(content:)
    public init(@ViewBuilder content: () -> Content) { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/app
@MainActor @preconcurrency
public protocol App {
    // https://developer.apple.com/documentation/swiftui/app/body-swift.associatedtype
    associatedtype Body: Scene
    // https://developer.apple.com/documentation/swiftui/app/body-swift.property
    @SceneBuilder var body: Body { get }
    // https://developer.apple.com/documentation/swiftui/app/init()
    init()
}
extension App {
    // https://developer.apple.com/documentation/swiftui/app/main()
    public static func main() { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/scenephase
public enum ScenePhase: Comparable, Sendable {
    // https://developer.apple.com/documentation/swiftui/scenephase/background
    case background
    // https://developer.apple.com/documentation/swiftui/scenephase/inactive
    case inactive
    // https://developer.apple.com/documentation/swiftui/scenephase/active
    case active
}

// MARK: - State

// https://developer.apple.com/documentation/swiftui/state
@propertyWrapper
public struct State<Value> {
    // https://developer.apple.com/documentation/swiftui/state/init(wrappedvalue:)
    public init(wrappedValue: Value) { fatalError() }
    // https://developer.apple.com/documentation/swiftui/state/init(initialvalue:)
    public init(initialValue: Value) { fatalError() }
    // https://developer.apple.com/documentation/swiftui/state/wrappedvalue
    public var wrappedValue: Value {
        get { fatalError() }
        nonmutating set { fatalError() }
    }
    // https://developer.apple.com/documentation/swiftui/state/projectedvalue
    public var projectedValue: Binding<Value> { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/state
extension State: Sendable where Value: Sendable {}
// https://developer.apple.com/documentation/swiftui/binding
@propertyWrapper
public struct Binding<Value> {
    // https://developer.apple.com/documentation/swiftui/binding/init(get:set:)
    public init(get: @escaping () -> Value, set: @escaping (Value) -> Void) { fatalError() }
    // https://developer.apple.com/documentation/swiftui/binding/wrappedvalue
    public var wrappedValue: Value {
        get { fatalError() }
        nonmutating set { fatalError() }
    }
}
// https://developer.apple.com/documentation/swiftui/environment
@propertyWrapper
public struct Environment<Value> {
    // https://developer.apple.com/documentation/swiftui/environment/init(_:)
    public init(_ keyPath: KeyPath<EnvironmentValues, Value>) { fatalError() }
    // https://developer.apple.com/documentation/swiftui/environment/wrappedvalue
    public var wrappedValue: Value { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/environmentvalues
public struct EnvironmentValues {
    // https://developer.apple.com/documentation/swiftui/environmentvalues/scenephase
    public var scenePhase: ScenePhase { fatalError() }
    // https://developer.apple.com/documentation/swiftui/environmentvalues/isscenecaptured
    public var isSceneCaptured: Bool { fatalError() }
    // https://developer.apple.com/documentation/swiftui/environmentvalues/openurl
    public var openURL: OpenURLAction { fatalError() }
    // https://developer.apple.com/documentation/swiftui/environmentvalues/accessibilityreducemotion
    public var accessibilityReduceMotion: Bool { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/openurlaction
@MainActor @preconcurrency
public struct OpenURLAction {
    // https://developer.apple.com/documentation/swiftui/openurlaction/callasfunction(_:)
    public func callAsFunction(_ url: URL) { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/scaledmetric
@propertyWrapper
public struct ScaledMetric<Value: BinaryFloatingPoint> {
    // https://developer.apple.com/documentation/swiftui/scaledmetric/init(wrappedvalue:relativeto:)
    public init(wrappedValue: Value, relativeTo textStyle: Font.TextStyle) { fatalError() }
    // https://developer.apple.com/documentation/swiftui/scaledmetric/wrappedvalue
    public var wrappedValue: Value { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/accessibilityfocusstate
@propertyWrapper
public struct AccessibilityFocusState<Value: Hashable> {
    // https://developer.apple.com/documentation/swiftui/accessibilityfocusstate/init()
    public init() where Value == Bool { fatalError() }
    // https://developer.apple.com/documentation/swiftui/accessibilityfocusstate/wrappedvalue
    public var wrappedValue: Value {
        get { fatalError() }
        nonmutating set { fatalError() }
    }
    // https://developer.apple.com/documentation/swiftui/accessibilityfocusstate/projectedvalue
    public var projectedValue: Binding { fatalError() }
    // https://developer.apple.com/documentation/swiftui/accessibilityfocusstate/binding
    public struct Binding {}
}

// MARK: - Text and pictures

// https://developer.apple.com/documentation/swiftui/text
public struct Text: Primitive, Equatable, Sendable {
    // https://developer.apple.com/documentation/swiftui/text/init(verbatim:)
    public nonisolated init(verbatim content: String) { fatalError() }
    // https://developer.apple.com/documentation/swiftui/text/font(_:)
    public nonisolated func font(_ font: Font?) -> Text { fatalError() }
    // https://developer.apple.com/documentation/swiftui/text/foregroundstyle(_:)
    public nonisolated func foregroundStyle<S: ShapeStyle>(_ style: S) -> Text { fatalError() }
    // https://developer.apple.com/documentation/swiftui/text/monospaceddigit()
    public nonisolated func monospacedDigit() -> Text { fatalError() }
    // https://developer.apple.com/documentation/swiftui/text/speechspellsoutcharacters(_:)
    public nonisolated func speechSpellsOutCharacters(_ value: Bool = true) -> Text { fatalError() }
    // https://developer.apple.com/documentation/swiftui/text/+(_:_:)
    public static nonisolated func + (lhs: Text, rhs: Text) -> Text { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/image
public struct Image: Primitive, Sendable {
    // https://developer.apple.com/documentation/swiftui/image/init(systemname:)
    public nonisolated init(systemName: String) { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/label
public struct Label<Title: View, Icon: View>: Primitive {
    // https://developer.apple.com/documentation/swiftui/label/init(title:icon:)
    public init(@ViewBuilder title: () -> Title, @ViewBuilder icon: () -> Icon) { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/font
public struct Font: Hashable, Sendable {
    // https://developer.apple.com/documentation/swiftui/font/largetitle
    public static let largeTitle = Font()
    // https://developer.apple.com/documentation/swiftui/font/title
    public static let title = Font()
    // https://developer.apple.com/documentation/swiftui/font/headline
    public static let headline = Font()
    // https://developer.apple.com/documentation/swiftui/font/subheadline
    public static let subheadline = Font()
    // https://developer.apple.com/documentation/swiftui/font/footnote
    public static let footnote = Font()
    // https://developer.apple.com/documentation/swiftui/font/body
    public static let body = Font()
    // https://developer.apple.com/documentation/swiftui/font/system(size:weight:design:)
    public static func system(size: CGFloat, weight: Weight? = nil, design: Design? = nil) -> Font { fatalError() }
    // https://developer.apple.com/documentation/swiftui/font/monospaceddigit()
    public func monospacedDigit() -> Font { fatalError() }
    // https://developer.apple.com/documentation/swiftui/font/weight
    public struct Weight: Hashable, Sendable {
        // https://developer.apple.com/documentation/swiftui/font/weight/medium
        public static let medium = Weight()
    }
    // https://developer.apple.com/documentation/swiftui/font/design
    public enum Design: Hashable, Sendable {}
    // https://developer.apple.com/documentation/swiftui/font/textstyle
    public enum TextStyle: Hashable, Sendable {
        // https://developer.apple.com/documentation/swiftui/font/textstyle/largetitle
        case largeTitle
        // https://developer.apple.com/documentation/swiftui/font/textstyle/body
        case body
    }
}
// https://developer.apple.com/documentation/swiftui/textalignment
public enum TextAlignment: Hashable, Sendable {
    // https://developer.apple.com/documentation/swiftui/textalignment/center
    case center
}
// https://developer.apple.com/documentation/swiftui/dynamictypesize
public enum DynamicTypeSize: Hashable, Sendable {
    // https://developer.apple.com/documentation/swiftui/dynamictypesize/accessibility5
    case accessibility5
}

// MARK: - Controls

// https://developer.apple.com/documentation/swiftui/button
public struct Button<Label: View>: Primitive {
    // https://developer.apple.com/documentation/swiftui/button/init(action:label:)
    public init(action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> Label) { fatalError() }
    // https://developer.apple.com/documentation/swiftui/button/init(role:action:label:)
    public init(role: ButtonRole?, action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> Label) {
        fatalError()
    }
}
// https://developer.apple.com/documentation/swiftui/buttonrole
public struct ButtonRole: Equatable, Sendable {
    // https://developer.apple.com/documentation/swiftui/buttonrole/cancel
    public static let cancel = ButtonRole()
    // https://developer.apple.com/documentation/swiftui/buttonrole/destructive
    public static let destructive = ButtonRole()
}
// https://developer.apple.com/documentation/swiftui/primitivebuttonstyle
public protocol PrimitiveButtonStyle {}
// https://developer.apple.com/documentation/swiftui/borderedbuttonstyle
public struct BorderedButtonStyle: PrimitiveButtonStyle {}
// https://developer.apple.com/documentation/swiftui/borderedprominentbuttonstyle
public struct BorderedProminentButtonStyle: PrimitiveButtonStyle {}
// https://developer.apple.com/documentation/swiftui/plainbuttonstyle
public struct PlainButtonStyle: PrimitiveButtonStyle {}
extension PrimitiveButtonStyle where Self == BorderedButtonStyle {
    // https://developer.apple.com/documentation/swiftui/primitivebuttonstyle/bordered
    public static var bordered: BorderedButtonStyle { fatalError() }
}
extension PrimitiveButtonStyle where Self == BorderedProminentButtonStyle {
    // https://developer.apple.com/documentation/swiftui/primitivebuttonstyle/borderedprominent
    public static var borderedProminent: BorderedProminentButtonStyle { fatalError() }
}
extension PrimitiveButtonStyle where Self == PlainButtonStyle {
    // https://developer.apple.com/documentation/swiftui/primitivebuttonstyle/plain
    public static var plain: PlainButtonStyle { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/controlsize
public enum ControlSize: Hashable, Sendable {
    // https://developer.apple.com/documentation/swiftui/controlsize/large
    case large
}
// https://developer.apple.com/documentation/swiftui/textfield
public struct TextField<Label: View>: Primitive {
    // https://developer.apple.com/documentation/swiftui/textfield/init(text:prompt:label:)
    public init(text: Binding<String>, prompt: Text? = nil, @ViewBuilder label: () -> Label) { fatalError() }
    // https://developer.apple.com/documentation/swiftui/textfield/init(text:prompt:axis:label:)
    public init(text: Binding<String>, prompt: Text? = nil, axis: Axis, @ViewBuilder label: () -> Label) { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/textinputautocapitalization
public struct TextInputAutocapitalization: Sendable {
    // https://developer.apple.com/documentation/swiftui/textinputautocapitalization/never
    public static var never: TextInputAutocapitalization { fatalError() }
}
// https://developer.apple.com/documentation/coretransferable/transferable
public protocol Transferable {}
// https://developer.apple.com/documentation/coretransferable/transferable
extension String: Transferable {}
// https://developer.apple.com/documentation/coretransferable/transferable
extension Data: Transferable {}
// https://developer.apple.com/documentation/swiftui/pastebutton
@MainActor
public struct PasteButton: Primitive {
    // https://developer.apple.com/documentation/swiftui/pastebutton/init(payloadtype:onpaste:)
    public init<T: Transferable>(payloadType: T.Type, onPaste: @escaping @Sendable ([T]) -> Void) { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/progressview
public struct ProgressView: Primitive {
    // https://developer.apple.com/documentation/swiftui/progressview/init()
    public init() { fatalError() }
}

// MARK: - Containers

// https://developer.apple.com/documentation/swiftui/navigationstack
public struct NavigationStack<Root: View>: Primitive {
    // https://developer.apple.com/documentation/swiftui/navigationstack/init(root:)
    public init(@ViewBuilder root: () -> Root) { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/navigationbaritem/titledisplaymode
public enum NavigationBarItem {
    // https://developer.apple.com/documentation/swiftui/navigationbaritem/titledisplaymode
    public enum TitleDisplayMode: Sendable {
        // https://developer.apple.com/documentation/swiftui/navigationbaritem/titledisplaymode/inline
        case inline
    }
}
// https://developer.apple.com/documentation/swiftui/form
public struct Form<Content: View>: Primitive {
    // https://developer.apple.com/documentation/swiftui/form/init(content:)
    public init(@ViewBuilder content: () -> Content) { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/section
public struct Section<Parent: View, Content: View, Footer: View>: Primitive {}
extension Section where Parent == EmptyView, Footer == EmptyView {
    // https://developer.apple.com/documentation/swiftui/section/init(content:)
    public init(@ViewBuilder content: () -> Content) { fatalError() }
}
extension Section where Footer == EmptyView {
    // https://developer.apple.com/documentation/swiftui/section/init(content:header:)
    public init(@ViewBuilder content: () -> Content, @ViewBuilder header: () -> Parent) { fatalError() }
}
extension Section where Parent == EmptyView {
    // https://developer.apple.com/documentation/swiftui/section/init(content:footer:)
    public init(@ViewBuilder content: () -> Content, @ViewBuilder footer: () -> Footer) { fatalError() }
}
extension Section {
    // https://developer.apple.com/documentation/swiftui/section/init(content:header:footer:)
    public init(
        @ViewBuilder content: () -> Content, @ViewBuilder header: () -> Parent, @ViewBuilder footer: () -> Footer
    ) { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/scrollview
public struct ScrollView<Content: View>: Primitive {
    // https://developer.apple.com/documentation/swiftui/scrollview/init(_:showsindicators:content:)
    public init(@ViewBuilder content: () -> Content) { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/foreach
public struct ForEach<Data: RandomAccessCollection, ID: Hashable, Content: View>: Primitive {
    // https://developer.apple.com/documentation/swiftui/foreach/init(_:content:)
    public init(_ data: Data, @ViewBuilder content: @escaping (Data.Element) -> Content)
    where Data.Element: Identifiable, ID == Data.Element.ID { fatalError() }
    // https://developer.apple.com/documentation/swiftui/foreach/init(_:id:content:)
    public init(
        _ data: Data, id: KeyPath<Data.Element, ID>, @ViewBuilder content: @escaping (Data.Element) -> Content
    ) { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/vstack
public struct VStack<Content: View>: Primitive {
    // https://developer.apple.com/documentation/swiftui/vstack/init(alignment:spacing:content:)
    public init(
        alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content
    ) { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/lazyvstack
public struct LazyVStack<Content: View>: Primitive {
    // https://developer.apple.com/documentation/swiftui/lazyvstack/init(alignment:spacing:pinnedviews:content:)
    public init(
        alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content
    ) { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/hstack
public struct HStack<Content: View>: Primitive {
    // https://developer.apple.com/documentation/swiftui/hstack/init(alignment:spacing:content:)
    public init(spacing: CGFloat? = nil, @ViewBuilder content: () -> Content) { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/zstack
public struct ZStack<Content: View>: Primitive {
    // https://developer.apple.com/documentation/swiftui/zstack/init(alignment:content:)
    public init(@ViewBuilder content: () -> Content) { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/grid
public struct Grid<Content: View>: Primitive {
    // https://developer.apple.com/documentation/swiftui/grid/init(alignment:horizontalspacing:verticalspacing:content:)
    public init(
        horizontalSpacing: CGFloat? = nil, verticalSpacing: CGFloat? = nil, @ViewBuilder content: () -> Content
    ) { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/gridrow
public struct GridRow<Content: View>: Primitive {
    // https://developer.apple.com/documentation/swiftui/gridrow/init(alignment:content:)
    public init(@ViewBuilder content: () -> Content) { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/viewthatfits
public struct ViewThatFits<Content: View>: Primitive {
    // https://developer.apple.com/documentation/swiftui/viewthatfits/init(in:content:)
    public init(in axes: Axis.Set = [.horizontal, .vertical], @ViewBuilder content: () -> Content) { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/spacer
public struct Spacer: Primitive {
    // https://developer.apple.com/documentation/swiftui/spacer/init(minlength:)
    public init(minLength: CGFloat? = nil) { fatalError() }
}

// MARK: - Layout

// https://developer.apple.com/documentation/swiftui/axis
public enum Axis: Hashable, Sendable {
    // https://developer.apple.com/documentation/swiftui/axis/horizontal
    case horizontal
    // https://developer.apple.com/documentation/swiftui/axis/vertical
    case vertical
    // https://developer.apple.com/documentation/swiftui/axis/set
    public struct Set: OptionSet, Sendable {
        // https://developer.apple.com/documentation/swift/rawrepresentable/rawvalue-swift.property
        public let rawValue: Int
        // https://developer.apple.com/documentation/swift/optionset/init(rawvalue:)
        public init(rawValue: Int) { fatalError() }
        // https://developer.apple.com/documentation/swiftui/axis/set/horizontal
        public static let horizontal = Set(rawValue: 1)
        // https://developer.apple.com/documentation/swiftui/axis/set/vertical
        public static let vertical = Set(rawValue: 2)
    }
}
// https://developer.apple.com/documentation/swiftui/horizontalalignment
public struct HorizontalAlignment: Sendable {
    // https://developer.apple.com/documentation/swiftui/horizontalalignment/leading
    public static let leading = HorizontalAlignment()
    // https://developer.apple.com/documentation/swiftui/horizontalalignment/center
    public static let center = HorizontalAlignment()
}
// https://developer.apple.com/documentation/swiftui/alignment
public struct Alignment: Sendable {
    // https://developer.apple.com/documentation/swiftui/alignment/leading
    public static let leading = Alignment()
    // https://developer.apple.com/documentation/swiftui/alignment/center
    public static let center = Alignment()
}
// https://developer.apple.com/documentation/swiftui/edgeinsets
public struct EdgeInsets: Sendable {
    // https://developer.apple.com/documentation/swiftui/edgeinsets/init()
    public init() { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/contentmode
public enum ContentMode: Sendable {
    // https://developer.apple.com/documentation/swiftui/contentmode/fit
    case fit
}

// MARK: - Shapes and styles

// https://developer.apple.com/documentation/swiftui/shapestyle
public protocol ShapeStyle: Sendable {}
// https://developer.apple.com/documentation/swiftui/color
public struct Color: Primitive, ShapeStyle, Hashable {
    // https://developer.apple.com/documentation/swiftui/color/clear
    public static let clear = Color()
}
// https://developer.apple.com/documentation/swiftui/hierarchicalshapestyle
public struct HierarchicalShapeStyle: ShapeStyle {}
// https://developer.apple.com/documentation/swiftui/tintshapestyle
public struct TintShapeStyle: ShapeStyle {}
// https://developer.apple.com/documentation/swiftui/backgroundstyle
public struct BackgroundStyle: ShapeStyle {}
// https://developer.apple.com/documentation/swiftui/material
public struct Material: ShapeStyle {}
extension ShapeStyle where Self == HierarchicalShapeStyle {
    // https://developer.apple.com/documentation/swiftui/shapestyle/primary
    public static var primary: HierarchicalShapeStyle { fatalError() }
    // https://developer.apple.com/documentation/swiftui/shapestyle/secondary
    public static var secondary: HierarchicalShapeStyle { fatalError() }
    // https://developer.apple.com/documentation/swiftui/shapestyle/quaternary
    public static var quaternary: HierarchicalShapeStyle { fatalError() }
}
extension ShapeStyle where Self == TintShapeStyle {
    // https://developer.apple.com/documentation/swiftui/shapestyle/tint
    public static var tint: TintShapeStyle { fatalError() }
}
extension ShapeStyle where Self == BackgroundStyle {
    // https://developer.apple.com/documentation/swiftui/shapestyle/background
    public static var background: BackgroundStyle { fatalError() }
}
extension ShapeStyle where Self == Material {
    // https://developer.apple.com/documentation/swiftui/shapestyle/thinmaterial
    public static var thinMaterial: Material { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/strokestyle
public struct StrokeStyle: Equatable, Sendable {
    // https://developer.apple.com/documentation/swiftui/strokestyle/init(linewidth:linecap:linejoin:miterlimit:dash:dashphase:)
    public init(lineWidth: CGFloat = 1, lineCap: CGLineCap = .butt) { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/angle
public struct Angle: Sendable {
    // https://developer.apple.com/documentation/swiftui/angle/degrees(_:)
    public static func degrees(_ degrees: Double) -> Angle { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/shape
public protocol Shape: Primitive, Sendable {}
extension Shape {
    // https://developer.apple.com/documentation/swiftui/shape/trim(from:to:)
    public nonisolated func trim(from: CGFloat = 0, to: CGFloat = 1) -> some Shape { Circle() }
    // https://developer.apple.com/documentation/swiftui/shape/stroke(_:linewidth:)
    public nonisolated func stroke<S: ShapeStyle>(_ content: S, lineWidth: CGFloat = 1) -> some View {
        ModifiedContent()
    }
    // https://developer.apple.com/documentation/swiftui/shape/stroke(_:style:)
    public nonisolated func stroke<S: ShapeStyle>(_ content: S, style: StrokeStyle) -> some View { ModifiedContent() }
}
// https://developer.apple.com/documentation/swiftui/circle
public struct Circle: Shape {
    // https://developer.apple.com/documentation/swiftui/circle/init()
    public nonisolated init() {}
}
// https://developer.apple.com/documentation/swiftui/roundedrectangle
public struct RoundedRectangle: Shape {
    // https://developer.apple.com/documentation/swiftui/roundedrectangle/init(cornerradius:style:)
    public nonisolated init(cornerRadius: CGFloat) {}
}
// https://developer.apple.com/documentation/swiftui/animation
public struct Animation: Equatable, Sendable {
    // https://developer.apple.com/documentation/swiftui/animation/linear(duration:)
    public static func linear(duration: TimeInterval) -> Animation { fatalError() }
}

// MARK: - Toolbars

// https://developer.apple.com/documentation/swiftui/toolbarcontent
@MainActor @preconcurrency
public protocol ToolbarContent {}
// https://developer.apple.com/documentation/swiftui/toolbarcontentbuilder
@resultBuilder
public enum ToolbarContentBuilder {
    // https://developer.apple.com/documentation/swiftui/toolbarcontentbuilder/buildblock(_:)
    public static func buildBlock<each Content: ToolbarContent>(_ content: repeat each Content) -> ToolbarItem<EmptyView> {
        fatalError()
    }
}
// https://developer.apple.com/documentation/swiftui/toolbaritem
public struct ToolbarItem<Content: View>: ToolbarContent {
    // https://developer.apple.com/documentation/swiftui/toolbaritem/init(placement:content:)
    public init(placement: ToolbarItemPlacement, @ViewBuilder content: () -> Content) { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/toolbaritemplacement
public struct ToolbarItemPlacement: Sendable {
    // https://developer.apple.com/documentation/swiftui/toolbaritemplacement/primaryaction
    public static let primaryAction = ToolbarItemPlacement()
    // https://developer.apple.com/documentation/swiftui/toolbaritemplacement/cancellationaction
    public static let cancellationAction = ToolbarItemPlacement()
}

// MARK: - Accessibility

// https://developer.apple.com/documentation/swiftui/accessibilitychildbehavior
public struct AccessibilityChildBehavior: Hashable, Sendable {
    // https://developer.apple.com/documentation/swiftui/accessibilitychildbehavior/ignore
    public static let ignore = AccessibilityChildBehavior()
    // https://developer.apple.com/documentation/swiftui/accessibilitychildbehavior/combine
    public static let combine = AccessibilityChildBehavior()
}
// https://developer.apple.com/documentation/swiftui/accessibilitytraits
public struct AccessibilityTraits: Sendable {
    // https://developer.apple.com/documentation/swiftui/accessibilitytraits/isheader
    public static let isHeader = AccessibilityTraits()
    // https://developer.apple.com/documentation/swiftui/accessibilitytraits/isbutton
    public static let isButton = AccessibilityTraits()
    // https://developer.apple.com/documentation/swiftui/accessibilitytraits/ismodal
    public static let isModal = AccessibilityTraits()
}

// MARK: - UIKit

// https://developer.apple.com/documentation/swiftui/uiviewrepresentable
@MainActor @preconcurrency
public protocol UIViewRepresentable: View where Body == Never {
    // https://developer.apple.com/documentation/swiftui/uiviewrepresentable/uiviewtype
    associatedtype UIViewType: UIView
    // https://developer.apple.com/documentation/swiftui/uiviewrepresentable/coordinator
    associatedtype Coordinator = Void
    // https://developer.apple.com/documentation/swiftui/uiviewrepresentable/makeuiview(context:)
    func makeUIView(context: Context) -> UIViewType
    // https://developer.apple.com/documentation/swiftui/uiviewrepresentable/updateuiview(_:context:)
    func updateUIView(_ uiView: UIViewType, context: Context)
    // https://developer.apple.com/documentation/swiftui/uiviewrepresentable/makecoordinator()
    func makeCoordinator() -> Coordinator
    // https://developer.apple.com/documentation/swiftui/uiviewrepresentable/dismantleuiview(_:coordinator:)
    static func dismantleUIView(_ uiView: UIViewType, coordinator: Coordinator)
    // https://developer.apple.com/documentation/swiftui/uiviewrepresentable/context
    typealias Context = UIViewRepresentableContext<Self>
}
extension UIViewRepresentable {
    // https://developer.apple.com/documentation/swiftui/view/body-swift.property
    public var body: Never { fatalError() }
}
// https://developer.apple.com/documentation/swiftui/uiviewrepresentablecontext
@MainActor @preconcurrency
public struct UIViewRepresentableContext<Representable: UIViewRepresentable> {
    // https://developer.apple.com/documentation/swiftui/uiviewrepresentablecontext/coordinator
    public var coordinator: Representable.Coordinator { fatalError() }
}
extension NotificationCenter {
    // https://developer.apple.com/documentation/foundation/notificationcenter/publisher
    public struct Publisher {}
    // https://developer.apple.com/documentation/foundation/notificationcenter/publisher(for:object:)
    public func publisher(for name: Notification.Name, object: AnyObject? = nil) -> Publisher { fatalError() }
}

// MARK: - Modifiers

extension View {
    // https://developer.apple.com/documentation/swiftui/view/accessibilityaction(_:_:)
    public func accessibilityAction(_ handler: @escaping () -> Void) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/accessibilityaddtraits(_:)
    public nonisolated func accessibilityAddTraits(_ traits: AccessibilityTraits) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/accessibilityelement(children:)
    public nonisolated func accessibilityElement(children: AccessibilityChildBehavior = .ignore) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/accessibilityfocused(_:)
    public nonisolated func accessibilityFocused(_ condition: AccessibilityFocusState<Bool>.Binding) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/accessibilityhidden(_:)
    public nonisolated func accessibilityHidden(_ hidden: Bool) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/accessibilityhint(_:)
    public nonisolated func accessibilityHint(_ hint: Text) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/accessibilitylabel(_:)
    public nonisolated func accessibilityLabel(_ label: Text) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/alert(_:ispresented:actions:message:)
    public func alert<A: View, M: View>(_ title: Text, isPresented: Binding<Bool>, @ViewBuilder actions: () -> A, @ViewBuilder message: () -> M) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/animation(_:value:)
    public nonisolated func animation<V: Equatable>(_ animation: Animation?, value: V) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/aspectratio(_:contentmode:)
    public nonisolated func aspectRatio(_ aspectRatio: CGFloat? = nil, contentMode: ContentMode) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/autocorrectiondisabled(_:)
    public nonisolated func autocorrectionDisabled(_ disable: Bool = true) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/background(_:ignoressafeareaedges:)
    public nonisolated func background<S: ShapeStyle>(_ style: S) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/background(_:in:fillstyle:)
    public nonisolated func background<S: ShapeStyle, T: Shape>(_ style: S, in shape: T) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/buttonstyle(_:)
    public nonisolated func buttonStyle<S: PrimitiveButtonStyle>(_ style: S) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/clipshape(_:style:)
    public nonisolated func clipShape<S: Shape>(_ shape: S) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/controlsize(_:)
    public nonisolated func controlSize(_ controlSize: ControlSize) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/disabled(_:)
    public nonisolated func disabled(_ disabled: Bool) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/dynamictypesize(_:)
    public nonisolated func dynamicTypeSize(_ size: DynamicTypeSize) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/fixedsize()
    public nonisolated func fixedSize() -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/font(_:)
    public nonisolated func font(_ font: Font?) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/foregroundstyle(_:)
    public nonisolated func foregroundStyle<S: ShapeStyle>(_ style: S) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/frame(width:height:alignment:)
    public nonisolated func frame(width: CGFloat? = nil, height: CGFloat? = nil, alignment: Alignment = .center) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/frame(minwidth:idealwidth:maxwidth:minheight:idealheight:maxheight:alignment:)
    public nonisolated func frame(minWidth: CGFloat? = nil, idealWidth: CGFloat? = nil, maxWidth: CGFloat? = nil, minHeight: CGFloat? = nil, idealHeight: CGFloat? = nil, maxHeight: CGFloat? = nil, alignment: Alignment = .center) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/ignoressafearea(_:edges:)
    public nonisolated func ignoresSafeArea() -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/keyboardtype(_:)
    public nonisolated func keyboardType(_ type: UIKeyboardType) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/linelimit(_:)
    public nonisolated func lineLimit(_ number: Int?) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/listrowbackground(_:)
    public func listRowBackground<V: View>(_ view: V?) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/listrowinsets(_:)
    public nonisolated func listRowInsets(_ insets: EdgeInsets?) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/minimumscalefactor(_:)
    public nonisolated func minimumScaleFactor(_ factor: CGFloat) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/multilinetextalignment(_:)
    public nonisolated func multilineTextAlignment(_ alignment: TextAlignment) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/navigationbartitledisplaymode(_:)
    public nonisolated func navigationBarTitleDisplayMode(_ displayMode: NavigationBarItem.TitleDisplayMode) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/navigationtitle(_:)
    public nonisolated func navigationTitle(_ title: Text) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/onchange(of:initial:_:)
    public func onChange<V: Equatable>(of value: V, initial: Bool = false, _ action: @escaping () -> Void) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/onopenurl(perform:)
    public func onOpenURL(perform action: @escaping (URL) -> Void) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/onreceive(_:perform:)
    public func onReceive(_ publisher: NotificationCenter.Publisher, perform action: @escaping (Notification) -> Void) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/overlay(alignment:content:)
    public func overlay<V: View>(alignment: Alignment = .center, @ViewBuilder content: () -> V) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/padding(_:_:)
    public nonisolated func padding() -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/privacysensitive(_:)
    public nonisolated func privacySensitive(_ sensitive: Bool = true) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/rotationeffect(_:anchor:)
    public nonisolated func rotationEffect(_ angle: Angle) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/task(priority:_:)
    public func task(@_inheritActorContext _ action: @escaping @Sendable () async -> Void) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/textinputautocapitalization(_:)
    public nonisolated func textInputAutocapitalization(_ autocapitalization: TextInputAutocapitalization?) -> some View { ModifiedContent() }
    // https://developer.apple.com/documentation/swiftui/view/toolbar(content:)
    public func toolbar<Content: ToolbarContent>(@ToolbarContentBuilder content: () -> Content) -> some View { ModifiedContent() }
}
