import Analysis
import Statistics
import Model
import Synchronization
import Testing
import Wire

@Suite struct ComparisonAnalysisTests {
  private func binary(_ base: [Double?], _ candidate: [Double?]) -> [ComparisonSide] {
    [
      TestTable.side("a@1", [("success", .numbers(base))]),
      TestTable.side("a@2", [("success", .numbers(candidate))]),
    ]
  }

  private func metric(
    _ document: ComparisonDocument, _ name: String = "success"
  ) throws -> MetricDocument {
    try #require(document.pairs[0].metrics.first { $0.metric == name })
  }

  @Test func `yes or no is told by rates, exact McNemar and Tango's interval`() throws {
    // 20 items: both right on 9, only the base on 2, only the candidate on 8, neither on 1.
    let base = [Double](repeating: 1, count: 11) + [Double](repeating: 0, count: 9)
    var candidate = [Double](repeating: 1, count: 20)
    for index in [0, 1, 19] { candidate[index] = 0 }
    let document = try TestTable.compare(binary(base, candidate))
    let found = try metric(document)
    #expect(found.scale == .binary && found.direction == .higher && found.items == 20)
    #expect(found.counts == .init(both: 9, onlyBase: 2, onlyCandidate: 8, neither: 1))
    #expect(found.test?.name == "exact McNemar")
    // scipy.stats.binomtest(2, 10).pvalue
    #expect(abs((found.test?.pValue ?? 0) - 0.109375) < 1e-12)
    #expect(abs((found.difference?.value ?? 0) - 0.3) < 1e-12)
    #expect(found.difference?.method == "Tango")
    #expect(found.base?.method == "Wilson" && found.base?.value == 0.55)
    #expect(found.wins == 8 && found.losses == 2 && found.ties == 10)
    #expect(found.worse.map(\.key) == [["1000"], ["1001"]])
    #expect(found.verdict == .unclear && found.bootstrap == nil)
    // 2.80 · √(½ / 20)
    #expect(abs((found.detectable ?? 0) - 0.442_969_517_414_8) < 1e-9)
    #expect(document.arms.map(\.summary.successCount?.count) == [11, 17])
  }

  @Test func `numbers are told by means, t, signs and a bootstrap`() throws {
    let base: [Double?] = [1, 2, 3, 4, 5, 6, 7, 8]
    let candidate: [Double?] = [1.5, 2, 2.5, 5, 6, 7.5, 7, 9]
    let found = try metric(
      try TestTable.compare([
        TestTable.side("a", [("latency", .numbers(base))]),
        TestTable.side("b", [("latency", .numbers(candidate))]),
      ]), "latency")
    #expect(found.direction == .lower && found.scale == .number)
    // scipy.stats.ttest_rel(candidate, base)
    #expect(found.test?.name == "paired t")
    #expect(abs((found.test?.pValue ?? 0) - 0.051_370_767_147_6) < 1e-12)
    #expect(found.furtherTests.map(\.name) == ["sign flips"])
    #expect(found.bootstrap?.method == "BCa bootstrap" && found.bootstrap?.rows == 8)
    #expect(found.wins == 1 && found.losses == 5 && found.ties == 2)
    #expect(found.worse.first?.key == ["1005"])
    #expect(found.effect?.name == "d_z")
  }

  @Test(arguments: [0, 1, 2])
  func `few items say little, and no number is made up`(count: Int) throws {
    let ones = [Double?](repeating: 1, count: count)
    let document = try TestTable.compare(binary(ones, ones)) { $0.gates = ["success >= -1pp"] }
    let found = try metric(document)
    #expect(found.items == count && found.losses == 0)
    #expect(found.verdict == (count == 0 ? .noData : .unclear))
    #expect(document.verdict == .undecided)
    let numbers = [Double?](repeating: 2.5, count: count)
    let other = try TestTable.compare([
      TestTable.side("a", [("cost", .numbers(numbers))]),
      TestTable.side("b", [("cost", .numbers(numbers.map { $0.map { $0 + 1 } }))]),
    ])
    let cost = try metric(other, "cost")
    #expect(cost.difference?.lower == nil && cost.test?.pValue ?? 1 >= 0.5)
  }

  @Test func `equal arms are no different, and a gate may pass`() throws {
    let values = (0..<400).map { Double?($0 % 2 == 0 ? 1 : 0) }
    let document = try TestTable.compare(binary(values, values)) { $0.gates = ["success >= -2pp"] }
    let found = try metric(document)
    #expect(found.test?.pValue == 1 && found.adjustedPValue == 1 && found.verdict == .unclear)
    #expect(found.detectable == nil, "nothing is known of how much could have been discordant")
    #expect(document.verdict == .passed)
  }

  @Test func `without a value anywhere there is no data`() throws {
    let none = [Double?](repeating: nil, count: 5)
    let document = try TestTable.compare(binary(none, none)) {
      $0.metrics = ["success"]
      $0.gates = ["success >= +0"]
    }
    let found = try metric(document)
    #expect(found.items == 0 && found.missing == 5 && found.verdict == .noData)
    #expect(document.findings.contains { $0.subject == "success" && $0.count == 5 })
    #expect(document.verdict == .undecided)
  }

