import Foundation
import TestSupport
import Testing

/// What became of the example history: its metrics, its items, the version in which one moved.
@Suite(.bothDoors, .tags(.slow), .unlessFast) struct TrendTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    for file in Workplace.examples {
      let day = file.deletingPathExtension().lastPathComponent
      let pushed = try place.run(
        "push", "polyglot", file.path, "--key", "dirname", "--created-at", day, "--message",
        "as of \(day)", "--quiet")
      try #require(pushed.status == 0, "\(pushed.error)")
    }
  }

  private func state(_ number: Int) throws -> [[String: JSONCell]] {
    try Workplace.rows(String(contentsOf: Workplace.examples[number - 1], encoding: .utf8))
  }

  @Test func `a trend is drawn, told in JSON and written as CSV`() throws {
    let text = try place.run("trend", "polyglot", "--metric", "pass_rate_2")
    #expect(text.status == 0 && text.lines[0] == "mean of pass_rate_2  polyglot@1..8")
    #expect(text.lines[1].count == 8 && text.lines[1].hasPrefix("▁"))
    #expect(text.lines.count == 13)

    let trend = try Workplace.object(
      try place.run("trend", "polyglot", "--metric", "pass_rate_2", "--json").output)
    let csv = try place.run("trend", "polyglot", "--metric", "pass_rate_2", "--format", "csv")
    #expect(csv.lines.count == 9)
    for number in 1...8 {
      let values = try state(number).compactMap { $0["pass_rate_2"]?.number }
      let mean = values.reduce(0, +) / Double(values.count)
      let point = trend["series"]?[0]?["points"]?[number - 1]
      #expect(point?["n"] == .integer(Int64(values.count)))
      #expect(abs((point?["value"]?.number ?? 0) - mean) < 1e-9, "version \(number)")
      #expect(csv.lines[number].hasPrefix("\(number),"))
    }
  }

  @Test func `a trend by group has a line for each`() throws {
    let text = try place.run(
      "trend", "polyglot@3..", "--metric", "total_cost", "--stat", "p95", "--by", "edit_format",
      "--where", "total_cost > 0")
    let formats = try Set(
      (3...8).flatMap { number in
        try state(number).filter { ($0["total_cost"]?.number ?? 0) > 0 }
          .compactMap { $0["edit_format"]?.string }
      })
    #expect(text.status == 0 && !formats.isEmpty)
    for format in formats { #expect(text.lines.contains { $0.hasPrefix(format + " ") }) }
  }

  @Test func `an item's history has its versions and no others`() throws {
    let states = try (1...8).map(state)
    let keys = Set(states.flatMap { $0.compactMap { $0["dirname"]?.string } }).sorted()
    for key in keys.prefix(20) + ["2025-02-25-20-23-07--gemini-pro"] {
      var changed: [Int64] = []
      var before: [String: JSONCell]?
      for (index, rows) in states.enumerated() {
        let row = rows.first { $0["dirname"]?.string == key }?.filter { $0.value != .null }
        if row != before { changed.append(Int64(index + 1)) }
        before = row
      }
      let told = try Workplace.object(try place.run("history", "polyglot", key, "--json").output)
      let numbers = (0..<8).compactMap { told["changes"]?[$0]?["number"] }
      #expect(numbers == changed.map { .integer($0) }, "\(key)")
    }
    #expect(try place.run("history", "polyglot", "nothing").status == 66)
    #expect(try place.run("history", "polyglot", "a", "b").status == 64)
  }

  @Test func `bisect names the version, and exits with 1 when there is none`() throws {
    let means = try (1...8).map { number in
      let values = try state(number).compactMap { $0["pass_rate_2"]?.number }
      return values.reduce(0, +) / Double(values.count)
    }
    let crossing = try #require(means.firstIndex { $0 >= 35 })
    try #require(means[..<crossing].allSatisfy { $0 < 35 })
    try #require(means[crossing...].allSatisfy { $0 >= 35 })
    let found = try bisect("35", isJSON: true)
    let moves = try Workplace.object(found.output)
    #expect(found.status == 0 && (moves["versionsRead"]?.number ?? 9) <= 5)
    let number = JSONCell.integer(Int64(crossing + 1))
    #expect(moves["moves"]?[0]?["version"]?["number"] == number)
    let day = Workplace.examples[crossing].deletingPathExtension().lastPathComponent
    #expect(try bisect("35").lines.contains { $0.contains("as of \(day)") })
    let never = try bisect("101")
    #expect(never.status == 1 && never.output.contains("never crossed 101"))
    // Among so few versions there is no change point, whatever happened.
    let unknown = try place.shell("assay bisect polyglot@1..6 --metric pass_rate_2")
    #expect(unknown.status == 2 && unknown.output.contains("not enough versions to say"))
  }

  private func bisect(_ threshold: String, isJSON: Bool = false) throws -> Workplace.Outcome {
    let start = ["bisect", "polyglot@..latest", "--metric", "pass_rate_2", "--good", "1"]
    let line = (start + ["--threshold", threshold] + (isJSON ? ["--json"] : []))
    return try place.shell("assay " + line.joined(separator: " "))
  }
}
