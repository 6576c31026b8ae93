extension ConfidenceSequence {
  /// Candidate's mean minus base's mean over different units, with an interval that holds at every
  /// look; nil where a side is empty.
  ///
  /// The sequence for a mean, over the N units of both, of what each adds to the difference: (μ̂₁ −
  /// μ̂₀) + (Y − μ̂₁)N/n₁ for a unit of the candidate, (μ̂₁ − μ̂₀) − (Y − μ̂₀)N/n₀ for one of the
  /// base (Waudby-Smith et al., section 3: the doubly robust form with the arms' means as the
  /// regression). Their variance is N(s₀²/n₀ + s₁²/n₁). No interval where a side has fewer than two
  /// units or nothing varies.
  package func difference(base: [Double], candidate: [Double]) -> (
    estimate: Estimate, pValue: Double?
  )? {
    if base.isEmpty || candidate.isEmpty { return nil }
    let (one, two) = (Moments(base), Moments(candidate))
    let count = base.count + candidate.count
    let value = two.mean - one.mean
    var interval: Interval?
    var error: Double?
    var pValue: Double?
    if let before = one.variance, let after = two.variance, before + after > 0 {
      let square = before / Double(base.count) + after / Double(candidate.count)
      let variance = Double(count) * square
      error = square.squareRoot()
      pValue = self.pValue(count: count, mean: value, variance: variance)
      if let reach = halfWidth(count: count, variance: variance) {
        interval = Interval(lower: value - reach, upper: value + reach, level: 1 - alpha)
      }
    }
    return (
      Estimate(
        value: value, standardError: error, interval: interval, rowCount: count,
        clusterCount: nil), pValue
    )
  }
}
