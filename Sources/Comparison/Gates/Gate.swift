package import Model

/// A bound on the change of a metric from base to candidate, such as `success >= -2pp`.
///
/// Non-inferiority by interval: a gate passes only where the data exclude a change beyond the
/// bound, so that few rows never pass by luck (Piaggio et al., CONSORT extension, JAMA 2012).
package struct Gate: Sendable, Hashable {
  /// Which side of the bound is good.
  package enum Relation: String, Sendable {
    /// The change must not be below the bound.
    case atLeast = ">="
    /// The change must not be above the bound.
    case atMost = "<="
  }

  /// What the bound counts in.
  package enum Scale: String, Sendable {
    /// The metric's own unit; for rates, `2pp` is 0.02.
    case absolute
    /// Parts of the base's value; `10%` is 0.1.
    case relative
  }

  /// The metric's name.
  package let metric: String
  /// Which side of the bound is good.
  package let relation: Relation
  /// The bound: a difference, or a relative change.
  package let bound: Double
  /// What the bound counts in.
  package let scale: Scale

  /// A gate from its parts; `bound` is finite.
  package init(metric: String, relation: Relation, bound: Double, scale: Scale) {
    self.metric = metric
    self.relation = relation
    self.bound = bound
    self.scale = scale
  }

  /// Reads `METRIC >= NUMBER` or `METRIC <= NUMBER`, the number with `pp`, `%` or nothing after.
  /// - Throws: `usage` for anything else.
  package init(_ text: String) throws(StoreError) {
    guard
      let match = text.firstMatch(
        of: /^\s*(\S.*?)\s*(>=|<=)\s*([+\-−]?)(\d+(?:\.\d+)?|\.\d+)\s*(pp|%|)\s*$/),
      let relation = Relation(rawValue: String(match.2)),
      let number = Double(String(match.4).hasPrefix(".") ? "0" + match.4 : String(match.4)),
      number.isFinite
    else {
      throw StoreError(
        .usage,
        "\"\(text)\" is not a gate; write METRIC >= -2pp, METRIC <= +10% or METRIC >= -0.5")
    }
    metric = String(match.1)
    self.relation = relation
    let signed = match.3.isEmpty || match.3 == "+" ? number : -number
    bound = match.5.isEmpty ? signed : signed / 100
    scale = match.5 == "%" ? .relative : .absolute
  }

  /// What `change`, an interval of candidate minus base in the gate's scale, says.
  ///
  /// A two-sided 95 % interval makes this a one-sided test at 2.5 %. No interval, or none on the
  /// side that matters, decides nothing.
  package func verdict(_ change: Interval?) -> GateVerdict {
    guard let change else { return .undecided }
    switch relation {
    case .atLeast:
      if let lower = change.lower, lower >= bound { return .passed }
      if let upper = change.upper, upper < bound { return .failed }
    case .atMost:
      if let upper = change.upper, upper <= bound { return .passed }
      if let lower = change.lower, lower > bound { return .failed }
    }
    return .undecided
  }
}
