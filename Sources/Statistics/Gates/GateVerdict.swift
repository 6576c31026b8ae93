/// What an interval says about a bound.
package enum GateVerdict: String, Sendable, Hashable, CaseIterable {
  /// The whole interval meets the bound.
  case passed
  /// No part of the interval meets the bound.
  case failed
  /// The interval lies on both sides of the bound, or there is none: not enough data to say.
  case undecided
}
