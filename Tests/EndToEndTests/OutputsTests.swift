import Foundation
import Testing

/// Real outputs of six models with a judge's scores, from a folder named by `ASSAY_ALPACA`.
///
/// The data (AlpacaEval's) may not be shipped with the project, so without the folder this is
/// skipped.
@Suite(.enabled(if: Workplace.outputs != nil)) struct OutputsTests {
  /// The mean win rate, in per cent, that was published for each model.
  private static let published = [
    "FuseChat-Qwen-2.5-7B-Instruct": 64.64069997, "claude-2.1": 15.7335,
    "gpt-3.5-turbo-1106": 9.17796456, "gpt4_0613_concise": 9.4003, "text_davinci_003": 1.9621,
    "vicuna-13b-v1.5": 6.72212201,
  ]

  @Test func `outputs of six models come back, and their win rates are the published ones`() throws
  {
    let place = try Workplace()
    let folder = try #require(Workplace.outputs)
    let joined = try place.shell("cat '\(folder)'/*.jsonl > all.jsonl")
    try #require(joined.status == 0, "\(joined.error)")
    let pushed = try place.run("push", "outputs", "all.jsonl", "--key", "id,model", "--json")
    #expect(try Workplace.object(pushed.output)["rows"] == 4830)

    let pulled = try place.run("pull", "outputs").output
    let file = try String(contentsOf: place.folder.appending(path: "all.jsonl"), encoding: .utf8)
    // Absent and null are the same value; a pull leaves nulls out.
    let expected = try Workplace.rows(file).map { row in row.filter { $0.value != .null } }
    #expect(try Workplace.rows(pulled) == expected)

    let sql = "SELECT model, 100 * avg(win) AS rate FROM outputs GROUP BY model"
    var rates: [String: Double] = [:]
    for row in try Workplace.rows(try place.run("query", sql).output) {
      rates[row["model"]?.string ?? ""] = row["rate"]?.number
    }
    #expect(rates.count == Self.published.count)
    for (model, rate) in Self.published {
      #expect(abs((rates[model] ?? 0) - rate) < 1e-4, "\(model)")
    }
  }
}