  @Test func `one cluster gives no interval, and few are warned of`() throws {
    let cluster = TestTable.Column.texts(Array(repeating: "x", count: 6))
    let sides = [[1, 0, 1, 0, 1, 0], [1, 1, 1, 0, 1, 1]].map { values in
      TestTable.side(
        "s\(values)", [("success", .numbers(values.map { Double($0) })), ("document", cluster)])
    }
    let document = try TestTable.compare(sides) { $0.cluster = "document" }
    let found = try metric(document)
    #expect(found.difference?.clusters == 1 && found.difference?.lower == nil)
    // With but one cluster its sign alone is flipped: everything is as likely.
    #expect(found.verdict == .unclear)
    #expect(document.findings.contains { $0.subject == "clusters" && $0.count == 1 })
  }

  @Test func `what only one arm has is counted and left out`() throws {
    let base = TestTable.side(
      "a",
      [
        ("id", .texts(["1", "2", "3", "4"])), ("success", .numbers([1, 0, 1, 1])),
        ("expected", .texts(["x", "y", "z", "w"])), ("scorer", .texts(["s1", "s1", "s1", "s1"])),
      ])
    let candidate = TestTable.side(
      "b",
      [
        ("id", .texts(["5", "4", "3", "2"])), ("success", .numbers([1, 1, 1, 0])),
        ("expected", .texts(["v", "w", "Z", "y"])), ("scorer", .texts(["s2", "s2", "s2", "s2"])),
      ])
    let document = try TestTable.compare([base, candidate])
    #expect(document.items.count == 2)
    #expect(try metric(document).items == 2)
    let told = document.findings.map { "\($0.subject) \($0.count ?? 0) \($0.isLeftOut)" }
    #expect(told == ["items 1 true", "items 1 true", "expected 1 true", "scorer 3 false"])
    #expect(document.findings[2].examples == [["3"]])
  }

