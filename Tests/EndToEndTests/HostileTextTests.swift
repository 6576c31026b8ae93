import Foundation
import TestSupport
import Testing

/// One dataset whose every name and value tries to command the terminal that it is shown on, and
/// every command that prints for people.
@Suite(.bothDoors, .tags(.slow), .unlessFast) struct HostileTextTests {
  private let place: Workplace

  /// Colours, a cleared screen, a moved cursor, a reversed reading direction, a faked line, hidden
  /// tags, markup and a formula.
  private static let attack =
    "\u{1B}[31m\u{1B}[2J\u{9B}H\u{202E}\u{2066}\r\nassay: all is well\u{2028}\u{E0041}\u{7F}"
    + "<script>alert(1)</script>|`*=1+1"

  init() throws {
    place = try Workplace()
    for (name, score) in [("first.jsonl", 0.5), ("second.jsonl", 0.75)] {
      try place.write(try Self.rows(score), as: name)
    }
    for name in ["first.jsonl", "second.jsonl"] {
      try place.run(
        "push", "evil", name, "--key", "id,model", "--message", Self.attack, "--author",
        Self.attack, "--attr", "note=\(Self.attack)")
    }
  }

  private static func rows(_ score: Double) throws -> String {
    let models = ["a" + attack, "b" + attack]
    return try (0..<40).flatMap { item in
      models.map { model -> [String: Any] in
        [
          "id": "\(item)\(attack)", "model": model, "success": item % 3 == 0 || score > 0.6,
          "group \(attack)": "g\(item % 2)\(attack)", "output": "\(score) \(attack)",
          "score": score + Double(item) / 100,
        ]
      }
    }.map {
      String(
        decoding: try JSONSerialization.data(withJSONObject: $0, options: [.sortedKeys]),
        as: UTF8.self) + "\n"
    }.joined()
  }

  private static var commands: [[String]] {
    let group = "group \(attack)"
    return [
      ["ls"], ["log", "evil"], ["show", "evil@2"], ["stats"], ["verify"],
      ["diff", "evil@1", "evil@2"], ["diff", "evil@1", "evil@2", "--columns"],
      ["diff", "evil@1", "evil@2", "--format", "markdown"], ["diff", "evil@1", "evil@2", "--stat"],
      ["query", "SELECT * FROM evil", "--format", "table"],
      ["query", "SELECT * FROM evil", "--format", "markdown"],
      ["query", "SELECT \"\(attack)\" FROM evil"],
      ["query", "SELECT nothing('\(attack)') FROM evil"],
      ["compare", "evil@2", "--by", "model", "--slice", group],
      ["compare", "evil@2", "--by", "model", "--slice", group, "--format", "markdown"],
      ["compare", "evil@2", "--by", "model", "--format", "junit"],
      ["compare", "evil@1", "evil@2", "--gate", "success >= -2pp", "--gate", "score >= +1"],
      ["report", "evil@2", "--by", "model", "--slice", group],
      ["report", "evil@2", "--by", "model", "--format", "markdown"],
      ["report", "evil@2", "--by", "model", "--format", "html"],
      ["trend", "evil", "--metric", "score", "--by", group],
      ["trend", "evil", "--metric", attack], ["history", "evil", "0\(attack)", "a\(attack)"],
      ["bisect", "evil", "--metric", "score"], ["pull", "evil", "--columns", attack],
      ["pull", "evil", "--where", attack], ["pull", "evil", "--order", "\"\(attack)\""],
      ["push", "evil", attack], ["push", "evil", "first.jsonl", "--key", "\"\(attack)\""],
      ["push", attack, "first.jsonl"], ["show", attack], ["tag", "evil", attack],
      ["tag", "evil@1", "fine", "--message", attack], ["tag", "evil"], [attack],
      ["gate", "create", "bar", "--on", "evil@1", "--gate", "score >= +1"],
      ["gate", "create", "bad", "--on", "evil@1", "--gate", attack],
      ["router", "show", attack], ["rate", "evil@2", "--by", "model", "--limit", "1"],
    ]
  }

  @Test func `nothing that is printed for people commands their terminal`() throws {
    for command in Self.commands {
      let outcome = try place.run(all: command)
      for (name, text) in [("output", outcome.output), ("error", outcome.error)] {
        let unsafe = text.unicodeScalars.filter { $0 != "\n" && Self.isUnsafe($0) }
        #expect(
          unsafe.isEmpty, "\(command.prefix(1)) \(command.count): \(name) \(unsafe.prefix(3))")
        // A line that the dataset made up would begin like this; outputs that are rated have lines.
        guard command.first != "rate" else { continue }
        let forged = text.split(separator: "\n").filter { $0.hasPrefix("assay: all is well") }
        #expect(forged.isEmpty, "\(command.prefix(1)): \(name)")
      }
      let isPage = command.contains("markdown") || command.contains("html")
      if isPage { #expect(!outcome.output.contains("<script>alert"), "\(command.prefix(1))") }
    }
  }

  /// What no line may hold; written down once more, so that a hole in the rule is seen.
  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: scalar.properties.isBidiControl || (0xE0000...0xE007F).contains(scalar.value)
    }
  }

  @Test func `machines get every byte`() throws {
    let pulled = try place.run("pull", "evil@1")
    #expect(try Workplace.rows(pulled.output).count == 80)
    let value = try JSONDecoder().decode(
      [String: JSONCell].self,
      from: Data(try #require(pulled.output.split(separator: "\n").first).utf8))["output"]
    #expect(value == .text("0.5 \(Self.attack)"))
    let listed = try place.run("log", "evil", "--json")
    #expect(listed.output.contains("\u{202E}") && listed.output.contains("\\u001b"))
  }

  @Test func `a column with commas, quotes and breaks in its name can be named everywhere`() throws
  {
    try place.write(#"{"id":1,"a,b":2,"say \"hi\"":3,"two\nlines":4}"# + "\n", as: "commas.jsonl")
    try place.write(#"{"id":1,"a,b":5,"say \"hi\"":3,"two\nlines":4}"# + "\n", as: "changed.jsonl")
    let list = "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\""
    let pushed = try place.run(
      "push", "commas", "commas.jsonl", "--key", "id,\"say \"\"hi\"\"\"", "--types",
      "\"a,b=float64\"")
    #expect(pushed.status == 0, "\(pushed.error)")
    let pulled = try place.run("pull", "commas", "--columns", list, "--order", "\"a,b desc\",id")
    #expect(pulled.output == #"{"a,b":2,"say \"hi\"":3,"two\nlines":4}"# + "\n", "\(pulled.error)")
    try place.run("push", "commas", "changed.jsonl")
    let history = try place.run("history", "commas", "1", "3", "--columns", "\"a,b\"")
    #expect(history.output.contains("a,b: 2 → 5"), "\(history.output) \(history.error)")
    let refused = try place.run("pull", "commas", "--columns", "\"a,b")
    #expect(refused.status == 64 && refused.error.contains("a quote is not closed"))
  }
}
