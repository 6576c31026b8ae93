import Statistics
import Testing

@Suite struct RepeatTests {
  @Test func `chances over repeats agree with counting combinations`() throws {
    for one in try ReferenceCase.named("repeats") {
      let item = try RepeatedItem(attempts: one.count("n"), successes: one.count("c"))
      try one.check(item.passAtLeastOnce(of: one.count("k")), "once", tolerance: 1e-14)
      try one.check(item.passEveryTime(of: one.count("k")), "every", tolerance: 1e-14)
    }
  }

  @Test(arguments: [
    (0, 1, 0.0, 0.0), (0, 5, 0, 0), (1, 1, 0.2, 0.2), (1, 3, 0.6, 0), (1, 5, 1, 0),
    (3, 1, 0.6, 0.6), (3, 3, 1, 0.1), (3, 5, 1, 0), (5, 1, 1, 1), (5, 3, 1, 1), (5, 5, 1, 1),
  ])
  func `golden chances of five attempts`(successes: Int, k: Int, once: Double, every: Double) {
    let item = RepeatedItem(attempts: 5, successes: successes)
    #expect(near(item.passAtLeastOnce(of: k), once, 1e-15))
    #expect(near(item.passEveryTime(of: k), every, 1e-15))
  }

  @Test func `flips, consistency and items with too few attempts`() throws {
    let items = [(4, 0), (4, 4), (4, 2), (1, 1), (0, 0)].map {
      RepeatedItem(attempts: $0.0, successes: $0.1)
    }
    let flips = try #require(Repeats.flipRate(items))
    #expect(near(flips.value, 1.0 / 3) && flips.rowCount == 3)
    // With clusters it is the clustered mean of zeros and ones.
    let documents = Clusters(labels: [1, 2, 2, 3, 3])
    let clustered = try #require(Repeats.flipRate(items, clusters: documents))
    #expect(clustered.value == flips.value && clustered.clusterCount == 2)
    #expect(
      clustered
        == MeanEstimate.of([0, 0, 1], clusters: Clusters(labels: [1, 2, 2]), level: 0.95))
    let consistency = try #require(Repeats.consistency(items))
    #expect(near(consistency.value, (1 + 1 + 1.0 / 3) / 3))
    let outputs = Repeats.consistency(outputs: [["a", "a", "b"], ["c"], []])
    #expect(near(outputs?.value, 1.0 / 3) && outputs?.interval == nil)
    let clusters = Clusters(labels: [1, 1, 2, 3, 4])
    #expect(Repeats.passAtLeastOnce(of: 2, items, clusters: clusters)?.clusterCount == 2)
    #expect(Repeats.flipRate([]) == nil && Repeats.consistency([RepeatedItem]()) == nil)
    #expect(Repeats.passEveryTime(of: 5, items) == nil)
    #expect(items[0].passAtLeastOnce(of: 0) == nil)
  }
}
