import Model
import Service
import Testing
import Wire

/// Attempts, and conditions, as the commands over whole versions see them.
@Suite struct AttemptColumnTests {
  private let desk: Desk

  init() throws { desk = try Desk() }

  /// Thirty items in two epochs, with four attempts where they are hard and one where not; each
  /// attempt at an item goes as the item does, but in the second version every fifth is better.
  private func push(improved: Bool) throws {
    var rows = ""
    for id in 0..<30 {
      for epoch in 0..<2 {
        for attempt in 0..<(id % 2 == 0 ? 4 : 1) {
          let isGood = id % 2 == 0 || (improved && id % 5 == 0)
          rows +=
            "{\"id\":\(id),\"epoch\":\(epoch),\"attempt\":\(attempt),\"success\":\(isGood)}\n"
        }
      }
    }
    try desk.push(rows, key: ["id", "epoch", "attempt"])
  }

  @Test func `attempts numbered by two columns are attempts at one item`() throws {
    try push(improved: false)
    try push(improved: true)
    let document = try desk.compare("d@1", "d@2")
    #expect(document.items.count == 30 && document.items.key == ["id"])
    #expect(document.arms.map(\.summary.success?.value) == [0.5, 0.6])
    let request = document.request
    #expect(request.options?.key == ["id"] && request.options?.repeats == "epoch")
    #expect(try desk.service.compare(request) { _ in }.document == document)
    let trend = try desk.trend(by: nil)
    #expect(trend[0].points.map(\.n) == [30, 30] && trend[0].points.map(\.value) == [0.5, 0.6])
    // What tells arms or groups apart numbers no attempts.
    let report = try desk.report("d@1", by: "epoch")
    #expect(report.request.repeats == "attempt")
    #expect(report.models.map(\.items) == [30, 30])
    #expect(try desk.trend(by: "epoch").map { $0.points.map(\.n) } == [[30, 30], [30, 30]])
  }

  @Test func `bisect tells items with attempts, each once`() throws {
    try push(improved: false)
    try push(improved: true)
    var request = BisectRequest(TrendRequest(metric: "success"))
    request.threshold = 0.55
    request.itemLimit = 50
    let move = try #require(try desk.service.bisect(try DatasetName("d"), request).moves.first)
    #expect(move.items.map { $0.key["id"] } == ["15", "25", "5"])
    #expect(move.movedItems == 3 && move.items.allSatisfy { $0.key.count == 1 })
  }

  @Test func `backtests and drafts refuse a column of attempts that is not there`() throws {
    try desk.push(
      (0..<20).flatMap { id in
        ["big", "small"].map { "{\"id\":\(id),\"model\":\"\($0)\",\"success\":1,\"cost\":2}\n" }
      }.joined(), key: ["id", "model"])
    let rules = """
      {"schema":"route.rules/1","route":"r","targets":{"big":{"provider":"p","model":"big"}},\
      "rules":[],"default":{"target":"big"}}
      """
    _ = try desk.service.pushRules(try DatasetName("r"), Array(rules.utf8), RulesPushRequest())
    var options = BacktestOptions()
    options.repeats = "nosuch"
    var trial = BacktestRequest(rules: "r@1", on: "d@1")
    trial.options = options
    var draft = SuggestionRequest(name: "r", objective: "min cost s.t. success >= -5pp")
    (draft.on, draft.slice, draft.options) = ("d@1", "id", options)
    for error in [
      desk.error { _ = try desk.service.backtest(trial) },
      desk.error { _ = try desk.service.suggest(draft) },
    ] {
      #expect(error?.kind == .usage)
      #expect(error?.message.contains("no column 'nosuch'") == true, "\(error?.message ?? "")")
    }
  }

  @Test func `a column of attempts that is not there is refused`() throws {
    try push(improved: false)
    var request = TrendRequest(metric: "success")
    request.repeats = "nosuch"
    let name = try DatasetName("d")
    #expect(desk.error { _ = try desk.service.trend(of: name, request) }?.kind == .usage)
    var bisect = BisectRequest(request)
    bisect.threshold = 0.5
    #expect(desk.error { _ = try desk.service.bisect(name, bisect) }?.kind == .usage)
  }

  @Test(arguments: [TrendRequest.Statistic.mean, .p50, .count, .sum])
  func `a condition reads the row's own columns, whatever they are called`(
    statistic: TrendRequest.Statistic
  ) throws {
    for shift in 0..<2 {
      let rows = (0..<40).map { id in
        "{\"id\":\(id),\"_version\":\((id + shift) % 2),\"x\":\(id % 2 + shift)}\n"
      }
      try desk.push(rows.joined(), key: ["id"])
    }
    var request = TrendRequest(metric: "x")
    request.statistic = statistic
    request.condition = "_version = 1"
    let name = try DatasetName("d")
    let points = try desk.service.trend(of: name, request).series[0].points
    #expect(points.map(\.n) == [20, 20])
    if statistic == .mean { #expect(points.map(\.value) == [1, 1]) }
    // A column that some version lacks is null there.
    request.condition = "later is null"
    try desk.push("{\"id\":1,\"x\":5,\"later\":1}\n{\"id\":2,\"x\":3}\n")
    #expect(try desk.service.trend(of: name, request).series[0].points.map(\.n) == [40, 40, 1])
    for condition in ["_created_at is not null", "_message = ''", "nosuch = 1"] {
      request.condition = condition
      #expect(
        desk.error { _ = try desk.service.trend(of: name, request) }?.kind == .usage, "\(condition)"
      )
    }
  }
}
