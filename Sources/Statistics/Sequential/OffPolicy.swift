/// The estimated reward of a policy on traffic that another policy decided.
package struct OffPolicy: Sendable, Hashable {
  /// Σwr/n: unbiased, and wild where weights are large.
  package let inverseWeighted: Double
  /// Σwr/Σw, nil where no row has weight: slightly biased, far steadier.
  package let selfNormalized: Double?
  /// (Σw)²/Σw²: how many rows decided by the new policy this is worth; 0 without any weight.
  package let effectiveSampleSize: Double

  /// Estimates from rewards, the logged propensities of what was served, and the new policy's.
  ///
  /// `logged` is above 0 and at most 1, `target` is 0...1. Nil for no rows. Swaminathan and
  /// Joachims (2015). An effective sample size below some 30 says nothing.
  package init?(rewards: [Double], logged: [Double], target: [Double]) {
    precondition(rewards.count == logged.count && rewards.count == target.count)
    if rewards.isEmpty || !logged.allSatisfy({ $0 > 0 }) { return nil }
    var sums = (weights: 0.0, squares: 0.0, earned: 0.0)
    for row in rewards.indices {
      let weight = target[row] / logged[row]
      sums.weights += weight
      sums.squares += weight * weight
      sums.earned += weight * rewards[row]
    }
    inverseWeighted = sums.earned / Double(rewards.count)
    selfNormalized = sums.weights > 0 ? sums.earned / sums.weights : nil
    effectiveSampleSize = sums.squares > 0 ? sums.weights * sums.weights / sums.squares : 0
  }
}