  @Test func `what is recorded of versions is told where it is not the same`() throws {
    func side(_ name: String, _ scorer: String?, _ inputs: UInt8) -> ComparisonSide {
      let plain = TestTable.side(name, [("success", .numbers([1, 0]))])
      return ComparisonSide(
        name: name, source: plain.source, table: plain.table,
        attributes: ["scorer": scorer ?? "", "model": name].filter { !$0.value.isEmpty },
        inputs: [.init(reference: "inputs@\(inputs)", snapshot: Digest(hashing: [inputs]))])
    }
    let document = try TestTable.compare([
      side("a", "exact@1", 1), side("b", "exact@2", 2), side("c", nil, 1),
      side("d", "exact@1", 1),
    ])
    let told = document.findings.map { "\($0.arm ?? ""): \($0.subject): \($0.what)" }
    #expect(
      told == [
        "b: model: the versions say 'a' and 'b'",
        "b: scorer: the versions say 'exact@1' and 'exact@2'",
        "b: inputs: made from other inputs than a",
        "c: model: the versions say 'a' and 'c'",
        "c: scorer: the versions say 'exact@1' and nothing",
        "d: model: the versions say 'a' and 'd'",
      ])
    #expect(document.items.count == 2, "that leaves nothing out")
  }

  @Test func `draws that would take minutes are refused`() throws {
    let ids = (0..<100_001).map { Double?(Double($0 % 2)) }
    let sides = ["a", "b", "c"].map { TestTable.side($0, [("latency", .numbers(ids))]) }
    let error = #expect(throws: StoreError.self) {
      try TestTable.compare(sides) { $0.resamples = 100_000 }
    }
    #expect(error?.kind == .exhausted && error?.message.contains("--resamples") == true)
  }

  @Test func `the same items have the same digest in any order`() throws {
    let one = binary([1, 0, 1], [1, 1, 1])
    let turned = one.map { side in
      ComparisonSide(
        name: side.name, source: side.source, table: side.table, rows: side.rows.reversed())
    }
    #expect(try TestTable.compare(one) == TestTable.compare(turned))
  }

  @Test func `several rows of an item need a column that numbers the attempts`() throws {
    let ids = TestTable.Column.texts(["1", "1", "2", "2"])
    let attempt = TestTable.Column.numbers([1, 2, 1, 2])
    func side(_ name: String, _ values: [Double?]) -> ComparisonSide {
      TestTable.side(name, [("id", ids), ("attempt", attempt), ("success", .numbers(values))])
    }
    let sides = [side("a", [1, 0, 1, 1]), side("b", [1, 1, 0, 0])]
    let error = #expect(throws: StoreError.self) { try TestTable.compare(sides) }
    #expect(error?.kind == .usage && error?.message.contains("--repeat") == true)
    let document = try TestTable.compare(sides) { $0.repeats = "attempt" }
    let found = try metric(document)
    #expect(found.items == 2 && found.base?.value == 0.75 && found.scale == .binary)
    let repeats = try #require(document.arms[0].summary.repeats)
    #expect(repeats.items == 2 && repeats.mostAttempts == 2)
    #expect(repeats.passAtLeastOnce.map(\.estimate.value) == [0.75, 1])
    #expect(repeats.passEveryTime.map(\.estimate.value) == [0.75, 0.5])
    #expect(repeats.flipRate?.value == 0.5 && repeats.consistency?.value == 0.5)
    #expect(repeats.flipRate?.method == "Wilson")
    let clustered = try TestTable.compare(sides) { ($0.repeats, $0.cluster) = ("attempt", "id") }
    let flips = clustered.arms[0].summary.repeats?.flipRate
    #expect(flips?.method == "clustered t, clipped" && flips?.clusters == 2)
  }

  @Test func `cost per success is undefined without a success`() throws {
    func side(_ name: String, _ success: [Double?]) -> ComparisonSide {
      TestTable.side(
        name, [("success", .numbers(success)), ("cost_usd", .numbers([0.1, 0.2, 0.3, 0.4]))])
    }
    let document = try TestTable.compare([side("a", [1, 0, 1, 1]), side("b", [0, 0, 0, 0])]) {
      $0.gates = ["cost_per_success <= +10%"]
    }
    let cost = try #require(document.pairs[0].costPerSuccess)
    #expect(abs((cost.base?.value ?? 0) - 1.0 / 3) < 1e-12)
    #expect(cost.candidate == nil && cost.change == nil)
    #expect(document.arms[1].summary.cost?.perSuccess == nil)
    #expect(document.verdict == .undecided)
  }

  @Test func `points of a scale are no successes that could cost something`() throws {
    func side(_ name: String, _ scores: [Double?]) -> ComparisonSide {
      TestTable.side(name, [("score", .numbers(scores)), ("cost", .numbers([1, 2, 3]))])
    }
    let document = try TestTable.compare([side("a", [5, 4, 1]), side("b", [5, 3, 2])])
    #expect(document.roles[.success] == "score" && document.pairs[0].costPerSuccess == nil)
    #expect(document.arms[0].summary.cost?.total == 6)
    #expect(document.arms[0].summary.cost?.perSuccess == nil)
  }

  @Test(arguments: [
    [1.7e308, -1.7e308, 1.7e308], [.leastNonzeroMagnitude, 0, 1e308], [1e308, 1e308, 1e308],
  ])
  func `numbers at the end of what there is make a document too`(values: [Double]) throws {
    func side(_ name: String, _ values: [Double]) -> ComparisonSide {
      TestTable.side(
        name, [("score", .numbers(values)), ("cost", .numbers(values)), ("usd", .numbers(values))])
    }
    let document = try TestTable.compare([side("a", values), side("b", values.reversed())]) {
      $0.repeats = "usd"
      $0.gates = ["cost <= +10%", "score >= -1"]
    }
    let bytes = Documents.encode(document)
    #expect(try Documents.decode(ComparisonDocument.self, from: bytes) == document)
  }

  @Test func `buckets of input length say where there is no data`() throws {
    func side(_ name: String, _ success: [Double?]) -> ComparisonSide {
      TestTable.side(
        name,
        [
          ("success", .numbers(success)),
          ("input_tokens", .numbers([100, 8191, 8192, 200_000, nil])),
        ])
    }
    let document = try TestTable.compare([side("a", [1, 1, 0, 1, 1]), side("b", [1, 0, 1, 1, 1])])
    let buckets = try #require(document.pairs[0].buckets)
    #expect(buckets.map(\.value) == ["<8k", "8–32k", "32–128k", ">128k"])
    #expect(buckets.map(\.items) == [2, 1, 0, 1])
    #expect(buckets[2].metrics.isEmpty)
    #expect(document.arms[0].summary.buckets?[2].success == nil)
    #expect(document.arms[0].summary.buckets?[0].success?.value == 1)
  }

  @Test func `a comparison reports its progress, and ends when it is cancelled`() throws {
    var random = RandomStream(seed: 2, stream: 0)
    let sides = ["a", "b"].map { name in
      TestTable.side(
        name,
        [
          ("score", .numbers((0..<900).map { _ in random.unit() })),
          ("latency_ms", .numbers((0..<900).map { _ in 100 + random.unit() })),
        ])
    }
    let parts = Mutex<[Double]>([])
    var control = AnalysisControl()
    control.onProgress = { part in parts.withLock { $0.append(part) } }
    let document = try TestTable.compare(sides, control: control)
    #expect(try document == TestTable.compare(sides))
    let told = parts.withLock { $0 }
    #expect(told.count > 3 && told.allSatisfy { (0...1).contains($0) } && told.contains(1))
    control.isCancelled = { parts.withLock { $0.count > told.count } }
    let error = #expect(throws: StoreError.self) {
      try TestTable.compare(sides, control: control)
    }
    #expect(error?.kind == .exhausted)
  }
}
