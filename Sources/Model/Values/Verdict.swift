/// The answer of an interval to the question whether a bound is met.
package enum Verdict: String, Codable, Sendable, CaseIterable {
  /// The whole interval meets the bound.
  case passed
  /// No part of the interval meets the bound.
  case failed
  /// The interval lies on both sides of the bound, or there is none: too little data for a verdict.
  case undecided

  /// The verdict of several gates together: one that failed fails all; nil for none.
  package init?(_ verdicts: [Verdict]) {
    if verdicts.isEmpty { return nil }
    self =
      verdicts.contains(.failed) ? .failed : verdicts.contains(.undecided) ? .undecided : .passed
  }
}
