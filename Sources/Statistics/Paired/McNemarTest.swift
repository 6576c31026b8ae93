/// McNemar's test of two yes-or-no results on the same independent rows.
package struct McNemarTest: Sendable, Hashable {
  /// The rows on which the two disagree.
  package let discordant: Int
  /// The exact two-sided p-value; 1 where nothing is discordant.
  package let pValue: Double
  /// The mid-p value, less conservative, which can exceed its level by a little.
  package let midPValue: Double

  /// Twice the tail of Binomial(b + c, ½) at min(b, c), at most 1; mid-p takes off the point mass.
  ///
  /// McNemar (1947); mid-p by Fagerland, Lydersen and Laake (2013). Exact only for independent
  /// rows: clustered rows need the clustered t interval or the clustered sign-flip test.
  package init(_ counts: PairedCounts) {
    discordant = counts.discordant
    let fewer = min(counts.onlyBase, counts.onlyCandidate)
    let distribution = BinomialDistribution(trials: discordant, probability: 0.5)
    let doubled = 2 * distribution.lowerTail(fewer)
    pValue = min(1, doubled)
    midPValue = min(1, doubled - distribution.mass(fewer))
  }
}
