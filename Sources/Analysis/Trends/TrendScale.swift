import Model
import Wire

/// The scale of a series' values, the same in all its versions and groups.
package enum TrendScale: Sendable {
  /// Each row's is 0 or 1.
  case rates
  /// They lie between 0 and 1 by what they mean.
  case shares
  case numbers

  /// The scale of a metric's values, of which these are all that a series has.
  /// - Parameter isBool: Whether the column holds true and false in all versions.
  package init(_ samples: some Collection<TrendSample>, of metric: String, isBool: Bool) {
    let nature = MetricNature(metric, types: isBool ? [.bool] : [], roles: MetricRoles())
    let isShare = nature == .rate || MetricRoles.isShare(metric)
    if nature == .amount {
      // Costs and the like may happen to be 0 or 1, and still are not rates.
      self = .numbers
    } else if samples.allSatisfy(\.areRates) {
      self = .rates
    } else {
      self = isShare && samples.allSatisfy(\.lieInside) ? .shares : .numbers
    }
  }
}
