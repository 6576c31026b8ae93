import Foundation
import Testing

/// How much a reader finds in one place.
@Suite struct RoomTests {
  /// Files that lie right in a module's folder: what is read first.
  private static let most = 12

  @Test(arguments: Tree.manifest.targets.filter { $0.path.hasPrefix("Sources/") }.map(\.path))
  func `a module's root has at most a dozen files`(path: String) {
    let files = Tree.swiftFiles(below: path).filter { !$0.contains("/") }
    #expect(files.count <= Self.most, "\(path) has \(files.count): move some into folders")
  }

  /// A function is read at once: what has more lines does more than one thing.
  private static let mostLines = 60

  @Test(arguments: TidyTests.sources)
  func `a function has at most 60 lines`(source: String) throws {
    for function in Self.functions(try Tree.lines("Sources/" + source)) {
      #expect(
        function.count <= Self.mostLines,
        "line \(function.line) begins a function of \(function.count): cut it")
    }
  }

  @Test func `functions are found with all their lines`() {
    let text = """
      struct A {
        let initial = 1
        @inline(always) private mutating func one<T>(
          _ x: T
        ) throws(E) -> T
        where T: P {
          body

        }
        func two() { body }
        init?(x: Int) {
          if x { body }
        }
      }
      protocol P {
        func required() -> Int
        var value: Int { get }
      }
      """
    let found = Self.functions(text.split(separator: "\n", omittingEmptySubsequences: false))
    #expect(found.map(\.line) == [3, 11])
    #expect(found.map(\.count) == [7, 3])
  }

  private static let modifiers: Set<Substring> = [
    "package", "public", "private", "fileprivate", "static", "mutating", "nonisolated",
    "consuming", "borrowing", "override", "convenience", "final",
  ]

  /// The functions and initialisers whose closing brace stands on a line of its own, each with its
  /// first line and how many lines it has.
  private static func functions(_ lines: [Substring]) -> [(line: Int, count: Int)] {
    var found: [(line: Int, count: Int)] = []
    for (start, line) in lines.enumerated() where isFunction(line) {
      let indent = line.prefix { $0 == " " }
      for (offset, other) in lines[start...].enumerated() {
        if other == indent + "}" { found.append((start + 1, offset + 1)) }
        if offset > 0, ends(other, indent.count) { break }
      }
    }
    return found
  }

  /// Whether a line, as deep as the one that began a declaration, is no part of it, or its last.
  private static func ends(_ line: Substring, _ depth: Int) -> Bool {
    let rest = line.drop { $0 == " " }
    guard let first = rest.first, line.count - rest.count <= depth else { return false }
    return first != ")" && first != "{" && !rest.hasPrefix("where ")
  }

  private static func isFunction(_ line: Substring) -> Bool {
    guard line.contains("func ") || line.contains("init") || line.contains("subscript") else {
      return false
    }
    let words = line.split(separator: " ").drop { $0.hasPrefix("@") || modifiers.contains($0) }
    guard let word = words.first else { return false }
    return word == "func"
      || ["init(", "init?(", "init<", "deinit", "subscript("].contains {
        word.hasPrefix($0)
      }
  }
}
