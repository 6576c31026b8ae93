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

  /// SQL by model over `runs`.
  static func byModel(_ runs: String) -> String {
    #"SELECT model, \#(aggregates) FROM "\#(runs)" GROUP BY model ORDER BY model"#
  }

  /// SQL for some rows of all runs.
  static let filter =
    #"SELECT _version, id FROM "runs@*" WHERE task = 'qa_open' AND score < 0.2 "#
    + "ORDER BY _version, id LIMIT 100"

  /// SQL for one row of the last run.
  static func row(_ workloads: Workloads) throws -> String {
    let line = try String(contentsOfFile: workloads.run(499), encoding: .utf8)
      .split(separator: "\n")[1234]
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    return #"SELECT * FROM "runs@500" WHERE id = '\#(object?["id"] as? String ?? "")'"#
  }

  func byModel() throws -> Measurement {
    try measureGroups(
      "across 500 runs: by model (SQL)",
      Self.byModel("$"), "a")
  }

  func byRunAndModel() throws -> Measurement {
    try measureGroups(
      "across 500 runs: by run and model (SQL)",
      #"SELECT _version, model, \#(Self.aggregates) FROM "$" GROUP BY _version, model"#, "b")
  }

  /// The time of a query whose columns are decoded and whose aggregates are not known yet, in turns
  /// with DuckDB's; `letter` is what the query is called there.
  ///
  /// The figures tell the others: with nothing in memory; asked again; asked again when one more run
  /// was saved; by SQLite, row by row.
  private func measureGroups(
    _ name: String, _ sql: String, _ letter: String
  ) throws -> Measurement {
    let times = 9
    var rows: [[QueryValue]] = []
    var processor: [Double] = []
    func time(
      _ store: Store, _ runs: String = "runs@*", remembers: Bool = true, usesVectors: Bool = true
    ) throws -> Double {
      let source = StoreQuerySource(store)
      var options = QueryOptions()
      options.usesVectors = usesVectors
      let text = sql.replacingOccurrences(of: "$", with: runs)
      let query =
        remembers
        ? SQLQuery(text, on: source, options: options)
        : SQLQuery(text, on: ForgetfulSource(source: source), options: options)
      let before = Clock.processor()
      let wall = try Clock.time { rows = try query.rows().rows }
      processor.append(Clock.processor() - before)
      return wall
    }
    let store = try Store(path: workloads.existing("w4"))
    var figures = [Figure(name: "nothing in memory", seconds: try time(store, remembers: false))]
    let duckDB = try DuckDB(workloads)
    var (merged, files): ([Double], [Double]) = ([], [])
    if let duckDB {
      let first = try duckDB.answer(letter, from: .merged)
      try check(first.sums, against: rows)
      figures.append(Figure(name: "DuckDB, first", seconds: first.seconds))
      _ = try duckDB.answer(letter, from: .files)
    }
    var fresh: [Double] = []
    processor = []
    for _ in 0..<times {
      fresh.append(try time(store, remembers: false))
      if let duckDB {
        merged.append(try duckDB.answer(letter, from: .merged).seconds)
        files.append(try duckDB.answer(letter, from: .files).seconds)
      }
    }
    let note = String(
      format: "best %.1f ms, processor %.1f ms on all cores", (fresh.min() ?? 0) * 1e3,
      (processor.min() ?? 0) * 1e3)
    if duckDB != nil {
      figures.append(Figure(name: "DuckDB, 500 files", seconds: Clock.median(files)))
    }
    var grown: [Double] = []
    for _ in 0..<times {
      let other = try Store(path: workloads.existing("w4"))
      _ = try time(other, "runs@1..499")
      grown.append(try time(other, "runs@1..500"))
    }
    figures.append(Figure(name: "one more run", seconds: Clock.median(grown)))
    _ = try time(store)
    let again = try (0..<times).map { _ in try time(store) }
    figures.append(Figure(name: "again", seconds: Clock.median(again)))
    let rowByRow = try (0..<3).map { _ in try time(store, usesVectors: false) }
    figures.append(Figure(name: "by SQLite", seconds: Clock.median(rowByRow)))
    return Measurement(
      operation: name, seconds: Clock.median(fresh), repetitions: times,
      floorSeconds: duckDB.map { _ in Clock.median(merged) },
      floor: duckDB.map { "DuckDB \($0.version) over one zstd Parquet file of the same rows" },
      peakBytes: peakMemory(), figures: figures, note: note)
  }

  /// Fails when DuckDB's sums over all groups are not those of our rows, whose last columns are the
  /// aggregates.
  private func check(_ sums: [Double], against rows: [[QueryValue]]) throws {
    for (index, theirs) in sums.enumerated() {
      var ours = 0.0
      for row in rows {
        switch row[row.count - sums.count + index] {
        case .integer(let integer): ours += Double(integer)
        case .real(let real): ours += real
        default: break
        }
      }
      guard (ours - theirs).magnitude <= 1e-9 * theirs.magnitude else {
        throw BenchError("aggregate \(index + 1) sums to \(ours), of DuckDB's to \(theirs)")
      }
    }
  }

  func filtered() throws -> Measurement {
    try measure(
      "across 500 runs: filter, limit 100",
      Self.filter, times: 15)
  }

  func oneRow() throws -> Measurement {
    try measure("one row by key in one run", Self.row(workloads), times: 15)
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
