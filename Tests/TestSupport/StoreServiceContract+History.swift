import Model
import Testing
import Wire

extension StoreServiceContract {
  static let historyCases = [
    Case(description: "a trend has a number for each version and group") { contract in
      try contract.pushBoth()
      let whole = try contract.trend { $0.metric = "score" }
      #expect(whole.statistic == .mean && whole.versions.map(\.number) == [1, 2])
      #expect(whole.series.count == 1 && whole.series[0].points.map(\.value) == [0.375, 0.875])
      #expect(whole.series[0].points.map(\.n) == [2, 2] && whole.series[0].changes.isEmpty)
      // 0.375 ∓ 0.125 t(1), beyond both ends of what a share can be.
      #expect(whole.series[0].points[0].lower == 0 && whole.series[0].points[0].upper == 1)
      let groups = try contract.trend {
        $0.metric = "score"
        $0.group = "model"
      }
      #expect(groups.series.map(\.group) == ["a", "b", "c"])
      #expect(groups.series.map { $0.points.map(\.version) } == [[1, 2], [1], [2]])
      let rows = try contract.trend {
        $0.versions = "2.."
        $0.condition = "model = 'a' -- one"
      }
      #expect(rows.statistic == .count && rows.series[0].points.map(\.value) == [1])
      let quantiles = try contract.trend {
        $0.metric = "score"
        $0.statistic = .p95
        $0.condition = "score > 0.3"
      }
      #expect(quantiles.series[0].points.map(\.value) == [0.5, 1])
    },
    Case(description: "a trend that cannot be told says why") { contract in
      try contract.pushBoth()
      func kind(_ edit: (inout TrendRequest) -> Void) -> StoreError.Kind? {
        contract.kind { _ = try contract.trend(edit) }
      }
      #expect(kind { $0.metric = "scroe" } == .usage)
      #expect(kind { $0.metric = "model" } == .usage)
      #expect(kind { $0.statistic = .mean } == .usage)
      #expect(
        kind {
          $0.metric = "score"
          $0.statistic = .rate
        } == .usage)
      #expect(
        kind {
          $0.metric = "score"
          $0.condition = "score >"
        } == .usage)
      #expect(kind { $0.versions = "2" } == .usage)
      #expect(kind { $0.versions = "2..9" } == .missing)
      #expect(
        contract.kind {
          _ = try contract.service.trend(
            of: try DatasetName("absent"), TrendRequest(metric: "score"))
        } == .missing)
    },
    Case(description: "the history of an item has its changes and nothing else") { contract in
      try contract.pushBoth()
      try contract.push("{\"id\":1,\"model\":\"a\",\"score\":0.75,\"note\":\"again\"}\n")
      try contract.push(first)
      #expect(
        try contract.history(["1"], .text) == """
          runs  id 1  3 changes in 4 versions
          runs@1  2026-01-01T00:00:00Z  added
            id: 1
            model: "a"
            score: 0.5
          runs@2  2026-01-02T00:00:00Z  more
            score: 0.5 → 0.75
            note: null → "again"

          """
          + contract.history(["id=1"], .text).split(separator: "\n").suffix(3)
          .map { $0 + "\n" }.joined())
      let lines = try contract.history(["2"], .jsonl).split(separator: "\n")
      #expect(lines.count == 3)
      #expect(lines[1].contains(#""cells":{},"change":"removed""#))
      #expect(lines[2].contains(#""change":"returned""#))
      #expect(
        try contract.history(["1"], .csv) { $0.columns = ["score"] }.hasPrefix(
          "version,created_at,change,column,old,new\n1,2026-01-01T00:00:00Z,added,score,,0.5\n"))
      let object = try contract.history(["3"], .json)
      #expect(object.hasPrefix(#"{"changes":[{"author":"#))
      #expect(object.hasSuffix("\"dataset\":\"runs\",\"key\":{\"id\":\"3\"},\"versions\":4}\n"))
    },
    Case(description: "an item that never was has no history") { contract in
      try contract.pushBoth()
      #expect(contract.kind { _ = try contract.history(["9"], .json) } == .missing)
      #expect(contract.kind { _ = try contract.history(["1", "2"], .json) } == .usage)
      #expect(
        contract.kind { _ = try contract.history(["1"], .json) { $0.columns = ["scroe"] } }
          == .usage)
      #expect(
        contract.kind { _ = try contract.history(["3"], .json) { $0.versions = "..1" } } == .missing
      )
    },
    Case(description: "bisection finds the version in which a metric moved") { contract in
      for version in 1...12 {
        let moved = version >= 8
        try contract.push(
          "{\"id\":1,\"x\":\(moved ? 9 : 1).\(version)}\n{\"id\":2,\"x\":1.\(version)}\n"
        ) {
          $0.key = ["id"]
          $0.message = "run \(version)"
        }
      }
      for threshold in [nil, 4.0] {
        var request = BisectRequest(TrendRequest(metric: "x"))
        request.threshold = threshold
        request.good = threshold == nil ? nil : "1"
        let found = try contract.service.bisect(try DatasetName("runs"), request)
        let move = try #require(found.moves.first)
        #expect(found.moves.count == 1 && move.version.number == 8 && move.previous == 7)
        #expect(move.version.message == "run 8" && move.skipped.isEmpty)
        #expect(move.changes == ChangeCounts(added: 0, removed: 0, changed: 2))
        #expect(move.movedItems == 2 && move.items[0].key == ["id": "1"])
        #expect(move.items[0].old == 1.7 && move.items[0].new == 9.8)
        #expect((move.pValue == nil) == (threshold != nil))
        #expect(threshold == nil ? found.versionsRead == 12 : found.versionsRead <= 6)
      }
      var never = BisectRequest(TrendRequest(metric: "x"))
      never.threshold = 100
      #expect(try contract.service.bisect(try DatasetName("runs"), never).moves.isEmpty)
      never.good = "13"
      #expect(
        contract.kind { _ = try contract.service.bisect(try DatasetName("runs"), never) }
          == .missing)
    },
  ]

  /// The trend of ``runs``.
  func trend(_ edit: (inout TrendRequest) -> Void) throws -> TrendDocument {
    var request = TrendRequest(metric: nil)
    edit(&request)
    return try service.trend(of: try DatasetName(Self.runs), request)
  }

  /// The text of an item's history in ``runs``.
  func history(
    _ key: [String], _ format: HistoryRequest.Format,
    _ edit: (inout HistoryRequest) -> Void = { _ in }
  ) throws -> String {
    var request = HistoryRequest(key: key, format: format)
    edit(&request)
    var bytes: [UInt8] = []
    _ = try service.history(of: try DatasetName(Self.runs), request) { piece throws(StoreError) in
      bytes += piece
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
