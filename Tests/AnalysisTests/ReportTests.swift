import Analysis
import Columns
import Model
import TestSupport
import Testing
import Wire

@Suite struct ReportTests {
  /// One attempt of a model at an item.
  private struct Attempt {
    var id: Int
    var model: String?
    var task = "qa"
    var success: Double?
    var cost: Double?
  }

  private static func table(_ attempts: [Attempt]) -> ColumnTable {
    func texts(_ values: [String?]) -> ColumnVector {
      var words = TextValues()
      var validity = Bitmap(count: 0)
      for value in values {
        words.append((value ?? "").utf8)
        validity.append(value != nil)
      }
      return ColumnVector(
        type: .string, count: values.count, validity: validity, values: .text(words))
    }
    func numbers(_ values: [Double?]) -> ColumnVector {
      var validity = Bitmap(count: 0)
      for value in values { validity.append(value != nil) }
      return ColumnVector(
        type: .float64, count: values.count, validity: validity,
        values: .float64(values.map { $0 ?? 0 }, integral: nil))
    }
    let columns = [
      ColumnDefinition(name: "id", type: .int64), ColumnDefinition(name: "model", type: .string),
      ColumnDefinition(name: "task", type: .string),
      ColumnDefinition(name: "success", type: .float64),
      ColumnDefinition(name: "cost", type: .float64),
    ]
    return ColumnTable(
      name: "runs@1", columns: columns,
      batches: [
        RowBatch(
          columns: columns,
          vectors: [
            ColumnVector(
              type: .int64, count: attempts.count, validity: nil,
              values: .int64(attempts.map { Int64($0.id) })),
            texts(attempts.map(\.model)), texts(attempts.map(\.task)),
            numbers(attempts.map(\.success)), numbers(attempts.map(\.cost)),
          ], count: attempts.count)
      ])
  }

  private func report(
    _ attempts: [Attempt], key: [String] = ["id"], _ edit: (inout ReportRequest) -> Void = { _ in }
  ) throws -> ReportDocument {
    var request = ReportRequest("runs@1", by: "model")
    edit(&request)
    let table = Self.table(attempts)
    let roles = try MetricRoles(stated: request.roles, columns: table.columns, of: table.name)
    return try ReportAnalysis(table, roles: roles, key: key, request: request).document(
      .init(reference: "runs@1", snapshot: Digest(hashing: []), rows: attempts.count))
  }

  /// `count` items for each model, whose successes come as often as `rates` says.
  private static func attempts(
    _ models: [(name: String, rate: Double, cost: Double)], count: Int = 400
  ) -> [Attempt] {
    var random = SeededGenerator(seed: 7)
    return models.flatMap { model in
      (0..<count).map { id in
        Attempt(
          id: id, model: model.name, task: id % 2 == 0 ? "qa" : "code",
          success: Double.random(in: 0..<1, using: &random) < model.rate ? 1 : 0,
          cost: model.cost * Double.random(in: 0.9...1.1, using: &random))
      }
    }
  }

  @Test func `models stand in the order of their success, with their intervals`() throws {
    let document = try report(
      Self.attempts([("weak", 0.3, 1), ("strong", 0.9, 3), ("middle", 0.6, 2)]))
    #expect(document.models.map(\.model) == ["strong", "middle", "weak"])
    #expect(document.models.allSatisfy { $0.items == 400 && $0.summary.rows == 400 })
    #expect(document.models[0].summary.success?.method == "Wilson")
    #expect(document.findings.isEmpty)
  }

  @Test func `a model that costs more and can less is clearly dominated`() throws {
    let document = try report(
      Self.attempts([("good", 0.9, 1), ("bad", 0.3, 3), ("best", 0.99, 9), ("twin", 0.9, 1)]))
    let points = Dictionary(
      uniqueKeysWithValues: (document.front?.points ?? []).map { ($0.model, $0) })
    let bad = try #require(points["bad"])
    #expect(!bad.isOnFront && bad.isClear)
    #expect(bad.dominatedBy.contains { $0.model == "good" && $0.isClear })
    #expect(bad.dominatedBy.allSatisfy { $0.model != "best" })
    let best = try #require(points["best"])
    #expect(best.isOnFront && best.isClear)
    // Two models of the same make: which is on the front, few rows cannot tell.
    let twins = [points["good"], points["twin"]].compactMap { $0 }
    #expect(twins.allSatisfy { !$0.isClear })
    let level = try #require(document.front?.level)
    #expect(abs(level - (1 - 0.05 / 12)) < 1e-12)
  }

  @Test func `a slice names its best model and those that may be as good`() throws {
    let document = try report(
      Self.attempts([("a", 0.9, 1), ("b", 0.88, 3), ("c", 0.2, 2)])
    ) { $0.slices = ["task"] }
    let routing = try #require(document.routing.first)
    #expect(routing.column == "task" && routing.slices.map(\.value) == ["code", "qa"])
    for slice in routing.slices {
      #expect(slice.rows == 600 && slice.models.map(\.rows) == [200, 200, 200])
      let best = try #require(slice.best)
      #expect(["a", "b"].contains(best) && slice.notToldApart.allSatisfy { $0 != "c" })
      #expect(slice.models.first { $0.model == best }?.difference == nil)
      let worst = try #require(slice.models.first { $0.model == "c" }?.difference)
      #expect(worst.method == "Tango" && (worst.upper ?? 0) < -0.5)
    }
  }

