import Statistics
import Testing

@Suite struct RatioTests {
  @Test func `ratios and their changes agree with their references`() throws {
    for one in try ReferenceCase.named("ratio") {
      let (cost, success) = try (one.column("cost"), one.column("success"))
      let clusters = try Clusters(labels: one.column("labels"))
      let plain = try #require(RatioEstimate.of(cost, over: success))
      try one.check(plain.value, "value", tolerance: 1e-13, scale: 0)
      try one.check(plain.standardError, "error", tolerance: 1e-12, scale: 0)
      try one.check(plain.interval, "interval", tolerance: 1e-10)
      let clustered = RatioEstimate.of(cost, over: success, clusters: clusters)
      try one.check(clustered?.standardError, "clustered", tolerance: 1e-11, scale: 0)
      let change = try #require(
        RelativeChange.of(
          base: .init(cost, over: success),
          candidate: .init(one.column("otherCost"), over: one.column("other")),
          clusters: clusters))
      try one.check(change.value, "change", tolerance: 1e-12)
      try one.check(change.standardError, "changeError", tolerance: 1e-11)
      try one.check(change.interval, "changeInterval", tolerance: 1e-10)
    }
  }

  @Test func `without a success the cost per success is undefined`() throws {
    #expect(RatioEstimate.of([1, 2], over: [0, 0]) == nil)
    #expect(RatioEstimate.of([], over: []) == nil)
    let single = try #require(RatioEstimate.of([3], over: [1]))
    #expect(single.value == 3 && single.standardError == nil && single.interval == nil)
    let rare = try #require(RatioEstimate.of([1, 1, 1, 1, 1], over: [1, 0, 0, 0, 0]))
    #expect(near(rare.value, 5) && rare.interval?.upper == nil && rare.interval?.lower != nil)
    let certain = try #require(RatioEstimate.of([2, 2, 2], over: [1, 1, 1]))
    #expect(
      certain.value == 2 && near(certain.interval?.lower, 2) && near(certain.interval?.upper, 2))
  }

  @Test func `a relative change needs two ratios above 0`() throws {
    let zero = RelativeChange.Parts([0, 0])
    let one = RelativeChange.Parts([1, 2])
    #expect(RelativeChange.of(base: zero, candidate: one) == nil)
    #expect(RelativeChange.of(base: one, candidate: zero) == nil)
    let alone = try #require(RelativeChange.of(base: .init([2]), candidate: .init([3])))
    #expect(near(alone.value, 0.5) && alone.interval == nil)
    let base = (1...8).map { Double($0) }
    let doubled = RelativeChange.of(base: .init(base), candidate: .init(base.map { $0 * 2 }))
    let exact = try #require(doubled)
    #expect(near(exact.value, 1) && near(exact.interval?.lower, 1) && exact.standardError == nil)
  }
}
