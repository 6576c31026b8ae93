import Foundation
import Testing

/// What modules import, beside what `Package.swift` and the maps for readers say they do.
@Suite struct EdgeTests {
  /// Modules of the system, which need no declaration.
  static let everywhere: Set = ["Foundation", "Glibc", "Synchronization", "Dispatch", "Testing"]

  /// Edges that would let a module know what it must not, whatever `Package.swift` declares.
  static let nevers: [(modules: String, imported: String)] = [
    ("Columns", "Objects"), ("Columns", "Catalog"), ("Objects", "Columns"), ("Objects", "Catalog"),
    ("Catalog", "Columns"), ("Catalog", "Objects"), ("Contract", "Foundation"),
    ("Migrations", "Foundation"), ("Providers", "Store"), ("Providers", "Objects"),
  ]

  /// Modules of others that one place alone may import.
  static let doors: [String: Set<String>] = [
    "CCurl": ["Outbound"], "AsyncHTTPClient": ["Providers"], "Hummingbird": ["Server"],
    "ArgumentParser": ["assay"],
    "GRDB": ["Catalog"], "GRDBSQLite": ["Catalog", "Query"], "CSimdjson": ["Formats"],
  ]

  static let swiftTargets = Tree.manifest.targets.filter {
    $0.kind != "systemLibrary" && !Tree.swiftFiles(below: $0.path).isEmpty
  }
  static let modules = swiftTargets.filter { $0.path.hasPrefix("Sources/") }

  /// The modules that a target's files import, each with a file that does.
  private func imports(_ target: Manifest.Target) throws -> [String: String] {
    var found: [String: String] = [:]
    let statement = #/^\s*(?:@\w+\s+)*(?:\w+\s+)?import\s+(?:\w+\s+)?(\w+)(?:\.\w+)*\s*$/#
    for file in Tree.swiftFiles(below: target.path) {
      for line in try Tree.lines(target.path + "/" + file) {
        guard line.contains("import "), let match = line.wholeMatch(of: statement) else { continue }
        found[String(match.output.1)] = file
      }
    }
    return found
  }

  @Test func `the manifest is read`() {
    #expect(Self.modules.count >= 18)
    #expect(Self.swiftTargets.contains { $0.name == "EndToEndTests" && $0.kind == "testTarget" })
    let model = Tree.manifest.targets.first { $0.name == "Model" }
    #expect(model?.dependencies == ["Crypto"])
  }

  @Test(arguments: swiftTargets.map(\.name))
  func `a target declares what it imports, and imports what it declares`(name: String) throws {
    let target = try #require(Self.swiftTargets.first { $0.name == name })
    let imports = try imports(target).filter { !Self.everywhere.contains($0.key) }
    for (module, file) in imports where module != name {
      #expect(target.dependencies.contains(module), "\(file) imports \(module)")
    }
    // A test that runs a program depends on it without importing it.
    let programs = Set(
      Tree.manifest.targets.lazy.filter { $0.kind == "executableTarget" }.map(\.name))
    for dependency in target.dependencies.subtracting(programs) {
      #expect(imports[dependency] != nil, "no file imports \(dependency)")
    }
  }

  @Test(arguments: modules.map(\.name))
  func `a module's README lists what it imports`(name: String) throws {
    let target = try #require(Self.modules.first { $0.name == name })
    let readme = try Tree.text(target.path + "/README.md")
    let sentence = try #require(readme.firstMatch(of: /(?m)^Imports: ([^.]*)\./), "no \"Imports:\"")
    let own = Set(Tree.manifest.targets.map(\.name))
    let listed = Set(sentence.output.1.matches(of: /\w+/).map { String($0.output) })
    #expect(listed.intersection(own) == target.dependencies.intersection(own))
  }

  @Test(arguments: modules.map(\.name))
  func `the map of the architecture has every module`(name: String) throws {
    #expect(try Tree.text("docs/architecture.md").contains("\n| \(name) |"))
  }

  @Test func `modules do not know what they must not`() throws {
    for (name, imported) in Self.nevers {
      let target = try #require(Self.swiftTargets.first { $0.name == name })
      #expect(try imports(target)[imported] == nil, "\(name) imports \(imported)")
    }
    for target in Self.swiftTargets where target.path.hasPrefix("Sources/") {
      let imports = try imports(target)
      for (library, modules) in Self.doors where !modules.contains(target.name) {
        #expect(imports[library] == nil, "\(target.name) imports \(library)")
      }
    }
  }
}
