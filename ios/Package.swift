// swift-tools-version: 6.0
import PackageDescription

// The app without its views, so that `swift test` runs what it decides where there is no iPhone. The app itself is
// Warifu.xcodeproj, of the same files.
let package = Package(
    name: "WarifuApp",
    platforms: [.iOS(.v17), .macOS(.v14)],
    dependencies: [.package(name: "Warifu", path: "../bindings/swift")],
    targets: [
        .target(
            name: "WarifuApp",
            dependencies: [
                .product(name: "Warifu", package: "Warifu"), .product(name: "WarifuApple", package: "Warifu"),
            ],
            path: "Warifu", exclude: ["App", "Resources", "Views"], sources: ["State", "Session"]),
        .testTarget(
            name: "WarifuAppTests",
            dependencies: [
                "WarifuApp", .product(name: "Warifu", package: "Warifu"),
                .product(name: "WarifuApple", package: "Warifu"),
                .product(name: "WarifuTesting", package: "Warifu"),
                .product(name: "WarifuTestService", package: "Warifu"),
            ],
            path: "Tests"),
    ],
    swiftLanguageModes: [.v6]
)
