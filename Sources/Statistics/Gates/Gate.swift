package import Model

/// A bound on a metric: on its change from base to candidate, such as `success >= -2pp`, or on the
/// candidate's own value, such as `latency_ms <= 500`.
///
/// Non-inferiority by interval: a gate passes only where the data exclude a value beyond the
/// bound, so that few rows never pass by luck (Piaggio et al., CONSORT extension, JAMA 2012).
package struct Gate: Sendable, Hashable {
  /// The good side of the bound.
  package enum Relation: String, Sendable {
    /// The value must not be below the bound.
    case atLeast = ">="
    /// The value must not be above the bound.
    case atMost = "<="
  }

  /// The quantity that is bounded.
  package enum Kind: String, Sendable {
    /// Candidate minus base, or in parts of the base: the bound has a sign.
    case change
    /// The candidate's own value: the bound has none.
    case limit
  }

  /// The grammar of a gate's text; a stored gate is read by the grammar it was written in.
  package enum Grammar: Int, Sendable, CaseIterable {
    /// Every bound is one on a change, with a sign or without.
    case first = 1
    /// A bound with a sign is one on a change, a bound without a limit.
    case second = 2
  }

  /// The unit of the bound.
  package enum Scale: String, Sendable {
    /// The metric's own unit; for rates, `2pp` is 0.02.
    case absolute
    /// Parts of the base's value; `10%` is 0.1.
    case relative
  }

  /// The metric's name.
  package let metric: String
  /// The good side of the bound.
  package let relation: Relation
  /// The bound: a difference, a relative change, or a value.
  package let bound: Double
  /// The unit of the bound; absolute for a limit.
  package let scale: Scale
  /// The quantity that is bounded.
  package let kind: Kind
  /// True when the bound is written in per cent; a limit in per cent is one on a rate.
  package let isPercent: Bool
  /// True when the bound is written in points of per cent.
  package let isInPoints: Bool

  /// A gate from its parts; `bound` is finite.
  package init(
    metric: String, relation: Relation, bound: Double, scale: Scale, kind: Kind = .change
  ) {
    self.metric = metric
    self.relation = relation
    self.bound = bound
    self.scale = scale
    self.kind = kind
    isPercent = scale == .relative
    isInPoints = false
  }

  /// Reads `METRIC >= BOUND` or `METRIC <= BOUND`, the bound a number with `pp`, `%` or nothing
  /// after it: with a sign a change, without a limit.
  /// - Throws: `usage` for anything else, and for a limit that is 0 or in points of per cent.
  package init(_ text: String, grammar: Grammar = .second) throws(StoreError) {
    guard
      let match = text.firstMatch(
        of: /(?s)^\s*(\S.*?)\s*(>=|<=)\s*([+\-−]?)(\d+(?:\.\d+)?|\.\d+)\s*(pp|%|)\s*$/),
      let relation = Relation(rawValue: String(match.2)),
      let number = Double(String(match.4).hasPrefix(".") ? "0" + match.4 : String(match.4)),
      number.isFinite
    else {
      throw StoreError(
        .usage,
        "\"\(text)\" is not a gate; write METRIC >= -2pp or METRIC <= +10% for a change against the "
          + "base, METRIC <= 500 for the candidate's own value")
    }
    metric = String(match.1)
    self.relation = relation
    isPercent = match.5 == "%"
    isInPoints = match.5 == "pp"
    let signed = match.3.isEmpty || match.3 == "+" ? number : -number
    bound = match.5.isEmpty ? signed : signed / 100
    kind = grammar == .first || !match.3.isEmpty ? .change : .limit
    scale = isPercent && kind == .change ? .relative : .absolute
    if kind == .change { return }
    let advice = "a bound without a sign is one on the candidate's own value"
    if number == 0 {
      throw StoreError(
        .usage,
        "the gate \"\(text)\" has the bound 0; \(advice), so write +\(match.4)\(match.5) for a "
          + "change that must not be on the wrong side of 0")
    }
    if match.5 == "pp" {
      throw StoreError(
        .usage,
        "the gate \"\(text)\" is in points of per cent, which are of a change, and has no sign; "
          + "write +\(match.4)pp or -\(match.4)pp for a change, \(match.4)% for the rate itself")
    }
  }

  /// The verdict of an interval from `lower` to `upper`: of the change in the gate's scale, or of
  /// the candidate's value.
  ///
  /// A two-sided 95 % interval makes this a one-sided test at 2.5 %. No interval, or none on the
  /// side that matters, decides nothing.
  package func verdict(lower: Double?, upper: Double?) -> Verdict {
    switch relation {
    case .atLeast:
      if let lower, lower >= bound { return .passed }
      if let upper, upper < bound { return .failed }
    case .atMost:
      if let upper, upper <= bound { return .passed }
      if let lower, lower > bound { return .failed }
    }
    return .undecided
  }

  /// True for a limit on the share of the base's items that are compared: `items >= 95%`.
  package var isOfItems: Bool {
    metric == "items" && kind == .limit && isPercent && relation == .atLeast && bound <= 1
  }

  /// True when a change of a rate, or one relative to the base, can be on both sides of the bound.
  ///
  /// A rate changes by 100 points at most, and a non-negative value loses no more than all of it.
  package func isReachable(byRate isRate: Bool) -> Bool {
    guard kind == .change else { return true }
    return scale == .relative ? bound > -1 : !isRate || abs(bound) < 1
  }

  /// About how many items would decide with a probability of 80 %, if the value stays as it is; nil
  /// where no number would, or nothing is known of the spread.
  ///
  /// n·((z_{α/2} + z_β)·SE/(value − bound))² with the interval's reach towards the bound for
  /// z_{α/2}·SE (Miller, https://arxiv.org/abs/2411.00640). Where a rate does not vary the reach of
  /// Wilson's and of Tango's interval is z²/(n + z²), so that n is z²·(1 − d)/d for the distance d.
  /// - Parameter isSteadyRate: Whether the value is a rate of 0 or 1, or no change of a rate.
  package func itemsNeeded(
    value: Double, interval: Interval, count: Int, isSteadyRate: Bool = false
  ) -> Int? {
    let distance = abs(value - bound)
    let near = value > bound ? interval.lower : interval.upper
    let alpha = 1 - interval.level
    guard let near, distance > 0, alpha > 0, alpha < 1 else { return nil }
    let reach = abs(value - near)
    let needed: Double
    if isSteadyRate, reach > 0, reach < 1, distance < 1 {
      needed = Double(count) * reach / (1 - reach) * (1 - distance) / distance
    } else {
      let power =
        DetectableDifference.multiplier(power: 0.8, alpha: alpha)
        / NormalDistribution.quantile(upperTail: alpha / 2)
      let ratio = power * reach / distance
      needed = Double(count) * ratio * ratio
    }
    return Int(exactly: needed.rounded(.up)).map { max($0, count + 1) }
  }
}