  @Test func `what takes no part is said`() throws {
    var attempts = Self.attempts([("a", 0.5, 1), ("b", 0.5, 1)], count: 30)
    attempts.append(Attempt(id: 99, model: nil, success: 1, cost: 1))
    attempts.append(Attempt(id: 99, model: "a", success: nil, cost: nil))
    let findings = try report(attempts).findings
    #expect(findings.contains { $0.hasPrefix("1 rows without a model") })
    #expect(findings.contains { $0.hasPrefix("a: 1 rows without a result") })
    #expect(findings.contains { $0.hasPrefix("of 31 items 30 were given to every model") })
    let unkeyed = try report(attempts, key: [])
    #expect(unkeyed.findings.contains { $0.contains("no key tells items apart") })
    #expect(unkeyed.front?.points.allSatisfy { !$0.isClear } == true)
  }

  @Test func `a judge that is not the same for all models is told`() throws {
    func table(_ judge: (Int) -> String) -> ColumnTable {
      TestTable.make(
        "runs@1",
        [
          ("id", .texts((0..<40).map { "q\($0 / 2)" })),
          ("model", .texts((0..<40).map { $0 % 2 == 0 ? "a" : "b" })),
          ("success", .numbers((0..<40).map { Double?($0 % 3 == 0 ? 0 : 1) })),
          ("judge", .texts((0..<40).map(judge))), ("latency_ms", .texts((0..<40).map { "\($0)" })),
        ])
    }
    func findings(_ table: ColumnTable) throws -> [String] {
      let request = ReportRequest("runs@1", by: "model")
      let roles = try MetricRoles(
        stated: MetricRoles(), columns: table.columns, of: table.name)
      return try ReportAnalysis(table, roles: roles, key: ["id"], request: request).document(
        .init(reference: "runs@1", snapshot: Digest(hashing: []), rows: 40)
      ).findings
    }
    let differing = try findings(table { $0 == 6 ? "j2" : "j1" })
    #expect(
      differing.contains { $0.hasPrefix("judge is not the same for all models on 1 items") })
    #expect(
      differing.contains(
        "latency_ms holds texts, and so is no column of latency: nothing is told of it"))
    #expect(!(try findings(table { "j\($0 / 2)" }).contains { $0.hasPrefix("judge") }))
  }

  @Test func `a judge for each attempt is the same for all models, whoever lost one`() throws {
    /// Two models with three attempts at each of ten items, but for those that are lost.
    func findings(
      lost: (String, Int) -> Bool, _ judge: (String, Int) -> String?
    ) throws -> [String] {
      let rows = (0..<10).flatMap { item in
        ["a", "b"].flatMap { model in (0..<3).map { (item: item, model: model, attempt: $0) } }
      }.filter { !lost($0.model, $0.attempt) }
      let table = TestTable.make(
        "runs@1",
        [
          ("id", .texts(rows.map { "q\($0.item)" })), ("model", .texts(rows.map(\.model))),
          ("attempt", .numbers(rows.map { Double($0.attempt) })),
          ("success", .numbers(rows.map { judge($0.model, $0.attempt) == nil ? nil : 1 })),
          ("judge", .texts(rows.map { judge($0.model, $0.attempt) })),
        ])
      var request = ReportRequest("runs@1", by: "model")
      request.repeats = "attempt"
      let roles = try MetricRoles(stated: MetricRoles(), columns: table.columns, of: table.name)
      return try ReportAnalysis(table, roles: roles, key: ["id"], request: request).document(
        .init(reference: "runs@1", snapshot: Digest(hashing: []), rows: rows.count)
      ).findings.filter { $0.hasPrefix("judge") }
    }
    let none = { (_: String, _: Int) in false }
    #expect(try findings(lost: none) { "j\($1)" } == [])
    #expect(try findings(lost: { $0 == "b" && $1 == 2 }) { "j\($1)" } == [])
    #expect(try findings(lost: none) { $0 == "b" && $1 == 2 ? nil : "j\($1)" } == [])
    let changed = try findings(lost: none) { $0 == "b" && $1 == 2 ? "k" : "j\($1)" }
    #expect(changed.count == 1 && changed[0].contains("on 10 items"), "\(changed)")
  }

  @Test func `attempts at one item are one value, and make nothing surer`() throws {
    let once = Self.attempts([("a", 0.5, 1), ("b", 0.5, 1)], count: 50)
    let document = try report(once + once)
    let success = try #require(document.models[0].summary.success)
    #expect(success.clusters == nil && success.rows == 50)
    #expect(document.models[0].summary.rows == 100 && document.models[0].items == 50)
    let single = try #require(try report(once).models[0].summary.success)
    let widths = [success, single].map { ($0.upper ?? 0) - ($0.lower ?? 0) }
    #expect(widths[0] == widths[1])
  }

  @Test func `what costs nothing, or one, has the interval of an amount`() throws {
    let document = try report(
      (0..<20).map { Attempt(id: $0, model: "free", success: 1, cost: 0) }
        + (0..<20).map { Attempt(id: $0, model: "mixed", success: 0, cost: Double($0 % 2)) })
    let costs = document.models.compactMap(\.summary.cost?.perRow)
    #expect(costs.map(\.method) == ["t", "t"] && costs[0].upper == 0)
  }

  @Test func `a column that is none, or tells nothing, is refused`() throws {
    let attempts = Self.attempts([("a", 0.5, 1)], count: 3)
    for edit: (inout ReportRequest) -> Void in [
      { $0.by = "modle" }, { $0.slices = ["tsak"] }, { $0.metrics = ["task"] },
      { $0.confidence = 2 }, { $0.cluster = "none" },
    ] {
      let error = #expect(throws: StoreError.self) { try report(attempts, key: ["id"], edit) }
      #expect(error?.kind == .usage)
    }
  }
}
