import Foundation
import Model
import TestSupport
import Testing

/// The small inputs that once gave a wrong answer, each with the right one.
///
/// They lie in `Tests/Fixtures/faults`; no editor may bring the spellings of their texts into one
/// form.
@Suite(.bothDoors, .tags(.slow), .unlessFast) struct FaultInputTests {
  private let place: Workplace
  private static let folder = Workplace.package.appending(path: "Tests/Fixtures/faults")
  private static let composed = "caf\u{E9}"
  private static let decomposed = "cafe\u{301}"

  init() throws { place = try Workplace() }

  /// Saves an input as the next version of a dataset.
  @discardableResult
  private func push(_ input: String, to name: String = "d", _ options: String...) throws
    -> Workplace.Outcome
  {
    let path = Self.folder.appending(path: input).path
    return try place.run(all: ["push", name, path] + options)
  }

  /// What `pull` prints, to the byte.
  private func expectRows(_ rows: String, of name: String = "d") throws {
    let pulled = try place.run("pull", name)
    #expect(pulled.output.hasBytes(of: rows), "\(pulled.output)\(pulled.error)")
  }

  /// How many items a comparison pairs.
  private func expectPairs(_ count: Int, _ options: String...) throws {
    let done = try place.run(all: ["compare"] + options + ["--json", "--resamples", "100"])
    #expect(done.status == 0 && done.output.contains("\"count\":\(count),"), "\(done.error)")
  }

  private static func occurrences(of part: String, in text: String) -> Int {
    text.components(separatedBy: part).count - 1
  }

  @Test func `two columns of one row are kept`() throws {
    #expect(try push("01-columns-one-row.jsonl").status == 0)
    try expectRows("{\"k\":1,\"\(Self.composed)\":1,\"\(Self.decomposed)\":2}\n")
  }

  @Test func `two columns of two rows are kept`() throws {
    #expect(try push("02-columns-two-rows.jsonl").status == 0)
    try expectRows("{\"k\":1,\"\(Self.composed)\":1}\n{\"k\":2,\"\(Self.decomposed)\":2}\n")
  }

  @Test func `a trend has the groups that SQL has`() throws {
    try push("04-trend-groups.jsonl", "--key", "k")
    let trend = try place.run("trend", "d", "--metric", "success", "--by", "s", "--json").output
    #expect(Self.occurrences(of: "\"n\":40,", in: trend) == 2, "\(trend)")
    #expect(trend.contains("\"value\":0,") && trend.contains("\"value\":1,"), "\(trend)")
    let sql = "select avg(success) m, count(*) n from d group by s order by m"
    #expect(try place.run("query", sql, "--format", "csv").output == "m,n\n0.0,40\n1.0,40\n")
  }

  @Test func `a comparison has the arms that a report has`() throws {
    try push("06-arms.jsonl", "--key", "item,model")
    try expectPairs(60, "d", "--by", "model")
    let report = try place.run("report", "d", "--by", "model", "--json").output
    #expect(Self.occurrences(of: "\"items\":60,", in: report) == 2, "\(report)")
  }

  @Test func `a difference, a comparison and a gate take the same keys for two`() throws {
    for run in 1...2 { try push("08-keys-\(run).jsonl", "--key", "k") }
    #expect(try place.run("diff", "d", "--stat").output.contains("+30 −30 ~0"))
    try expectPairs(0, "d@1", "d@2")
    try place.run("gate", "create", "bar", "--on", "d@1", "--gate", "success >= -2pp")
    let other = try place.run("compare", "d@1", "d@2", "--registered", "bar")
    #expect(
      other.status == 75 && other.error.contains("of 30, by the key k, 30 are lacking"),
      "\(other.error)")
  }

  @Test func `ratings have the raters and arms that they name`() throws {
    #expect(try push("20-ratings.jsonl", "--kind", "ratings", "--key", "rating").status == 0)
    let told = try place.run("ratings", "d")
    #expect(told.output.contains("40 ratings of 20 items by 3 raters"), "\(told.output)")
    let json = try place.run("ratings", "d", "--json").output
    #expect(Self.occurrences(of: "\"arm\":", in: json) == 3, "\(json)")
    #expect(json.contains("\"wins\":[[0,0,7],[0,0,13],[13,7,0]]"), "\(json)")
  }

  @Test func `two columns of Parquet and CSV are kept`() throws {
    #expect(try push("23-columns.parquet").status == 0)
    try expectRows("{\"\(Self.composed)\":1,\"\(Self.decomposed)\":2}\n")
    try place.run("pull", "d", "-o", "d.csv")
    #expect(try place.run("push", "e", "d.csv").status == 0)
    try expectRows("{\"\(Self.composed)\":1,\"\(Self.decomposed)\":2}\n", of: "e")
  }

  @Test func `a merge finds the rows of 0.0 by 0`() throws {
    try push("10-temperature-1.jsonl", "--key", "id,temperature")
    let merged = try push("10-temperature-2.jsonl", "--mode", "merge")
    #expect(merged.output.contains("3 rows  +0 −0 ~3"), "\(merged.output)\(merged.error)")
    // The spelling of the base is kept.
    try expectRows(
      """
      {"id":"q1","temperature":0.0,"score":0.5}
      {"id":"q1","temperature":0.5,"score":1}
      {"id":"q1","temperature":1.0,"score":0.25}

      """)
  }

  @Test func `a merge finds the rows of 0 in a table that pandas wrote`() throws {
    try push("10-temperature-2.jsonl", "--key", "id,temperature")
    // The same rows, pulled as Parquet, with one score edited: every number is a float now.
    let merged = try push("10-temperature-pandas.parquet", "--mode", "merge")
    #expect(merged.output.contains("3 rows  +0 −0 ~1"), "\(merged.output)\(merged.error)")
    try expectRows(
      """
      {"id":"q1","temperature":0,"score":0.75}
      {"id":"q1","temperature":0.5,"score":1}
      {"id":"q1","temperature":1,"score":0.25}

      """)
  }

  @Test func `1 beside 1.0 is one key twice`() throws {
    let pushed = try push("11-same-key-twice.jsonl", "--key", "k")
    #expect(pushed.status == 65, "\(pushed.output)")
    #expect(pushed.error.contains("11-same-key-twice.jsonl:2:"), "\(pushed.error)")
    #expect(try place.run("show", "d").status == 66)
  }

  @Test func `a comparison pairs 1 with 1.0`() throws {
    for run in 1...2 { try push("12-pairs-\(run).jsonl", "--key", "item") }
    try expectPairs(30, "d@1", "d@2")
    #expect(try place.run("diff", "d", "--stat").output.contains("+0 −0 ~30"))
  }

  @Test func `groups and models are one whatever the spelling of their number`() throws {
    for run in 1...2 { try push("28-temp-\(run).jsonl", "--key", "id,temp") }
    let trend = try place.run("trend", "d", "--metric", "success", "--by", "temp", "--json").output
    #expect(Self.occurrences(of: "\"group\":", in: trend) == 3, "\(trend)")
    #expect(Self.occurrences(of: "\"n\":20,", in: trend) == 6, "\(trend)")
    let report = try place.run("report", "d", "--by", "temp", "--json").output
    #expect(Self.occurrences(of: "\"items\":20,", in: report) == 3, "\(report)")
    #expect(try place.run("diff", "d", "--stat").output.contains("+0 −0 ~40"))
    try expectPairs(20, "d", "--by", "temp")
  }

  @Test func `a number of CSV joins a column of text as a text`() throws {
    try push("13-leading-zero-1.csv", "--key", "id")
    #expect(try push("13-leading-zero-2.csv", "--mode", "append").output.contains("+1 −0 ~0"))
    try expectRows("{\"id\":1,\"v\":\"007\"}\n{\"id\":2,\"v\":\"8\"}\n")
    #expect(try place.run("show", "d", "--json").output.contains("\"type\":\"string\""))
  }

  @Test func `keys of text stay texts without the one that needed it`() throws {
    try push("14-key-type-1.csv", "--key", "item")
    let pushed = try push("14-key-type-2.csv")
    #expect(pushed.output.contains("+0 −1 ~0"), "\(pushed.output)")
    try expectPairs(60, "d@1", "d@2")
  }

  @Test(arguments: ["jsonl", "json", "csv", "parquet", "arrow"])
  func `timestamps stay, whatever format they leave in and come back by`(format: String) throws {
    try push("15-timestamp.jsonl", "--key", "id", "--types", "t=timestamp")
    try place.run("pull", "d", "-o", "o.\(format)")
    for options in [[], ["--mode", "merge"]] {
      let pushed = try place.run(all: ["push", "d", "o.\(format)"] + options)
      #expect(pushed.output.hasPrefix("unchanged: d@1"), "\(pushed.output)\(pushed.error)")
    }
  }

  @Test func `a column of nulls is the same from JSON and from CSV`() throws {
    try place.write("{\"id\":1,\"x\":null}\n{\"id\":2,\"x\":null}\n", as: "n.jsonl")
    try place.write("id,x\n1,\n2,\n", as: "n.csv")
    for (name, first, second) in [("d", "n.jsonl", "n.csv"), ("e", "n.csv", "n.jsonl")] {
      #expect(try place.run("push", name, first, "--key", "id").status == 0)
      let again = try place.run("push", name, second)
      #expect(again.output.hasPrefix("unchanged: \(name)@1"), "\(again.output)\(again.error)")
    }
  }

  @Test func `a duration is one whatever its unit`() throws {
    #expect(try push("22-duration-ms.parquet", "--key", "id").status == 0)
    let again = try push("22-duration-us.parquet")
    #expect(again.output.hasPrefix("unchanged: d@1"), "\(again.output)\(again.error)")
    try expectRows("{\"id\":1,\"d\":\"PT1S\"}\n{\"id\":2,\"d\":\"PT2S\"}\n")
  }

  @Test func `what pandas writes for truth values is bool`() throws {
    let pushed = try push("25-pandas.csv", "--key", "id")
    #expect(pushed.status == 0 && pushed.error.contains("read as"), "\(pushed.error)")
    let mean = try place.run("query", "select avg(success) m from d", "--format", "csv")
    #expect(mean.output == "m\n0.75\n")
    #expect(try place.run("show", "d", "--json").output.contains("\"type\":\"bool\""))
    let trend = try place.run("trend", "d", "--metric", "success", "--json").output
    #expect(trend.contains("\"n\":4,") && trend.contains("\"value\":0.75,"), "\(trend)")
  }

  @Test func `an idempotency key is for the rows that it came with`() throws {
    let key = ["--idempotency-key", "k"]
    let first = try push("16-idempotency-1.jsonl", key[0], key[1])
    #expect(first.output.hasPrefix("d@1"), "\(first.error)")
    let other = try push("16-idempotency-2.jsonl", key[0], key[1])
    #expect(other.status == 75 && other.output.isEmpty, "\(other.output)")
    try expectRows("{\"id\":1}\n")
    let again = try push("16-idempotency-1.jsonl", key[0], key[1])
    #expect(again.status == 0 && again.output.contains("d@1"), "\(again.error)")
  }

  @Test func `a column with a comma in its name can be named`() throws {
    #expect(try push("18-comma-column.jsonl", "--key", "id").status == 0)
    let one = try place.run("pull", "d", "--columns", "\"a,b\"")
    #expect(one.output == "{\"a,b\":6}\n", "\(one.error)")
    let two = try place.run("pull", "d", "--columns", "\"a,b\",a b")
    #expect(two.output == "{\"a,b\":6,\"a b\":2}\n", "\(two.error)")
    #expect(try push("18-comma-column.jsonl", to: "e", "--key", "\"a,b\"").status == 0)
  }

  @Test(arguments: [
    "id in (select id from gold)", "exists (select 1 from gold)", "random() > 0",
    "date('now') > '2020'", "1) or (1", "id = 1 limit 1 --", "current_timestamp > ''",
  ])
  func `a condition reads its own row and nothing else`(condition: String) throws {
    try place.write("{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n", as: "runs.jsonl")
    try place.write("{\"id\":1}\n", as: "gold.jsonl")
    for name in ["runs", "gold"] { try place.run("push", name, "\(name).jsonl", "--key", "id") }
    let pulled = try place.run("pull", "runs@1", "--where", condition)
    #expect(pulled.status == 64 && pulled.output.isEmpty, "\(pulled.output)\(pulled.error)")
  }
}
