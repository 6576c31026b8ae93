import Access
import Foundation
import Model
import Service
import Store
import TestSupport
import Testing
import Wire

/// Two spellings of a text are two texts in every answer: names of columns, values, groups, arms.
@Suite struct SpellingTests {
  /// "café" with one scalar at its end, and with two.
  static let composed = "caf\u{E9}"
  static let decomposed = "cafe\u{301}"

  private let desk: Desk

  init() throws { desk = try Desk() }

  private static func isSame(_ left: some StringProtocol, _ right: String) -> Bool {
    left.hasBytes(of: right)
  }

  @Test(arguments: [FileFormat.jsonl, .json, .csv, .parquet, .arrow])
  func `two spellings of a name are two columns in every format`(format: FileFormat) throws {
    let row = "{\"k\":1,\"\(Self.composed)\":1,\"\(Self.decomposed)\":2}\n"
    try desk.push(row)
    #expect(Self.isSame(String(decoding: try desk.pull(), as: UTF8.self), row))
    let file = try desk.pull("d", format)
    #expect(!(try desk.push(file, format).isNew), "what came out is not what went in")
    try desk.push(file, to: "other", format)
    #expect(Self.isSame(String(decoding: try desk.pull("other"), as: UTF8.self), row))
  }

  @Test func `a row of each spelling keeps its value`() throws {
    let rows = "{\"k\":1,\"\(Self.composed)\":1}\n{\"k\":2,\"\(Self.decomposed)\":2}\n"
    try desk.push(rows)
    #expect(Self.isSame(String(decoding: try desk.pull(), as: UTF8.self), rows))
    try desk.push("{\"k\":3,\"\(Self.decomposed)\":3}\n", .jsonl, .append)
    #expect(try desk.lines().count == 3)
    #expect(try desk.query("SELECT count(\"\(Self.composed)\") FROM d") == ["1"])
    #expect(try desk.query("SELECT count(\"\(Self.decomposed)\") FROM d") == ["2"])
    #expect(try desk.query("SELECT sum(\"\(Self.decomposed)\") FROM \"d@*\"") == ["7"])
  }

  @Test func `rows that are appended one by one keep them too`() throws {
    let rows = desk.service.rows()
    let name = try DatasetName("d")
    for line in ["{\"\(Self.composed)\":1}\n", "{\"\(Self.decomposed)\":2}\n"] {
      _ = try rows.appendRows(to: name, Array(line.utf8), .lines, idempotencyKey: nil, as: .local)
    }
    _ = try rows.sealRows(of: name)
    let lines = try desk.lines()
    #expect(lines.count == 2 && Self.isSame(lines[0], "{\"\(Self.composed)\":1}"))
    #expect(lines.count == 2 && Self.isSame(lines[1], "{\"\(Self.decomposed)\":2}"))
  }

