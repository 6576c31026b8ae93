import Analysis
import Model
import Testing
import Wire

/// Attempts that are not there, or have no value, are missing as items are.
@Suite struct LostAttemptTests {
  private static let items = 40

  /// An arm with so many attempts at each item, each successful but the last; `value` may take one
  /// away, and `judge` says who judged an attempt.
  private func side(
    _ name: String, attempts: (Int) -> Int = { _ in 3 },
    value: (Int, Int) -> Double? = { _, attempt in attempt == 2 ? 0 : 1 },
    judge: (Int) -> String? = { _ in "j" }, expected: (Int) -> String = { _ in "e" }
  ) -> ComparisonSide {
    let rows = (0..<Self.items).flatMap { item in (0..<attempts(item)).map { (item, $0) } }
    return TestTable.side(
      name,
      [
        ("id", .texts(rows.map { String(100 + $0.0) })),
        ("attempt", .numbers(rows.map { Double($0.1) })),
        ("success", .numbers(rows.map(value))),
        ("latency_ms", .numbers(rows.map { Double(400 + $0.0 % 9) })),
        ("judge", .texts(rows.map { judge($0.1) })),
        ("expected", .texts(rows.map { expected($0.1) })),
      ])
  }

  private func compare(
    _ candidate: ComparisonSide, to base: ComparisonSide? = nil,
    _ edit: (inout ComparisonOptions) -> Void = { _ in }
  ) throws -> ComparisonDocument {
    try TestTable.compare([base ?? side("a@1"), candidate]) { options in
      options.repeats = "attempt"
      options.gates = ["success >= -20pp", "latency_ms <= +100"]
      edit(&options)
    }
  }

  private func told(_ document: ComparisonDocument) -> [String] {
    document.findings.map { "\($0.arm ?? ""): \($0.subject): \($0.count ?? 0) \($0.what)" }
  }

