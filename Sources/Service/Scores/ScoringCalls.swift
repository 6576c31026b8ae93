package import Running

/// The means and limits of scorers that call models.
package struct ScoringCalls: Sendable {
  /// The reference of the providers.
  package var providers = "providers"
  /// The most that all judges together may cost, in microdollars.
  package var maxMicrodollars: Int?
  /// The part of it that is spent already, in nanodollars.
  var spent: Int64 = 0
  /// True to call judges whose costs have no bound, although there is a bound of the sum.
  package var allowsUnpriced = false
  /// The most calls at a time; nil for those of the providers.
  package var concurrency: Int?
  /// Asks to send no more calls.
  package var control = RunControl()
  package var progress: @Sendable (RunProgress) -> Void = { _ in }

  /// Calls without limits of their own.
  package init() {}

  /// The members of a run's document for them.
  /// - Parameter spent: What is spent of the bound, in nanodollars.
  func limits(spent: Int64) -> (limits: [(String, Int)], allowsUnpriced: Bool) {
    var limits: [(String, Int)] = []
    if let maxMicrodollars {
      // Rounded up, so that the rest of the bound is never too much.
      let used = Int((spent + 999) / 1_000)
      limits.append(("max_usd_micros", max(1, maxMicrodollars - used)))
    }
    if let concurrency { limits.append(("concurrency", concurrency)) }
    return (limits, allowsUnpriced && maxMicrodollars != nil)
  }
}
