/// A test of whether raters favour the left side, whatever stands there.
package struct PositionBias: Sendable, Hashable {
  /// The share of wins on the left less the share on the right, among votes without ties.
  package let difference: Double
  /// Its interval, from Wilson's of the share on the left.
  package let interval: Interval
  /// The exact two-sided p-value of "left and right are as likely".
  package let pValue: Double
  /// Votes that chose a side.
  package let decidedCount: Int
  /// Votes that chose none.
  package let tieCount: Int

  /// Counts the sides; nil where no vote chose one.
  ///
  /// Says something only where sides were drawn at random. Votes are taken as independent.
  package init?(_ votes: [PairwiseVote], level: Double = 0.95) {
    let left = votes.count { $0.choice == .left }
    let right = votes.count { $0.choice == .right }
    guard
      let share = Proportion.wilson(successes: left, trials: left + right, level: level)
    else { return nil }
    difference = Double(left - right) / Double(left + right)
    interval = share.mapped { 2 * $0 - 1 }
    let tail = BinomialDistribution(trials: left + right, probability: 0.5).lowerTail(
      min(left, right))
    pValue = min(1, 2 * tail)
    decidedCount = left + right
    tieCount = votes.count - decidedCount
  }
}
