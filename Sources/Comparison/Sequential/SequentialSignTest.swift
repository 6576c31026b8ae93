/// Wins against losses, looked at after every vote: the exact sequential test of "even chances".
package enum SequentialSignTest {
  /// The evidence E = B(b + 1, c + 1)·2^(b+c) against even chances after `wins` and `losses`.
  ///
  /// The likelihood under a uniform chance of winning over that under ½; under even chances its
  /// mean is 1 at every look (Ville 1939). Ties are left out.
  package static func evidence(wins: Int, losses: Int) -> Double {
    precondition(wins >= 0 && losses >= 0)
    let logarithm =
      BetaFunction.logBeta(Double(wins) + 1, Double(losses) + 1)
      + (Double(wins) + Double(losses)) * 0.693_147_180_559_945_3
    return Elementary.exp(logarithm)
  }

  /// min(1, 1/E); report the smallest of all looks so far.
  package static func pValue(wins: Int, losses: Int) -> Double {
    min(1, 1 / evidence(wins: wins, losses: losses))
  }
}