  @Test func `a column is found by its bytes, and its other spelling is pointed at`() throws {
    try desk.push("{\"k\":1,\"\(Self.decomposed)\":2}\n")
    #expect(
      Self.isSame(
        String(decoding: try desk.pull(columns: [Self.decomposed]), as: UTF8.self),
        "{\"\(Self.decomposed)\":2}\n"))
    let error = desk.error { _ = try desk.pull(columns: [Self.composed]) }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains("looks the same and is spelled otherwise") == true)
    let sql = desk.error { _ = try desk.query("SELECT \"\(Self.composed)\".k FROM d") }
    #expect(sql?.kind == .usage)
    // Of both the named one is meant.
    try desk.push("{\"\(Self.composed)\":1,\"\(Self.decomposed)\":2}\n", to: "both")
    #expect(
      Self.isSame(
        String(decoding: try desk.pull("both", columns: [Self.composed]), as: UTF8.self),
        "{\"\(Self.composed)\":1}\n"))
  }

  @Test func `types are given to the spelling that is named`() throws {
    try desk.push("{\"\(Self.composed)\":1,\"\(Self.decomposed)\":2}\n") {
      $0.types = [DataText(Self.decomposed): .float64]
    }
    let snapshot = try desk.store.snapshot(try desk.store.resolve(try Reference(parsing: "d")))
    #expect(snapshot.schema.columns.map(\.type) == [.int64, .float64])
  }

  /// 80 rows, half of each spelling, the one never and the other always with success.
  private var grouped: String {
    (0..<80).map { row in
      let text = row % 2 == 0 ? Self.composed : Self.decomposed
      return "{\"k\":\(row),\"s\":\"\(text)\",\"success\":\(row % 2 == 1)}\n"
    }.joined()
  }

  @Test func `a trend, a report and SQL have a group of each spelling`() throws {
    try desk.push(grouped, key: ["k"])
    let series = try desk.trend(by: "s")
    #expect(series.map { $0.points.map(\.n) } == [[40], [40]])
    // "e" with an accent comes before "é" by its bytes.
    #expect(series.map { $0.points.map(\.value) } == [[1], [0]])
    #expect(
      zip(series, [Self.decomposed, Self.composed]).allSatisfy {
        Self.isSame($0.group ?? "", $1)
      })
    #expect(try desk.report("d", by: "s").models.count == 2)
    #expect(try desk.query("SELECT count(*) FROM d GROUP BY s") == ["40", "40"])
    var request = TrendRequest(metric: "success")
    request.group = "s"
    request.condition = "k < 40"
    let picked = try desk.service.trend(of: try DatasetName("d"), request).series
    #expect(picked.map { $0.points.map(\.n) } == [[20], [20]])
    request.statistic = .p50
    #expect(try desk.service.trend(of: try DatasetName("d"), request).series.count == 2)
  }

  @Test func `arms of two spellings are compared`() throws {
    let rows = (0..<20).flatMap { item in
      [Self.composed, Self.decomposed].map { arm in
        "{\"item\":\"i\(item)\",\"model\":\"\(arm)\",\"success\":\(arm.utf8.count == 5)}\n"
      }
    }
    try desk.push(rows.joined(), key: ["item", "model"])
    let document = try desk.compare("d", by: "model")
    #expect(document.items.count == 20)
    #expect(document.arms.map { $0.name.utf8.count } == [5, 6])
    #expect(document.pairs.count == 1)
    #expect(try desk.report("d", by: "model").models.map(\.items) == [20, 20])
    var request = ComparisonRequest(
      of: "d", by: "model", base: Self.decomposed, candidates: [])
    var options = ComparisonOptions()
    options.resamples = 100
    request.options = options
    #expect(try desk.service.compare(request) { _ in }.document.arms[0].name.utf8.count == 6)
  }

  @Test func `keys of two spellings are no pairs, for a diff and a comparison alike`() throws {
    for text in [Self.composed, Self.decomposed] {
      let rows = (0..<30).map { "{\"k\":\"\(text)\($0)\",\"success\":true}\n" }
      try desk.push(rows.joined(), key: ["k"])
    }
    #expect(try desk.diff("d@1", "d@2") == ChangeCounts(added: 30, removed: 30, changed: 0))
    #expect(try desk.compare("d@1", "d@2").items.count == 0)
    let history = try desk.history(["\(Self.composed)1"])
    #expect(history.contains("removed"))
    // Registered items are those whose keys have the same bytes.
    var options = ComparisonOptions()
    options.gates = ["success >= -50pp"]
    options.resamples = 100
    _ = try desk.service.createGate(
      GateRequest(reference: "d@1", options: options, save: SaveRequest(name: "bar")))
    var request = ComparisonRequest(base: "d@1", candidates: ["d@2"])
    request.registered = "bar"
    #expect(desk.error { _ = try desk.service.compare(request) { _ in } }?.kind == .conflict)
  }

  @Test func `slices and clusters go by bytes`() throws {
    try desk.push(grouped, key: ["k"])
    try desk.push(grouped.replacing("true", with: "false"), key: ["k"])
    let pair = try #require(try desk.compare("d@1", "d@2", slices: ["s"]).pairs.first)
    #expect(pair.slices.map(\.items) == [40, 40])
  }

  @Test func `raters and arms of two spellings are two`() throws {
    var events: [String] = []
    for item in 0..<12 {
      for (number, rater) in [Self.composed, Self.decomposed, "bob"].enumerated() {
        for (other, arm) in [Self.composed, Self.decomposed].enumerated() {
          events.append(
            "{\"rating\":\"r\(item)-\(number)-\(other)\",\"at\":\"2026-01-01T00:00:00Z\","
              + "\"kind\":\"preference\",\"item\":\"i\(item)\",\"rater\":\"\(rater)\","
              + "\"winner\":\"\(item % 4 == 0 ? "b" : "a")\",\"a\":\"\(arm)\",\"b\":\"zed\","
              + "\"rubric\":\"overall\",\"scorer\":\"human\",\"scorer_version\":\"1\"}\n")
        }
      }
    }
    try desk.push(events.joined(), key: ["rating"]) { $0.kind = .ratings }
    let document = try desk.service.ratingReport(
      of: try Reference(parsing: "d"), RatingReportRequest())
    let metric = try #require(document.metrics.first)
    #expect(metric.raters.map(\.ratings) == [24, 24, 24])
    #expect(metric.preference?.arms.count == 3)
    #expect(metric.preference?.votes == 72)
    #expect(document.superseded == 0)
  }

  @Test func `targets of rules in two spellings are two targets`() throws {
    let rules = """
      {"schema":"route.rules/1","route":"chat","targets":{"\(Self.composed)":{"provider":"p",\
      "model":"a"},"\(Self.decomposed)":{"provider":"p","model":"b"}},"rules":[],\
      "default":{"target":"\(Self.decomposed)"}}
      """
    let name = try DatasetName("chat")
    _ = try desk.service.pushRules(name, Array(rules.utf8), RulesPushRequest())
    let kept = try desk.service.ruleSet(try Reference(dataset: name, parsing: "1"))
    #expect(kept.document.object?["targets"]?.object?.count == 2)
  }
}
