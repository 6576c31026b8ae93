/// A test of whether a rater grew stricter or milder than the others over time.
package struct RaterDrift: Sendable, Hashable {
  /// The change of the rater's score, against the others' mean on the same item, per rating.
  package let slope: Double
  /// The standard error of the slope.
  package let standardError: Double
  /// The interval of the slope.
  package let interval: Interval
  /// The two-sided p-value of "no drift"; correct for several raters with ``Holm``.
  package let pValue: Double
  /// The rater's mean distance above the others.
  package let leniency: Double
  /// Ratings that could be compared with another's.
  package let ratingCount: Int

  /// Least squares of own score minus the others' mean on the number of the rating, in time order.
  ///
  /// As `scipy.stats.linregress`. `others` is nil where no other rater rated the item; such ratings
  /// are left out. Nil below three ratings, or where the distance does not vary. A drift of the
  /// items themselves does not count, one that all raters share cannot be seen.
  package init?(scores: [Double], others: [Double?], level: Double = 0.95) {
    precondition(scores.count == others.count)
    var places: [Double] = []
    var gaps: [Double] = []
    for (place, score) in scores.enumerated() {
      guard let other = others[place] else { continue }
      places.append(Double(place))
      gaps.append(score - other)
    }
    let time = Moments(places)
    let gap = Moments(gaps)
    if gaps.count < 3 || gap.squares == 0 { return nil }
    var product = 0.0
    for row in gaps.indices { product += (places[row] - time.mean) * (gaps[row] - gap.mean) }
    let slope = product / time.squares
    var residual = 0.0
    for row in gaps.indices {
      let rest = gaps[row] - gap.mean - slope * (places[row] - time.mean)
      residual += rest * rest
    }
    let freedom = Double(gaps.count - 2)
    let error = (residual / freedom / time.squares).squareRoot()
    let student = StudentDistribution(freedom: freedom)
    let reach = student.twoSidedQuantile(level: level) * error
    self.slope = slope
    standardError = error
    interval = Interval(lower: slope - reach, upper: slope + reach, level: level)
    pValue = slope == 0 ? 1 : student.twoSidedTail(slope / error)
    leniency = gap.mean
    ratingCount = gaps.count
  }
}
