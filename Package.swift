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
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    // Without the trait that would bring a configuration library.
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1",
      traits: ["FullFoundation"]),
    .package(
      url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // Dependencies point down only; Tests/TidyTests holds every import against these lists.
    .target(name: "Model", dependencies: [.product(name: "Crypto", package: "swift-crypto")]),
    .target(name: "Platform", dependencies: ["Model", "CMalloc"]),
    .target(name: "Columns", dependencies: ["Model", "CZstd"]),
    .target(name: "Objects", dependencies: ["Model", "Platform"]),
    .target(
      name: "Catalog",
      dependencies: [
        "Model", "Migrations", "Platform", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]),
    .target(
      name: "Formats",
      dependencies: [
        "Model", "Platform", "Columns", "CSimdjson", "CZstd", "CZlib", "CSnappy", "CLz4", "CBrotli",
      ]),
    .target(
      name: "Store",
      dependencies: ["Model", "Platform", "Columns", "Objects", "Catalog", "Formats"]),
    .target(
      name: "Query",
      dependencies: [
        "Model", "Platform", "Columns", "Store", "CSQLiteMemory",
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]),
    .target(name: "Statistics", dependencies: ["Model"]),
    .target(name: "Routing", dependencies: ["Model"]),
    .target(name: "Wire", dependencies: ["Model"]),
    .target(
      name: "LiveRouting", dependencies: ["Model", "Platform", "Columns", "Routing", "Wire"]),
    .target(name: "Scoring", dependencies: ["Model", "Statistics"]),
    .target(
      name: "Analysis",
      dependencies: ["Model", "Platform", "Columns", "Statistics", "Routing", "Wire"]),
    .target(
      name: "FileTransfer", dependencies: ["Model", "Platform", "Columns", "Formats", "Wire"]),
    .target(name: "Reports", dependencies: ["Model", "Wire"]),
    .target(name: "Access", dependencies: ["Model", "Platform", "Objects", "Wire"]),
    .target(
      name: "Service",
      dependencies: [
        "Model", "Platform", "Columns", "Objects", "Formats", "Store", "Query", "Statistics",
        "Routing", "LiveRouting", "Analysis", "Scoring", "Wire", "Access",
        "Providers", "Running",
      ]),
    .target(
      name: "Providers",
      dependencies: [
        "Model", "Platform", "CSpawn",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .target(name: "Running", dependencies: ["Model", "Platform", "Providers"]),
    .target(name: "Outbound", dependencies: ["Model", "Platform", "CCurl"]),
    .target(name: "Client", dependencies: ["Model", "Platform", "Outbound", "Wire"]),
    .target(
      name: "Contract", dependencies: ["CContract"], path: "schema",
      exclude: [
        "CContract", "manifest.json", "record.json", "openapi.yaml", "route.rules.json",
      ]),
    .target(
      name: "Server",
      dependencies: [
        "Model", "Platform", "Objects", "Wire", "Access", "LiveRouting", "Service", "Reports",
        "Contract",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),
    .executableTarget(
      name: "assay",
      dependencies: [
        "Model", "Platform", "Objects", "Wire", "Access", "Service", "Client", "Server", "Reports",
        "FileTransfer", "Columns", "Formats", "Store", "Query", "Scoring", "Providers", "Running",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "bench",
      dependencies: [
        "Model", "Platform", "Columns", "Formats", "Statistics", "Routing", "Store", "Query",
        "Wire", "Service",
      ],
      path: "Benchmarks"),
    .target(
      name: "Migrations", dependencies: ["CMigrations"], path: "migrations",
      exclude: [
        "CMigrations", "0001-index.sql", "0002-aggregates.sql", "0003-texts.sql",
        "0004-checksums.sql",
      ]),

    .target(
      name: "TestSupport",
      dependencies: ["Model", "Columns", "Objects", "Routing", "LiveRouting", "Wire"],
      path: "Tests/TestSupport"),
    .testTarget(name: "ModelTests", dependencies: ["Model", "TestSupport"]),
    .testTarget(name: "PlatformTests", dependencies: ["Platform", "Model"]),
    .testTarget(name: "ColumnsTests", dependencies: ["Columns", "Model", "TestSupport"]),
    .testTarget(name: "ObjectsTests", dependencies: ["Objects", "Model", "TestSupport"]),
    .testTarget(
      name: "CatalogTests",
      dependencies: [
        "Catalog", "Model", "TestSupport", .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .testTarget(
      name: "FormatsTests",
      dependencies: ["Formats", "Columns", "Model", "Platform", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "StoreTests",
      dependencies: [
        "Store", "Formats", "Columns", "Objects", "Model", "TestSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]),
    .testTarget(
      name: "QueryTests",
      dependencies: [
        "Query", "Columns", "Model", "TestSupport",
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]),
    .testTarget(
      name: "ScoringTests", dependencies: ["Scoring", "Model", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(name: "StatisticsTests", dependencies: ["Statistics", "Model", "TestSupport"]),
    .testTarget(
      name: "RoutingTests", dependencies: ["Routing", "Model", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "LiveRoutingTests",
      dependencies: ["LiveRouting", "Routing", "Wire", "Model", "TestSupport"]),
    .testTarget(
      name: "AnalysisTests",
      dependencies: [
        "Analysis", "Columns", "Statistics", "Model", "Routing", "Wire", "TestSupport",
      ]),
    .testTarget(
      name: "ReportsTests", dependencies: ["Reports", "Model", "Wire"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "FileTransferTests",
      dependencies: ["FileTransfer", "Service", "Store", "Model", "Wire", "TestSupport"]),
    .testTarget(name: "WireTests", dependencies: ["Wire", "Model", "TestSupport"]),
    .testTarget(
      name: "AccessTests", dependencies: ["Access", "Model", "Objects", "Wire", "TestSupport"]),
    .testTarget(
      name: "ServiceTests",
      dependencies: [
        "Access", "Formats", "LiveRouting", "Service", "Store", "Objects", "Model", "Platform",
        "Wire",
        "TestSupport",
      ]),
    .testTarget(
      name: "ProvidersTests",
      dependencies: [
        "Providers", "Model", "TestSupport",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    .testTarget(
      name: "RunningTests", dependencies: ["Running", "Providers", "Model"]),
    .testTarget(name: "OutboundTests", dependencies: ["Outbound", "Model", "TestSupport"]),
    .testTarget(
      name: "ClientTests",
      dependencies: [
        "Client", "Outbound", "Server", "Service", "Store", "Objects", "Model", "Wire",
        "TestSupport",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .testTarget(
      name: "ServerTests",
      dependencies: [
        "Server", "Access", "LiveRouting", "Service", "Store", "Formats", "Objects", "Contract",
        "Model", "Wire", "TestSupport",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .testTarget(name: "EndToEndTests", dependencies: ["assay", "Formats", "Model", "TestSupport"]),
    .testTarget(name: "TidyTests"),
    .executableTarget(
      name: "fuzz", dependencies: ["Model", "Columns", "Formats", "TestSupport"],
      path: "Tests/Fuzz"),

    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CSnappy", pkgConfig: "snappy", providers: [.apt(["libsnappy-dev"])]),
    .systemLibrary(name: "CLz4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .systemLibrary(
      name: "CBrotli", pkgConfig: "libbrotlidec", providers: [.apt(["libbrotli-dev"])]),
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "CSpawn"),
    // The files of schema/ as bytes.
    .target(name: "CContract", path: "schema/CContract"),
    // The scripts of migrations/ as bytes.
    .target(name: "CMigrations", path: "migrations/CMigrations"),
    // Its headers come with libcurl4-openssl-dev; the library is loaded when it is first used.
    .target(name: "CCurl"),
    .target(name: "CSQLiteMemory", linkerSettings: [.linkedLibrary("sqlite3")]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),
  ],
  cxxLanguageStandard: .cxx17
)

let unchecked: Set = [
  "CMalloc", "CSpawn", "CZstd", "CZlib", "CSnappy", "CLz4", "CBrotli", "CCurl", "CSimdjson",
  "CSQLiteMemory",
  "bench", "fuzz",
]
for target in package.targets where !unchecked.contains(target.name) {
  target.swiftSettings = (target.swiftSettings ?? []) + strict
}
