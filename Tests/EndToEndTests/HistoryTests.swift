import Foundation
import TestSupport
import Testing

/// The example history, saved in order and asked for again.
@Suite(.bothDoors, .tags(.slow), .unlessFast) struct HistoryTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    for file in Workplace.examples {
      let day = file.deletingPathExtension().lastPathComponent
      let pushed = try place.run(
        "push", "polyglot", file.path, "--key", "dirname", "--created-at", day, "--quiet")
      try #require(pushed.status == 0, "\(pushed.error)")
    }
  }

  private func state(_ number: Int) throws -> [[String: JSONCell]] {
    try Workplace.rows(String(contentsOf: Workplace.examples[number - 1], encoding: .utf8))
  }

  @Test func `every version comes back value for value`() throws {
    for number in 1...Workplace.examples.count {
      let pulled = try place.run("pull", "polyglot@\(number)")
      #expect(pulled.status == 0)
      #expect(try Workplace.rows(pulled.output) == state(number), "version \(number)")
    }
  }

  @Test func `CSV and JSON hold the same table as JSON lines`() throws {
    for format in ["csv", "json"] {
      let name = "all.\(format)"
      #expect(try place.run("pull", "polyglot@5", "-o", name).status == 0)
      let pushed = try place.run("push", "from-\(format)", name, "--key", "dirname", "--json")
      let saved = try Workplace.object(pushed.output)
      let original = try Workplace.object(try place.run("show", "polyglot@5", "--json").output)
      #expect(saved["snapshot"] == original["snapshot"])
    }
  }

  @Test func `diff of neighbours equals what comparing the files gives`() throws {
    for number in 2...Workplace.examples.count {
      let change = StateChange(from: try state(number - 1), to: try state(number))
      try change.expectTold(by: place.run("diff", "polyglot@\(number)", "--format", "jsonl").lines)
    }
  }

  @Test(arguments: [
    ("polyglot@2025-03-01", 2), ("polyglot@2025-10-04", 8), ("polyglot@2025-10-03", 7),
    ("polyglot@2025-05-08T00:00:00Z", 4), ("polyglot", 8), ("polyglot@latest~3", 5),
  ])
  func `a reference finds its version`(reference: String, number: Int64) throws {
    let shown = try place.run("show", reference, "--json")
    #expect(try Workplace.object(shown.output)["number"] == .integer(number))
  }

  @Test func `a digest prefix finds its version`() throws {
    let shown = try Workplace.object(try place.run("show", "polyglot@3", "--json").output)
    let digest = try #require(shown["snapshot"]?.string)
    let found = try place.run("show", "polyglot@" + digest.prefix(7 + 8), "--json")
    #expect(try Workplace.object(found.output)["number"] == 3)
  }

  @Test func `SQL over all versions equals the same computed here`() throws {
    let sql = """
      SELECT _version, count(*) AS runs, max(pass_rate_2) AS best FROM "polyglot@*" GROUP BY 1
      """
    let answer = try Workplace.rows(try place.run("query", sql).output)
    #expect(answer.count == Workplace.examples.count)
    for (index, row) in answer.enumerated() {
      let rows = try state(index + 1)
      #expect(row["_version"] == .integer(Int64(index + 1)))
      #expect(row["runs"] == .integer(Int64(rows.count)))
      #expect(row["best"]?.number == rows.compactMap { $0["pass_rate_2"]?.number }.max())
    }
  }

  @Test func `SQL joins versions and ranges`() throws {
    let sql = """
      SELECT count(*) AS common FROM "polyglot@1" a JOIN "polyglot@8" b USING (dirname)
      """
    let first = Set(try state(1).map { $0["dirname"]?.string })
    let last = Set(try state(8).map { $0["dirname"]?.string })
    let answer = try Workplace.rows(try place.run("query", sql).output)
    #expect(answer == [["common": .integer(Int64(first.intersection(last).count))]])
    let range = try place.run(
      "query", "SELECT DISTINCT _version AS v FROM \"polyglot@2..4\" ORDER BY 1")
    #expect(try Workplace.rows(range.output) == [["v": 2], ["v": 3], ["v": 4]])
  }

  @Test func `a column that mixes numbers and texts keeps both`() throws {
    let pulled = try Workplace.rows(
      try place.run("pull", "polyglot", "--columns", "commit_hash").output)
    let expected = try state(8).map { $0["commit_hash"] ?? .null }
    #expect(pulled.map { $0["commit_hash"] ?? .null } == expected)
    #expect(expected.contains { $0.number != nil } && expected.contains { $0.string != nil })
  }

  @Test func `a filtered pull has the rows that the condition picks`() throws {
    let pulled = try place.run(
      "pull", "polyglot", "--where", "pass_rate_2 > 60 -- the best", "--columns", "dirname")
    let expected = try state(8).filter { ($0["pass_rate_2"]?.number ?? 0) > 60 }
    #expect(
      try Workplace.rows(pulled.output).map { $0["dirname"] } == expected.map { $0["dirname"] })
    let limited = try place.run("pull", "polyglot", "--limit", "3")
    #expect(try Workplace.rows(limited.output) == Array(state(8).prefix(3)))
  }
}
