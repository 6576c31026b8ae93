import Formats
import Foundation
import TestSupport
import Testing

/// All 89 states of the leaderboard whose examples the tour uses, saved with their times.
@Suite(.tags(.slow), .unlessFast) struct WholeHistoryTests {
  /// One state, as the file of the whole history has it.
  private struct State: Decodable {
    let committedAt: String
    let rows: [[String: JSONCell]]

    enum CodingKeys: String, CodingKey {
      case rows
      case committedAt = "committed_at"
    }
  }

  private let place: Workplace
  private let states: [State]

  init() throws {
    place = try Workplace()
    let file = Workplace.package.appending(path: "Examples/polyglot-history.jsonl.zst")
    let source = try FileSource.open(path: file.path)
    var bytes: [UInt8] = []
    while try source.read(1 << 20, appendingTo: &bytes) > 0 {}
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    states = try lines.map { try JSONDecoder().decode(State.self, from: Data($0)) }
    try #require(states.count == 89)
    for (line, state) in zip(lines, states) {
      // The member `rows` comes last, so its text is what stands between the outer brackets.
      let start = try #require(line.firstIndex(of: UInt8(ascii: "[")))
      try place.write(Array(line[start..<line.index(before: line.endIndex)]), as: "state.json")
      let pushed = try place.run(
        "push", "polyglot", "state.json", "--key", "dirname", "--created-at", state.committedAt,
        "--quiet")
      try #require(pushed.status == 0, "\(pushed.error)")
    }
  }

  @Test func `every state comes back, and everything asked of them is as the files have it`() throws
  {
    for (index, state) in states.enumerated() {
      let pulled = try Workplace.rows(try place.run("pull", "polyglot@\(index + 1)").output)
      #expect(pulled == state.rows, "version \(index + 1)")
      guard index > 0 else { continue }
      let change = StateChange(from: states[index - 1].rows, to: state.rows)
      try change.expectTold(
        by: place.run("diff", "polyglot@\(index + 1)", "--format", "jsonl").lines)
    }

    let shown = try Workplace.object(
      try place.run("show", "polyglot@2025-03-01", "--json").output)
    let endOfDay = try #require(try? Date("2025-03-02T00:00:00Z", strategy: .iso8601))
    let saved = try states.map { try Date($0.committedAt, strategy: .iso8601) }
    #expect(shown["number"]?.number == saved.lastIndex { $0 < endOfDay }.map { Double($0 + 1) })

    let sql = #"SELECT _version, max(pass_rate_2) AS best FROM "polyglot@*" GROUP BY 1"#
    let best = try Workplace.rows(try place.run("query", sql).output).map { $0["best"]?.number }
    #expect(best == states.map { $0.rows.compactMap { $0["pass_rate_2"]?.number }.max() })
  }
}
