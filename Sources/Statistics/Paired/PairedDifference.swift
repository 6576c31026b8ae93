/// The mean difference of two columns on the same rows, with t interval and p-value.
package struct PairedDifference: Sendable, Hashable {
  /// The base's mean.
  package let baseMean: Double
  /// The candidate's mean.
  package let candidateMean: Double
  /// Candidate minus base, with standard error and interval.
  package let difference: Estimate
  /// Student's t, or nil where the differences do not vary.
  package let statistic: Double?
  /// The degrees of freedom of t: pairs, or clusters, less one.
  package let freedom: Int
  /// The two-sided p-value; 1 where all pairs are equal, nil where there is not enough data.
  package let pValue: Double?
  /// The standard error that ignores the pairing, nil below two pairs.
  package let unpairedStandardError: Double?
  /// The correlation of the two columns, nil where one does not vary.
  package let correlation: Double?
  /// Cohen's d_z, mean over standard deviation of the differences, nil where they do not vary.
  package let standardizedDifference: Double?
  /// Pairs where the candidate's number is the higher.
  package let higherCount: Int
  /// Pairs where the candidate's number is the lower.
  package let lowerCount: Int
  /// Pairs with equal numbers.
  package let equalCount: Int

  /// The paired t test, cluster-robust where the sample has clusters; nil for no pairs.
  ///
  /// As `scipy.stats.ttest_rel`; with clusters as statsmodels' OLS with `cov_type="cluster"` and
  /// t with C − 1 degrees of freedom. Few clusters (below about 20) make it too sure.
  package init?(_ sample: PairedSample, level: Double = 0.95) {
    let differences = sample.differences
    guard
      let difference = MeanEstimate.of(differences, clusters: sample.clusters, level: level)
    else { return nil }
    let base = Moments(sample.base)
    let candidate = Moments(sample.candidate)
    let units = sample.clusters?.count ?? differences.count
    baseMean = base.mean
    candidateMean = candidate.mean
    self.difference = difference
    freedom = units - 1
    statistic = difference.standardError.map { difference.value / $0 }
    if let statistic {
      pValue = StudentDistribution(freedom: Double(units - 1)).twoSidedTail(statistic)
    } else {
      pValue = differences.allSatisfy { $0 == 0 } ? 1 : nil
    }
    if let one = base.variance, let two = candidate.variance {
      unpairedStandardError = ((one + two) / Double(differences.count)).squareRoot()
    } else {
      unpairedStandardError = nil
    }
    correlation = Self.correlation(sample, base, candidate)
    standardizedDifference = Moments(differences).deviation.flatMap {
      $0 > 0 ? difference.value / $0 : nil
    }
    higherCount = differences.count { $0 > 0 }
    lowerCount = differences.count { $0 < 0 }
    equalCount = differences.count - higherCount - lowerCount
  }

  /// The smallest true difference that this many rows would have found with probability `power`.
  ///
  /// (z_{α/2} + z_β) times the standard error (Miller, https://arxiv.org/abs/2411.00640). Nil
  /// where there is no standard error.
  package func detectable(power: Double = 0.8, alpha: Double = 0.05) -> Double? {
    difference.standardError.map {
      $0 * DetectableDifference.multiplier(power: power, alpha: alpha)
    }
  }

  private static func correlation(
    _ sample: PairedSample, _ base: Moments, _ candidate: Moments
  ) -> Double? {
    if base.squares == 0 || candidate.squares == 0 { return nil }
    var sum = 0.0
    for row in sample.base.indices {
      sum += (sample.base[row] - base.mean) * (sample.candidate[row] - candidate.mean)
    }
    return max(-1, min(1, sum / (base.squares.squareRoot() * candidate.squares.squareRoot())))
  }
}
