/// Agreement of any number of raters, with items that some of them skipped.
///
/// α = 1 − D_o/D_e, observed over expected disagreement; 1 is full agreement and 0 probability
/// (Krippendorff, "Content Analysis", 2004, chapter 11).
package enum KrippendorffAlpha {
  /// The distance between two ratings.
  package enum Metric: String, Sendable, CaseIterable {
    /// Equal or not.
    case nominal
    /// By the ratings that lie between them.
    case ordinal
    /// By the square of their difference.
    case interval
  }

  /// α over items, each with the (finite) ratings it got, in any order.
  ///
  /// Items with fewer than two ratings say nothing and are left out. Nil where no item is left, and
  /// where all ratings are the same: without variation, agreement and habit look alike.
  package static func of(_ items: [[Double]], metric: Metric) -> Double? {
    value(items, times: [Int](repeating: 1, count: items.count), metric: metric)
  }

  /// α with a percentile interval from drawing items again; nil where ``of(_:metric:)`` is.
  package static func estimate<Failure>(
    _ items: [[Double]], metric: Metric, resamples: Int = 1_000, seed: UInt64,
    level: Double = 0.95, draws: Draws<Failure> = Draws<Never>.inTurn
  ) throws(Failure) -> Estimate? {
    let rated = items.filter { $0.count >= 2 }
    guard let alpha = of(rated, metric: metric) else { return nil }
    let found = try Bootstrap.percentile(
      unitCount: rated.count, resamples: resamples, seed: seed, level: level, draws: draws
    ) { value(rated, times: $0, metric: metric) }
    return Estimate(
      value: alpha, standardError: found?.standardError, interval: found?.interval,
      rowCount: rated.count, clusterCount: nil)
  }

  private static func value(_ items: [[Double]], times: [Int], metric: Metric) -> Double? {
    var counts: [Double: Double] = [:]
    for (item, ratings) in items.enumerated() where ratings.count >= 2 && times[item] > 0 {
      for rating in ratings { counts[rating, default: 0] += Double(times[item]) }
    }
    let total = counts.values.reduce(0, +)
    if counts.count < 2 { return nil }
    let places = metric == .ordinal ? middleRanks(counts) : [:]
    var observed = 0.0
    for (item, ratings) in items.enumerated() where ratings.count >= 2 && times[item] > 0 {
      let own =
        metric == .nominal
        ? unequalPairs(ratings) : squaredGaps(ratings.map { places[$0] ?? $0 }.map { ($0, 1) })
      observed += Double(times[item]) * own / Double(ratings.count - 1)
    }
    let sorted = counts.sorted { $0.key < $1.key }
    let expected =
      metric == .nominal
      ? total * total - sorted.reduce(0) { $0 + $1.value * $1.value }
      : squaredGaps(sorted.map { (places[$0.key] ?? $0.key, $0.value) })
    return 1 - (observed / total) / (expected / (total * (total - 1)))
  }

  /// Each rating's mean rank: ordinal distances are differences of these.
  private static func middleRanks(_ counts: [Double: Double]) -> [Double: Double] {
    var passed = 0.0
    var ranks: [Double: Double] = [:]
    for (rating, count) in counts.sorted(by: { $0.key < $1.key }) {
      ranks[rating] = passed + count / 2
      passed += count
    }
    return ranks
  }

  /// The ordered pairs of ratings that differ.
  private static func unequalPairs(_ ratings: [Double]) -> Double {
    var pairs = 0.0
    for one in ratings { for two in ratings where one != two { pairs += 1 } }
    return pairs
  }

  /// Σ w_i w_j (x_i − x_j)² over ordered pairs, which is 2W·Σw(x − x̄)².
  private static func squaredGaps(_ points: [(value: Double, weight: Double)]) -> Double {
    let weight = points.reduce(0) { $0 + $1.weight }
    let mean = points.reduce(0) { $0 + $1.weight * $1.value } / weight
    return 2 * weight
      * points.reduce(0) { $0 + $1.weight * ($1.value - mean) * ($1.value - mean) }
  }
}