  @Test func `attempts without a value are counted, and a gate on the others cannot tell`() throws {
    let lost = side("a@2", value: { item, attempt in attempt == 2 && item < 10 ? nil : 1 })
    let document = try compare(lost)
    #expect(document.gates.map(\.verdict) == [.undecided, .passed])
    #expect(
      document.gates[0].reason?.hasPrefix(
        "40 of 40 items of a@1 are compared, 10 of them without some of their attempts") == true)
    #expect(
      told(document) == ["a@2: success: 10 attempts without a value, at items that have others"])
    #expect(try compare(lost) { $0.missing = .ignore }.verdict == .passed)
    #expect(try compare(lost) { $0.missing = .fail }.verdict == .failed)
    let enough = try compare(lost) { $0.gates += ["items >= 75%"] }
    #expect(enough.gates.map(\.verdict) == [.passed, .passed, .passed])
    #expect(enough.gates[2].value?.value == 0.75)
    // A gate on the share of items counts those that the other gates count.
    let few = try compare(lost) { $0.gates += ["items >= 76%"] }
    #expect(few.gates.map(\.verdict) == [.undecided, .passed, .undecided])
    // Values that the base lost are no less lost.
    let turned = try compare(side("a@1"), to: lost) { $0.gates = ["success >= -90pp"] }
    #expect(turned.verdict == .undecided)
  }

  @Test func `attempts that a run did not save are counted alike`() throws {
    let lost = side("a@2", attempts: { $0 < 10 ? 2 : 3 }, value: { _, _ in 1 })
    let document = try compare(lost)
    #expect(document.gates.map(\.verdict) == [.undecided, .undecided])
    let alone = try compare(lost) { $0.gates = ["items >= 76%"] }
    #expect(alone.gates.map(\.verdict) == [.undecided] && alone.gates[0].value?.value == 0.75)
    #expect(told(document) == ["a@2: attempts: 10 items with fewer than a@1 has, 10 in all"])
    #expect(try compare(lost) { $0.missing = .ignore }.verdict == .passed)
  }

  @Test func `more attempts than the base has are no lack, and are named`() throws {
    let document = try compare(side("a@2", attempts: { $0 < 10 ? 5 : 3 }, value: { _, _ in 1 }))
    #expect(document.verdict == .passed)
    #expect(told(document) == ["a@2: attempts: 10 items with more than a@1 has, 20 in all"])
  }

  @Test func `a judge or a reference that changed in a later attempt is seen`() throws {
    let judged = try compare(side("a@2", judge: { $0 == 0 ? "j" : "k" }))
    #expect(judged.gates.map(\.verdict) == [.undecided, .passed])
    #expect(told(judged) == ["a@2: judge: 40 items where it is not that of a@1"])
    let other = try compare(side("a@2", expected: { $0 == 2 ? "f" : "e" }))
    #expect(other.items.count == 0 && other.verdict == .undecided)
    // Several judges that are the same on both sides are no change.
    let both = ["a@1", "a@2"].map { side($0, judge: { "j\($0)" }) }
    #expect(try compare(both[1], to: both[0]).verdict == .passed)
  }

  @Test func `a judge of an attempt that the other arm lost is no changed judge`() throws {
    // Each attempt has a judge of its own, so a lost attempt takes its judge along.
    let base = side("a@1", judge: { "j\($0)" })
    for lost in [0, 2] {
      let short = side("a@2", attempts: { $0 < 10 ? 2 : 3 }, judge: { "j\($0)" })
      let some = side(
        "a@2", value: { _, attempt in attempt == lost ? nil : 1 },
        judge: { $0 == lost ? nil : "j\($0)" })
      for candidate in [short, some] {
        let document = try compare(candidate, to: base) { $0.missing = .ignore }
        #expect(document.verdict == .passed, "\(document.gates.map(\.reason))")
        #expect(!document.findings.contains { $0.subject == "judge" })
      }
    }
    // One that judged an attempt that both have is.
    let changed = side("a@2", attempts: { $0 < 10 ? 2 : 3 }, judge: { $0 == 0 ? "k" : "j\($0)" })
    let document = try compare(changed, to: base) { $0.missing = .ignore }
    #expect(document.gates.map(\.verdict) == [.undecided, .passed])
    let swapped = side("a@2", attempts: { _ in 2 }, judge: { "j\($0 + 1)" })
    #expect(try compare(swapped, to: base) { $0.missing = .ignore }.verdict == .undecided)
    // So is one that judged though nothing is recorded of whom.
    let unnamed = side("a@2", judge: { $0 == 2 ? nil : "j\($0)" })
    #expect(try compare(unnamed, to: base).verdict == .undecided)
  }

  @Test func `the arms are told of the items that the difference is of`() throws {
    func arm(_ name: String, success: (Int) -> Double?) -> ComparisonSide {
      TestTable.side(
        name,
        [
          ("success", .numbers((0..<100).map(success))),
          ("cost", .numbers((0..<100).map { $0 % 4 == 0 && name == "a@1" ? nil : 1 })),
          ("latency_ms", .numbers((0..<100).map { name == "a@2" && $0 > 60 ? nil : Double($0) })),
        ])
    }
    let document = try TestTable.compare([
      arm("a@1") { $0 < 50 ? 1 : 0 }, arm("a@2") { $0 < 40 ? 1 : $0 < 50 ? 0 : nil },
    ])
    let metric = try #require(document.pairs[0].metrics.first { $0.metric == "success" })
    #expect(document.arms.map(\.summary.success) == [metric.base, metric.candidate])
    #expect(document.arms.map(\.summary.success?.value) == [1, 0.8])
    let cost = try #require(document.pairs[0].costPerSuccess)
    #expect(document.arms.map(\.summary.cost?.perSuccess) == [cost.base, cost.candidate])
    #expect(document.arms.map(\.summary.latency?.p50.rows) == [61, 61])
  }
}
