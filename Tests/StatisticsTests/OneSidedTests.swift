import Statistics
import Testing

@Suite struct OneSidedTests {
  private static let change = [0.5, -0.25, 1, 0.75, 0.25, -0.5, 0.5, 1.25]

  @Test func `a change against a bound is scipy's one-sided t test`() {
    let sample = PairedSample(
      base: Self.change.map { _ in 0 }, candidate: Self.change)
    #expect(
      near(
        OneSidedTest.difference(sample, bound: -0.25, isAbove: true), 0.006796047349205852))
    #expect(
      near(OneSidedTest.difference(sample, bound: 1, isAbove: false), 0.015791752093427352))
  }

  @Test func `both sides of a bound are each other's opposite`() throws {
    for values in [[0, 1, 1, 0, 1, 1, 1], Self.change] {
      let sample = PairedSample(base: values.map { _ in 0 }, candidate: values)
      let above = try #require(OneSidedTest.difference(sample, bound: 0.1, isAbove: true))
      let below = try #require(OneSidedTest.difference(sample, bound: 0.1, isAbove: false))
      #expect(near(above + below, 1))
    }
  }

  @Test func `where nothing varies, a coin decides`() {
    let sample = PairedSample(base: [2, 2, 2], candidate: [2.5, 2.5, 2.5])
    #expect(near(OneSidedTest.difference(sample, bound: 0, isAbove: true), 0.125))
    #expect(OneSidedTest.difference(sample, bound: 0, isAbove: false) == 1)
    #expect(
      OneSidedTest.difference(PairedSample(base: [], candidate: []), bound: 0, isAbove: true)
        == nil)
  }

  @Test func `a difference of two arms has an interval that holds at every look`() throws {
    let sequence = ConfidenceSequence(plannedCount: 100)
    let found = try #require(
      sequence.difference(base: [1, 2, 3, 4, 5], candidate: [2, 4, 4, 6, 7, 8]))
    #expect(near(found.estimate.value, 2.166666666666667))
    #expect(near(found.estimate.interval?.upper, 2.166666666666667 + 4.342336769498064))
    #expect(near(found.pValue, 0.6003861626159851))
    #expect(sequence.difference(base: [], candidate: [1]) == nil)
    #expect(sequence.difference(base: [1], candidate: [2, 3])?.estimate.interval == nil)
  }
}
