/// A test of whether an experiment's units were split as planned.
///
/// When it alarms, no other result of the experiment can be trusted.
package struct SampleRatioCheck: Sendable, Hashable {
  /// Pearson's χ² of the counts against the weights.
  package let statistic: Double
  /// Its p-value with one degree of freedom fewer than there are groups.
  package let pValue: Double
  /// True when the p-value is below 0.001: stop and look for the fault.
  package var isAlarm: Bool { pValue < 0.001 }

  /// Compares counts with weights of any sum; nil below two groups with weight, or for no units.
  ///
  /// As `scipy.stats.chisquare`; a unit in a group of weight 0 is an alarm at once. Fabijan et al.,
  /// "Diagnosing Sample Ratio Mismatch", KDD 2019.
  package init?(counts: [Int], weights: [Double]) {
    precondition(counts.count == weights.count)
    let total = counts.reduce(0.0) { $0 + Double($1) }
    let weight = weights.reduce(0, +)
    let groups = weights.count { $0 > 0 }
    if groups < 2 || total == 0 || !weight.isFinite { return nil }
    if zip(counts, weights).contains(where: { $0 != 0 && $1 <= 0 }) {
      statistic = .greatestFiniteMagnitude
      pValue = 0
      return
    }
    var sum = 0.0
    for (count, share) in zip(counts, weights) where share > 0 {
      let expected = total * share / weight
      sum += (Double(count) - expected) * (Double(count) - expected) / expected
    }
    statistic = sum
    pValue = ChiSquareDistribution(freedom: Double(groups - 1)).upperTail(sum)
  }
}
