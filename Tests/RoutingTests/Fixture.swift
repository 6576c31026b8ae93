import Foundation
import Routing

/// Files of the specification, unchanged.
enum Fixture {
  static func bytes(_ name: String, file: StaticString = #filePath) throws -> [UInt8] {
    let folder = URL(fileURLWithPath: "\(file)").deletingLastPathComponent()
    return Array(try Data(contentsOf: folder.appendingPathComponent("Fixtures/\(name)")))
  }

  /// The specification's example.
  static func example() throws -> RuleSet {
    try RuleSet(parsing: try bytes("route-example.json"))
  }

  /// A document with one target `a` and these rules.
  static func document(
    rules: String, targets: [String] = ["a", "b"], rest: String = ""
  ) -> [UInt8] {
    let models = targets.map { "\"\($0)\":{\"provider\":\"p\",\"model\":\"\($0)\"}" }
    return Array(
      """
      {"schema":"route.rules/1","route":"r","targets":{\(models.joined(separator: ","))},
       "rules":[\(rules)],"default":{"target":"a"}\(rest)}
      """.utf8)
  }

  /// A rule that serves `target` when `condition` is true.
  static func rule(_ name: String, when condition: String, target: String = "b") -> String {
    "{\"name\":\"\(name)\",\"when\":\(condition),\"serve\":{\"target\":\"\(target)\"}}"
  }

  /// What is wrong with a document, pointers first.
  static func faults(_ document: [UInt8], over parent: RuleSet? = nil) -> [String] {
    do throws(RuleFaults) {
      _ = try RuleSet(parsing: document, over: parent)
      return []
    } catch {
      return error.faults.map(\.description)
    }
  }

  /// The truth of `condition`, alone in a document, over `context`.
  static func truth(_ condition: String, _ context: String) throws -> Truth? {
    let set = try RuleSet(parsing: document(rules: rule("x", when: condition)))
    return try CompiledRules(set).decide(Array(context.utf8)).checked.first
  }
}
