/// A solver for the quantile at which a distribution on the positive numbers has a given tail.
enum TailSolver {
  /// A distribution's tails at a point.
  struct Tails {
    let lower: Double
    let upper: Double
    /// The density times the point: the slope over the point's logarithm.
    let elasticity: Double
  }

  /// The point whose lower tail is `lower`, or whose upper tail is `upper` = 1 − `lower`.
  ///
  /// The smaller of the two is matched. Newton steps on logarithms, kept inside a bracket.
  static func solve(
    lower: Double, upper: Double, start: Double, tails: (Double) -> Tails
  ) -> Double {
    if lower.isNaN || upper.isNaN { return .nan }
    if lower <= 0 { return 0 }
    if upper <= 0 { return .infinity }
    let matchesLower = lower <= upper
    let target = matchesLower ? lower : upper
    var floor = 0.0
    var ceiling = Double.infinity
    var point = start > 0 && start.isFinite ? start : 1
    for _ in 0..<400 {
      let found = tails(point)
      let value = matchesLower ? found.lower : found.upper
      if value == target { return point }
      if (value < target) == matchesLower { floor = point } else { ceiling = point }
      let slope = (matchesLower ? 1.0 : -1.0) * found.elasticity / value
      let step = -Elementary.log(value / target) / slope
      var next = point * Elementary.exp(max(-3, min(3, step)))
      if abs(step) < 1e-14 { return next }
      if !(next > floor && next < ceiling) {
        if ceiling == .infinity {
          next = floor * 8
        } else if floor == 0 {
          next = ceiling / 8
        } else {
          next = floor.squareRoot() * ceiling.squareRoot()
        }
      }
      if next == point || next == 0 || next == .infinity { return next }
      point = next
    }
    return point
  }
}
