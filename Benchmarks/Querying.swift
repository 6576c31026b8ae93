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
    try measure(
      "across 500 runs: by model (SQL)",
      #"SELECT model, \#(Self.aggregates) FROM "runs@*" GROUP BY model ORDER BY model"#, times: 3)
  }

  func byRunAndModel() throws -> Measurement {
    try measure(
      "across 500 runs: by run and model (SQL)",
      #"SELECT _version, model, \#(Self.aggregates) FROM "runs@*" GROUP BY _version, model"#,
      times: 3)
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
