/// The distribution of successes among independent trials of one probability.
package struct BinomialDistribution: Sendable {
  /// Trials, at least 0.
  package let trials: Int
  /// The probability of success, 0...1.
  package let probability: Double

  /// The distribution of successes in `trials` trials (at least 0) of `probability` (0...1) each.
  package init(trials: Int, probability: Double) {
    precondition(trials >= 0 && probability >= 0 && probability <= 1)
    self.trials = trials
    self.probability = probability
  }

  /// The probability of exactly `count` successes, by Loader's saddle-point expansion.
  package func mass(_ count: Int) -> Double {
    if count < 0 || count > trials { return 0 }
    if probability == 0 { return count == 0 ? 1 : 0 }
    if probability == 1 { return count == trials ? 1 : 0 }
    let n = Double(trials)
    if count == 0 { return Elementary.exp(n * Elementary.logOnePlus(-probability)) }
    if count == trials { return Elementary.exp(n * Elementary.log(probability)) }
    let hits = Double(count)
    let misses = n - hits
    let exponent =
      GammaFunction.stirlingError(n) - GammaFunction.stirlingError(hits)
      - GammaFunction.stirlingError(misses) - GammaFunction.deviance(hits, mean: n * probability)
      - GammaFunction.deviance(misses, mean: n * (1 - probability))
    return (n / (6.283_185_307_179_586_5 * hits * misses)).squareRoot() * Elementary.exp(exponent)
  }

  /// The probability of at most `count` successes.
  package func lowerTail(_ count: Int) -> Double {
    if count < 0 { return 0 }
    if count >= trials { return 1 }
    return BetaFunction.regularized(
      Double(count) + 1, Double(trials - count), x: probability, y: 1 - probability
    ).upper
  }

  /// The probability of at least `count` successes.
  package func upperTail(_ count: Int) -> Double {
    if count <= 0 { return 1 }
    if count > trials { return 0 }
    return BetaFunction.regularized(
      Double(count), Double(trials - count) + 1, x: probability, y: 1 - probability
    ).lower
  }

  /// The smallest count whose lower tail is at least `lowerTail`.
  package func quantile(lowerTail level: Double) -> Int {
    smallest { lowerTail($0) >= level }
  }

  /// The smallest count that is exceeded with a probability of at most `upperTail`.
  package func quantile(upperTail level: Double) -> Int {
    smallest { upperTail($0 + 1) <= level }
  }

  private func smallest(_ holds: (Int) -> Bool) -> Int {
    var low = 0
    var high = trials
    while low < high {
      let middle = low + (high - low) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
