/// The distribution of successes among independent trials of one chance.
package struct BinomialDistribution: Sendable {
  /// Trials, at least 0.
  package let trials: Int
  /// The chance of success, 0...1.
  package let chance: Double

  /// The distribution of successes in `trials` trials (at least 0) of `chance` (0...1) each.
  package init(trials: Int, chance: Double) {
    precondition(trials >= 0 && chance >= 0 && chance <= 1)
    self.trials = trials
    self.chance = chance
  }

  /// The chance of exactly `count` successes, by Loader's saddle-point expansion.
  package func mass(_ count: Int) -> Double {
    if count < 0 || count > trials { return 0 }
    if chance == 0 { return count == 0 ? 1 : 0 }
    if chance == 1 { return count == trials ? 1 : 0 }
    let n = Double(trials)
    if count == 0 { return Elementary.exp(n * Elementary.logOnePlus(-chance)) }
    if count == trials { return Elementary.exp(n * Elementary.log(chance)) }
    let hits = Double(count)
    let misses = n - hits
    let exponent =
      GammaFunction.stirlingError(n) - GammaFunction.stirlingError(hits)
      - GammaFunction.stirlingError(misses) - GammaFunction.deviance(hits, mean: n * chance)
      - GammaFunction.deviance(misses, mean: n * (1 - chance))
    return (n / (6.283_185_307_179_586_5 * hits * misses)).squareRoot() * Elementary.exp(exponent)
  }

  /// The chance of at most `count` successes.
  package func lowerTail(_ count: Int) -> Double {
    if count < 0 { return 0 }
    if count >= trials { return 1 }
    return BetaFunction.regularized(
      Double(count) + 1, Double(trials - count), x: chance, y: 1 - chance
    ).upper
  }

  /// The chance of at least `count` successes.
  package func upperTail(_ count: Int) -> Double {
    if count <= 0 { return 1 }
    if count > trials { return 0 }
    return BetaFunction.regularized(
      Double(count), Double(trials - count) + 1, x: chance, y: 1 - chance
    ).lower
  }

  /// The smallest count whose lower tail is at least `lowerTail`.
  package func quantile(lowerTail level: Double) -> Int {
    smallest { lowerTail($0) >= level }
  }

  /// The smallest count that is exceeded with a chance of at most `upperTail`.
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
