import Model
import Testing
import Wire

extension StoreServiceContract {
  /// One mean under one name: an item's value is that of its attempts, wherever a number is made.
  static let attemptCases = [
    Case(description: "arms, differences and costs are of items, whatever the attempts") {
      contract in
      try contract.pushAttempts()
      let document = try contract.service.compare(
        ComparisonRequest(base: "runs@1", candidates: ["runs@2"])
      ).document
      #expect(document.request.options?.repeats == "attempt" && document.items.key == ["id"])
      let metric = try #require(document.pairs[0].metrics.first { $0.metric == "success" })
      // Of the attempts, 30 of 120 and then 84 of 120 succeed.
      #expect(metric.base?.value == 0.5 && metric.candidate?.value == 28.0 / 60)
      #expect(document.arms.map(\.summary.success?.value) == [0.5, 28.0 / 60])
      #expect(metric.scale == .binary && abs((metric.difference?.value ?? 0) + 2.0 / 60) < 1e-12)
      #expect(document.arms.map(\.summary.successCount?.count) == [nil, nil])
      #expect(document.arms.map(\.summary.successCount?.rate?.value) == [0.5, 28.0 / 60])
      let cost = try #require(document.pairs[0].costPerSuccess)
      #expect(cost.base?.value == document.arms[0].summary.cost?.perSuccess?.value)
      #expect(cost.candidate?.value == document.arms[1].summary.cost?.perSuccess?.value)
      #expect(document.arms[0].summary.cost?.total == 120)
      let plain = try contract.service.compare(contract.asItems()).document
      #expect(plain.items.key == ["id", "attempt"] && plain.request.options?.repeats == nil)
    },
    Case(description: "a trend is of items, and a condition changes nothing of that") { contract in
      try contract.pushAttempts()
      for condition in [nil, "id >= 0"] as [String?] {
        var request = TrendRequest(metric: "success")
        request.condition = condition
        let document = try contract.service.trend(of: DatasetName("runs"), request)
        #expect(document.repeat == "attempt")
        let points = document.series[0].points
        #expect(points.map(\.value) == [0.5, 28.0 / 60] && points.map(\.n) == [60, 60])
        #expect(points.allSatisfy { $0.lower ?? -1 >= 0 && $0.upper ?? 2 <= 1 })
        request.statistic = .count
        let counted = try contract.service.trend(of: DatasetName("runs"), request)
        #expect(counted.series[0].points.map(\.value) == [120, 120])
      }
    },
    Case(description: "a report is of items, and its differences are between its own numbers") {
      contract in
      try contract.pushAttempts()
      var request = ReportRequest("models", by: "model")
      request.metrics = ["latency_ms"]
      request.slices = ["task"]
      for column in [nil, "attempt"] as [String?] {
        request.repeats = column
        let document = try contract.service.report(request).document
        #expect(document.request.repeats == "attempt")
        #expect(document.models.map(\.model) == ["a", "b"] && document.models[0].items == 60)
        #expect(document.models.map(\.summary.success?.value) == [0.5, 28.0 / 60])
        let slice = try #require(document.routing[0].slices.first)
        let cells = slice.models.compactMap { $0.success?.value }
        let difference = slice.models.compactMap(\.difference?.value)
        #expect(difference.count == 1 && abs(abs(cells[0] - cells[1]) - abs(difference[0])) < 1e-12)
      }
      request.repeats = nil
      request.key = ["id", "attempt"]
      let named = try contract.service.report(request).document
      #expect(named.request.repeats == nil && named.models[0].items == 120)
    },
    Case(description: "a column that is called so and numbers nothing again is a part of the key") {
      contract in
      var text = ""
      for trial in 0..<40 {
        text += #"{"site":"s\#(trial % 4)","trial":\#(trial),"success":\#(trial % 2)}"# + "\n"
      }
      try contract.push(text, to: "trials") { $0.key = ["site", "trial"] }
      try contract.push(text.replacing("\"success\":1", with: "\"success\":0"), to: "trials")
      let document = try contract.service.compare(
        ComparisonRequest(base: "trials@1", candidates: ["trials@2"])
      ).document
      #expect(document.items.count == 40 && document.request.options?.repeats == nil)
      // `seed` and `sample` often tell items apart: only when they are named.
      try contract.pushAttempts(column: "seed")
      let seeds = try contract.service.compare(
        ComparisonRequest(base: "runs@1", candidates: ["runs@2"])
      ).document
      #expect(seeds.request.options?.repeats == nil)
    },
    Case(description: "gates registered on a run with attempts are of its items") { contract in
      try contract.pushAttempts()
      var options = ComparisonOptions()
      options.gates = ["success >= -30pp"]
      // Its attempts are unequal on purpose.
      options.missing = .ignore
      let kept = try contract.service.createGate(
        GateRequest(reference: "runs@1", options: options, save: SaveRequest(name: "bar")))
      #expect(kept.document.items.count == 60 && kept.document.options.repeats == "attempt")
      var request = ComparisonRequest(base: "runs@1", candidates: ["runs@2"])
      request.registered = "bar"
      request.save = SaveRequest(name: "verdicts", author: "ann")
      #expect(try contract.service.compare(request).document.verdict == .passed)
      let reference = try Reference(parsing: "verdicts")
      #expect(try contract.service.verifyComparison(reference).isEqual)
    },
  ]

  /// The comparison whose items are attempts, because their column was named as part of the key.
  private func asItems() -> ComparisonRequest {
    var request = ComparisonRequest(base: "runs@1", candidates: ["runs@2"])
    request.options = ComparisonOptions()
    request.options?.key = ["id", "attempt"]
    return request
  }

  /// Two runs of sixty items, half of which are easy.
  ///
  /// The first attempts what it fails three times, the second what it does not.
  private func pushAttempts(column: String = "attempt") throws {
    var runs = ["", ""]
    var models = ""
    for id in 0..<60 {
      let isEasy = id % 2 == 0
      for run in 0..<2 {
        let success = isEasy && (run == 0 || id > 3) ? 1 : 0
        for attempt in 0..<((run == 0) == isEasy ? 1 : 3) {
          let rest =
            #""\#(column)":\#(attempt),"success":\#(success),"cost":1,"latency_ms":\#(400 + id)"#
          runs[run] += #"{"id":\#(id),\#(rest)}"# + "\n"
          models +=
            #"{"id":\#(id),"model":"\#(run == 0 ? "a" : "b")","task":"t\#(id / 30)",\#(rest)}"#
            + "\n"
        }
      }
    }
    try push(runs[0], to: "runs") { $0.key = ["id", column] }
    try push(runs[1], to: "runs")
    try push(models, to: "models") { $0.key = ["id", "model", column] }
  }
}
