import Foundation
import Model
import Query
import Store

/// SQL across the runs that ``Saving/runs(_:)`` left.
struct Querying {
  let workloads: Workloads

  private static let aggregates =
    "count(*) n, avg(score) score, avg(success) ok, quantile(latency_ms, 0.95) p95, "
    + "sum(cost_usd) cost"

  func byModel() throws -> Measurement {
    try measureGroups(
      "across 500 runs: by model (SQL)",
      #"SELECT model, \#(Self.aggregates) FROM "$" GROUP BY model ORDER BY model"#)
  }

  func byRunAndModel() throws -> Measurement {
    try measureGroups(
      "across 500 runs: by run and model (SQL)",
      #"SELECT _version, model, \#(Self.aggregates) FROM "$" GROUP BY _version, model"#)
  }

  /// The time of a query whose columns are decoded and whose aggregates are not known yet.
  ///
  /// The note tells the others: with nothing in memory; asked again; asked again when one more run
  /// was saved; by SQLite, row by row.
  private func measureGroups(_ name: String, _ sql: String) throws -> Measurement {
    let times = 9
    func time(
      _ store: Store, _ runs: String = "runs@*", remembers: Bool = true, usesVectors: Bool = true
    ) throws -> (wall: Double, processor: Double) {
      let source = StoreQuerySource(store)
      var options = QueryOptions()
      options.usesVectors = usesVectors
      let text = sql.replacingOccurrences(of: "$", with: runs)
      let query =
        remembers
        ? SQLQuery(text, on: source, options: options)
        : SQLQuery(text, on: ForgetfulSource(source: source), options: options)
      let processor = Clock.processor()
      let wall = try Clock.time { _ = try query.rows() }
      return (wall, Clock.processor() - processor)
    }
    func text(_ times: [(wall: Double, processor: Double)]) -> String {
      String(
        format: "%.1f ms (best %.1f, processor %.1f)", Clock.median(times.map(\.wall)) * 1e3,
        (times.map(\.wall).min() ?? 0) * 1e3, (times.map(\.processor).min() ?? 0) * 1e3)
    }
    let store = try Store(path: workloads.existing("w4"))
    let first = try time(store, remembers: false)
    let fresh = try (0..<times).map { _ in try time(store, remembers: false) }
    var grown: [(wall: Double, processor: Double)] = []
    for _ in 0..<5 {
      let other = try Store(path: workloads.existing("w4"))
      _ = try time(other, "runs@1..499")
      grown.append(try time(other, "runs@1..500"))
    }
    _ = try time(store)
    let again = try (0..<times).map { _ in try time(store) }
    let rowByRow = try (0..<3).map { _ in try time(store, usesVectors: false) }
    return Measurement(
      operation: name, seconds: Clock.median(fresh.map(\.wall)), repetitions: times,
      peakBytes: peakMemory(),
      note: "columns decoded \(text(fresh)); nothing in memory \(text([first])); "
        + "one more run \(text(grown)); again \(text(again)); by SQLite \(text(rowByRow))")
  }

  func filtered() throws -> Measurement {
    try measure(
      "across 500 runs: filter, limit 100",
      #"SELECT _version, id FROM "runs@*" WHERE task = 'qa_open' AND score < 0.2 "#
        + "ORDER BY _version, id LIMIT 100", times: 15)
  }

  func oneRow() throws -> Measurement {
    let line = try String(contentsOfFile: workloads.run(499), encoding: .utf8)
      .split(separator: "\n")[1234]
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    let id = object?["id"] as? String ?? ""
    return try measure(
      "one row by key in one run", #"SELECT * FROM "runs@500" WHERE id = '\#(id)'"#, times: 15)
  }

  /// In an open store; the first run, which fills its caches, is told in the note.
  private func measure(_ name: String, _ sql: String, times: Int) throws -> Measurement {
    let store = try Store(path: workloads.existing("w4"))
    var rows = 0
    var seconds: [Double] = []
    for _ in 0...times {
      seconds.append(
        try Clock.time {
          rows = 0
          _ = try SQLQuery(sql, on: StoreQuerySource(store)).run(
            onColumns: { _ in },
            onRow: { _ in
              rows += 1
              return true
            })
        })
    }
    return Measurement(
      operation: name, seconds: Clock.median(Array(seconds.dropFirst())), repetitions: times,
      peakBytes: peakMemory(),
      note: String(format: "%d rows; first %.1f ms", rows, seconds[0] * 1e3))
  }
}

/// A store's tables without what is kept of earlier queries' aggregates.
private struct ForgetfulSource: QuerySource {
  let source: StoreQuerySource

  func table(named name: String) throws(StoreError) -> QueryTable? {
    try source.table(named: name)
  }

  func nearNames(to name: String) -> [String] { source.nearNames(to: name) }
}
