import Analysis
import Model
import Testing
import Wire

/// Whether a metric is a rate is told by what it means, and not by the numbers of the day.
@Suite struct MetricNatureTests {
  private func nature(
    _ name: String, _ type: ColumnType = .float64, _ role: MetricRoles.Role? = nil
  ) -> MetricNature {
    var roles = MetricRoles()
    if let role { roles[role] = name }
    return MetricNature(name, types: [type, type], roles: roles)
  }

  @Test(arguments: [
    ("cost_usd", MetricNature.amount), ("retries", .amount), ("errors", .amount),
    ("latencyMs", .amount), ("output_tokens", .amount), ("n_correct", .amount),
    ("error_count", .amount), ("cost_per_success", .amount), ("success_latency", .amount),
    ("success", .rate), ("exact_match", .rate), ("token_f1", .rate), ("error_rate", .rate),
    ("steps_correct", .rate), ("accuracy", .rate), ("f1_score", .rate), ("score", .open),
    ("quality", .open), ("zeal", .open), ("error", .open),
  ])
  func `the words of a name say it`(name: String, expected: MetricNature) {
    #expect(nature(name) == expected)
  }

  @Test func `types and parts say more than a name`() {
    #expect(nature("retries", .bool) == .rate)
    #expect(nature("zeal", .float64, .cost) == .amount && nature("zeal", .int64, .valid) == .rate)
    #expect(nature("zeal", .float64, .success) == .rate)
    #expect(nature("score", .float64, .success) == .open)
  }

  /// Two runs of 60 items, all of whose values of a metric are `base` and `candidate`.
  private func compare(
    _ name: String, _ base: Double, _ candidate: Double, _ gates: [String]
  ) throws -> ComparisonDocument {
    let sides = [base, candidate].enumerated().map { index, value in
      TestTable.side(
        "a@\(index + 1)",
        [
          (name, .numbers((0..<60).map { _ in value })),
          ("success", .numbers((0..<60).map { Double($0 % 2) })),
        ])
    }
    return try TestTable.compare(sides) {
      $0.gates = gates
      if name == "retries" || name == "errors" { $0.lower = [name] }
    }
  }

  @Test(arguments: ["cost_usd", "retries", "errors", "latency_ms", "output_tokens"])
  func `an amount of nothing is an amount`(name: String) throws {
    let document = try compare(name, 0, 0, ["\(name) <= 2", "\(name) <= 0.01"])
    #expect(document.gates.map(\.verdict) == [.passed, .passed])
    #expect(document.gates[0].value?.upper == 0 && document.gates[0].scale == .number)
    let metric = try #require(document.pairs[0].metrics.first { $0.metric == name })
    #expect(metric.scale == .number && metric.counts == nil)
    let error = #expect(throws: StoreError.self) { try compare(name, 0, 0, ["\(name) <= 50%"]) }
    #expect(error?.message.contains("is not a rate") == true)
    #expect(try compare(name, 1, 1, ["\(name) <= 3"]).verdict == .passed)
  }

  @Test func `a score that is 0 or 1 so far may have more points`() throws {
    let document = try compare("score", 1, 1, ["score >= 3", "score <= 3"])
    #expect(document.gates.map(\.verdict) == [.failed, .passed])
    #expect(try compare("score", 1, 4, ["score >= 3"]).verdict == .passed)
  }

  @Test(arguments: ["accuracy", "f1", "exact_match"])
  func `a rate by its name stays between 0 and 1, whoever plays success`(name: String) throws {
    func values(_ index: Int) -> TestTable.Column {
      .numbers((0..<60).map { ($0 + index) % 20 == 0 ? 0.7 : 1 })
    }
    let sides = (0..<2).map { index in
      TestTable.side(
        "a@\(index + 1)",
        [(name, values(index)), ("success", .numbers((0..<60).map { Double($0 % 2) }))])
    }
    for gate in ["\(name) >= 80", "\(name) >= -2"] {
      #expect(throws: StoreError.self) { try TestTable.compare(sides) { $0.gates = [gate] } }
    }
    let document = try TestTable.compare(sides) { $0.gates = ["\(name) >= 80%"] }
    #expect(document.verdict == .passed)
    let metric = try #require(document.pairs[0].metrics.first { $0.metric == name })
    #expect(metric.candidate?.upper == 1 && metric.candidate?.method == "t, clipped")
  }

  @Test func `a bound registered on a good day is no error`() throws {
    let table = TestTable.make(
      "err@1",
      [
        ("errors", .numbers([0, 1, 0])), ("cost", .numbers([0, 0, 0])),
        ("score", .numbers([1, 0, 1])), ("success", .flags([true, true, false])),
      ])
    func check(_ gate: String) throws {
      var options = ComparisonOptions()
      options.gates = [gate]
      try options.checkGates(on: table)
    }
    for gate in ["errors <= 2", "cost <= 0.02", "score >= 3", "items>=90%", "later >= 3"] {
      try check(gate)
    }
    for gate in ["success >= 3", "errors <= 50%", "success >= -2"] {
      #expect(throws: StoreError.self, "\(gate)") { try check(gate) }
    }
  }
}
