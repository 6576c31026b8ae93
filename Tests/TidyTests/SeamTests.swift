import Foundation
import Testing

/// Seams: protocols with several implementations, each held to the same promises.
///
/// The table under "Seams" in docs/architecture.md marks them.
@Suite struct SeamTests {
  struct Seam: CustomTestStringConvertible {
    let name: String
    let module: String
    let implementations: [String]
    /// The files that hold implementations to the contract.
    let suites: [String]

    var testDescription: String { name }

    /// A row of the table; nil for its head and rule.
    init?(_ row: Substring) {
      let cells = row.split(separator: "|").map { cell in
        cell.matches(of: /`([^`]+)`/).map { String($0.output.1) }
      }
      let words = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 4, cells[0].count == 1 else { return nil }
      (name, module) = (cells[0][0], words[1])
      (implementations, suites) = (cells[2], cells[3])
    }
  }

  private static let seams: [Seam] = {
    let map = (try? Tree.text("docs/architecture.md")) ?? ""
    guard let start = map.range(of: "\n## Seams\n") else { return [] }
    let section = map[start.upperBound...]
    let end = section.range(of: "\n## ")?.lowerBound ?? section.endIndex
    return section[..<end].split(separator: "\n").filter { $0.hasPrefix("|") }.compactMap(Seam.init)
  }()

  /// The types that conform to a protocol, or to one that refines it, each with its file.
  private static func conformers(to name: String) throws -> [String: String] {
    let head = /(?:struct|class|actor|enum|extension|protocol) (\w+)(?:<[^>]*>)?: ([\w, &]+)/
    var found: [String: String] = [:]
    var refinements: [String] = []
    for folder in ["Sources", "Tests"] {
      for file in Tree.swiftFiles(below: folder) {
        for line in try Tree.lines(folder + "/" + file) where line.contains(name) {
          guard let match = line.firstMatch(of: head) else { continue }
          let protocols = match.output.2.matches(of: /\w+/).map { String($0.output) }
          guard protocols.contains(name) else { continue }
          let type = String(match.output.1)
          if line.contains("protocol \(type)") {
            refinements.append(type)
          } else {
            found[type] = folder + "/" + file
          }
        }
      }
    }
    for refinement in refinements {
      found.merge(try conformers(to: refinement)) { first, _ in first }
    }
    return found
  }

  @Test func `the table of seams is read`() {
    #expect(Self.seams.count >= 5)
  }

  @Test(arguments: seams)
  func `a seam has two implementations, and its contract names each`(seam: Seam) throws {
    let declaration = "package protocol \(seam.name):"
    let isDeclared = try Tree.swiftFiles(below: "Sources/" + seam.module).contains {
      try Tree.text("Sources/\(seam.module)/\($0)").contains(declaration)
    }
    #expect(isDeclared, "\(seam.module) has no '\(declaration)'")
    #expect(seam.implementations.count >= 2, "one implementation makes no seam")
    let conformers = try Self.conformers(to: seam.name)
    let suites = try seam.suites.map { suite in
      let file = Tree.swiftFiles(below: "Tests").first { $0.hasSuffix("/\(suite).swift") }
      return try Tree.text("Tests/" + #require(file, "there is no suite \(suite)"))
    }
    for implementation in seam.implementations {
      #expect(conformers[implementation] != nil, "\(implementation) is no \(seam.name)")
      #expect(
        suites.contains { $0.contains(implementation) },
        "\(implementation) is named in none of \(seam.suites): run the contract on it")
    }
    for (conformer, file) in conformers where file.hasPrefix("Sources/") {
      #expect(
        seam.implementations.contains(conformer), "\(file): \(conformer) is not in the table")
    }
  }
}
