import Foundation
import Routing
import Testing

/// The examples of docs/routing.md.
@Suite struct DocumentTests {
  @Test func `every document that docs/routing.md shows is sound`() throws {
    let page = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("docs/routing.md")
    let blocks = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```")
      .filter { $0.hasPrefix("json\n") }
    #expect(blocks.count == 4)
    for block in blocks {
      #expect(throws: Never.self, "\(block.prefix(300))") {
        try RuleSet(parsing: Array(block.dropFirst(5).utf8))
      }
    }
  }
}
