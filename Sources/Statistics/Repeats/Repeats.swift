/// The statistics of repeated attempts at every item; items, not attempts, are the sample.
package enum Repeats {
  /// Mean pass@k over the items with at least k attempts; nil when no item has as many.
  package static func passAtLeastOnce(
    of k: Int, _ items: [RepeatedItem], clusters: Clusters? = nil, level: Double = 0.95
  ) -> Estimate? {
    mean(items.map { $0.passAtLeastOnce(of: k) }, clusters, level)
  }

  /// Mean pass^k over the items with at least k attempts; nil when no item has as many.
  package static func passEveryTime(
    of k: Int, _ items: [RepeatedItem], clusters: Clusters? = nil, level: Double = 0.95
  ) -> Estimate? {
    mean(items.map { $0.passEveryTime(of: k) }, clusters, level)
  }

  /// The share of items that sometimes succeed and sometimes fail, with Wilson interval; with
  /// clusters, t over them.
  ///
  /// Over items with at least two attempts; nil when no item has two. More attempts find more
  /// flips, so compare only runs with the same number of them.
  package static func flipRate(
    _ items: [RepeatedItem], clusters: Clusters? = nil, level: Double = 0.95
  ) -> Estimate? {
    let flips = items.map { item -> Double? in
      guard item.attempts >= 2 else { return nil }
      return item.successes > 0 && item.successes < item.attempts ? 1 : 0
    }
    if clusters != nil { return mean(flips, clusters, level) }
    let repeated = flips.compactMap { $0 }
    return Proportion.estimate(
      successes: repeated.count { $0 == 1 }, trials: repeated.count, level: level)
  }

  /// The mean share of pairs of attempts at an item that agree; nil below two attempts each.
  package static func consistency(
    _ items: [RepeatedItem], clusters: Clusters? = nil, level: Double = 0.95
  ) -> Estimate? {
    mean(items.map(\.agreement), clusters, level)
  }

  /// The mean share of pairs of outputs of an item that are equal; nil below two outputs each.
  package static func consistency<Output: Hashable>(
    outputs items: [[Output]], clusters: Clusters? = nil, level: Double = 0.95
  ) -> Estimate? {
    let shares = items.map { outputs -> Double? in
      if outputs.count < 2 { return nil }
      var counts: [Output: Int] = [:]
      for output in outputs { counts[output, default: 0] += 1 }
      let pairs = counts.values.reduce(0.0) { $0 + Double($1) * Double($1 - 1) }
      return pairs / (Double(outputs.count) * Double(outputs.count - 1))
    }
    return mean(shares, clusters, level)
  }

  private static func mean(
    _ values: [Double?], _ clusters: Clusters?, _ level: Double
  ) -> Estimate? {
    let rows = values.indices.filter { values[$0] != nil }
    return MeanEstimate.of(
      values.compactMap { $0 }, clusters: clusters?.selecting(rows), level: level)
  }
}
