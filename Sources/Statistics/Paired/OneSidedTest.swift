/// The tests of non-inferiority and superiority: of a change that is on the good side of a bound.
///
/// Each p-value is that of "the change is on the bad side, or at the bound".
package enum OneSidedTest {
  /// Of the mean difference, candidate minus base; nil for no rows.
  ///
  /// For zeros and ones without clusters Tango's score test, else t; where shares differ by the
  /// same on all rows, as much as Tango's would say of so many items or clusters.
  package static func difference(
    _ sample: PairedSample, bound: Double, isAbove: Bool
  ) -> Double? {
    if sample.clusters == nil, sample.isBinary {
      let counts = PairedCounts(sample)
      if isAbove { return TangoInterval.pValueAbove(bound, counts) }
      return TangoInterval.pValueAbove(
        -bound,
        PairedCounts(
          both: counts.both, onlyBase: counts.onlyCandidate, onlyCandidate: counts.onlyBase,
          neither: counts.neither))
    }
    guard let paired = PairedDifference(sample) else { return nil }
    let value = paired.difference.value
    let units = sample.clusters?.count ?? sample.count
    if sample.areShares, !sample.varies {
      return TangoInterval.pValueWithoutSpread(
        value, distance: isAbove ? value - bound : bound - value, units: units)
    }
    return tail(
      value, bound: bound, error: paired.difference.standardError, freedom: paired.freedom,
      units: units, isAbove: isAbove)
  }

  /// Of a relative change whose standard error is that of its logarithm.
  package static func relative(_ change: Estimate, bound: Double, isAbove: Bool) -> Double? {
    let units = change.clusterCount ?? change.rowCount
    guard change.value > -1, bound > -1 else { return nil }
    return tail(
      Elementary.logOnePlus(change.value), bound: Elementary.logOnePlus(bound),
      error: change.standardError, freedom: units - 1, units: units, isAbove: isAbove)
  }

  /// The tail of t; where nothing varies, the chance that a fair coin falls the same way each time.
  private static func tail(
    _ value: Double, bound: Double, error: Double?, freedom: Int, units: Int, isAbove: Bool
  ) -> Double? {
    let distance = isAbove ? value - bound : bound - value
    guard let error, error > 0 else {
      return distance > 0 ? Elementary.power(0.5, Double(units)) : 1
    }
    return StudentDistribution(freedom: Double(freedom)).upperTail(distance / error)
  }
}
