// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "assay",
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    // Dependencies point down only; Tests/TidyTests holds the same table and checks every import.
    .target(name: "Model", dependencies: [.product(name: "Crypto", package: "swift-crypto")]),
    .target(name: "Columns", dependencies: ["Model", "CZstd"]),
    .target(name: "Objects", dependencies: ["Model"]),
    .target(
      name: "Catalog",
      dependencies: ["Model", "Migrations", .product(name: "GRDB", package: "GRDB.swift")]),
    .target(name: "Formats", dependencies: ["Model", "Columns", "CSimdjson", "CZstd", "CZlib"]),
    .target(name: "Store", dependencies: ["Model", "Columns", "Objects", "Catalog", "Formats"]),
    .target(
      name: "Query",
      dependencies: [
        "Model", "Columns", "Store", .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]),
    .executableTarget(
      name: "assay",
      dependencies: [
        "Model", "Columns", "Formats", "Store", "Query",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "bench", dependencies: ["Model", "Columns", "Formats", "Store", "Query"],
      path: "Benchmarks"),
    .target(name: "Migrations", path: "migrations", resources: [.embedInCode("0001-index.sql")]),

    .target(
      name: "TestSupport", dependencies: ["Model", "Columns", "Objects"], path: "Tests/TestSupport"),
    .testTarget(name: "ModelTests", dependencies: ["Model", "TestSupport"]),
    .testTarget(name: "ColumnsTests", dependencies: ["Columns", "TestSupport"]),
    .testTarget(name: "ObjectsTests", dependencies: ["Objects", "TestSupport"]),
    .testTarget(name: "CatalogTests", dependencies: ["Catalog", "TestSupport"]),
    .testTarget(name: "FormatsTests", dependencies: ["Formats", "Columns", "TestSupport"]),
    .testTarget(
      name: "StoreTests", dependencies: ["Store", "Formats", "Columns", "Objects", "TestSupport"]),
    .testTarget(name: "QueryTests", dependencies: ["Query", "Columns", "TestSupport"]),
    .testTarget(name: "EndToEndTests", dependencies: ["assay", "TestSupport"]),
    .testTarget(name: "TidyTests"),

    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),
  ],
  cxxLanguageStandard: .cxx17
)

let unchecked: Set = ["CZstd", "CZlib", "CSimdjson", "bench"]
for target in package.targets where !unchecked.contains(target.name) {
  target.swiftSettings = (target.swiftSettings ?? []) + strict
}
