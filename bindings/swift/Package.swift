// swift-tools-version: 6.0
import PackageDescription

/// Where the C functions of the core come from.
enum Core {
    /// From a library that whoever builds links: `libwarifu_ffi`. The target is a header and a module map, both generated.
    case library
    /// From `Warifu.xcframework` beside this file, for Apple's systems.
    case xcframework
}

let core = Context.environment["WARIFU_CORE"] == "xcframework" ? Core.xcframework : Core.library

let package = Package(
    name: "Warifu",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [
        .library(name: "Warifu", targets: ["Warifu"]),
        .library(name: "WarifuTesting", targets: ["WarifuTesting"]),
        .library(name: "WarifuApple", targets: ["WarifuApple"]),
        // Tests.
        .library(name: "WarifuTestService", targets: ["WarifuTestService"]),
        // End of tests.
    ],
    targets: [
        core == .xcframework
            ? .binaryTarget(name: "warifu_ffiFFI", path: "Warifu.xcframework") : .systemLibrary(name: "warifu_ffiFFI"),
        // The generated Swift over them, and the classes of it that print masked.
        .target(name: "WarifuFFI", dependencies: ["warifu_ffiFFI"]),
        // What an app uses.
        .target(name: "Warifu", dependencies: ["WarifuFFI"]),
        // What an app for Apple's systems uses besides.
        .target(name: "WarifuApple", dependencies: ["Warifu", "WarifuFFI"]),
        // What an app's tests use. (`Code` and `SecretBytes` are of WarifuFFI: who uses them is built anew with it.)
        .target(name: "WarifuTesting", dependencies: ["Warifu", "WarifuFFI"]),
        // Tests.
        .testTarget(
            name: "WarifuTests", dependencies: ["Warifu", "WarifuFFI", "WarifuTesting", "WarifuTestService"]),
        .testTarget(name: "WarifuAppleTests", dependencies: ["Warifu", "WarifuFFI", "WarifuApple", "WarifuTesting"]),
        // A token service, and a host that does what hosts do.
        .target(name: "WarifuTestService", dependencies: ["Warifu"], path: "Tests/WarifuTestService"),
        // A process of its own for the tests: it is frozen, it crashes, it holds a file.
        .executableTarget(
            name: "WarifuTestChild", dependencies: ["Warifu", "WarifuFFI", "WarifuTesting"],
            path: "Tests/WarifuTestChild"),
        // What a tick costs.
        .executableTarget(
            name: "WarifuBench", dependencies: ["Warifu", "WarifuFFI", "warifu_ffiFFI"], path: "Tests/WarifuBench"),
        // tests/scenarios.json, which the suite of every language runs.
        .testTarget(
            name: "ScenarioTests", dependencies: ["Warifu", "WarifuFFI", "WarifuTesting", "WarifuTestService"]),
        // End of tests.
    ],
    swiftLanguageModes: [.v6]
)
