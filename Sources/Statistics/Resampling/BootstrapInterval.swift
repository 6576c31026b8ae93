/// An interval made by resampling, with everything needed to make it again.
package struct BootstrapInterval: Sendable, Hashable {
  /// The method that derives an interval from the resamples.
  package enum Method: String, Sendable {
    /// Bias-corrected and accelerated (Efron 1987).
    case accelerated = "BCa"
    /// The plain quantiles of the resamples.
    case percentile
  }

  /// The statistic of the sample itself.
  package let value: Double
  /// The standard deviation of the resampled statistics, or nil where one is not finite.
  package let standardError: Double?
  /// The interval; a bound is nil where the resamples have none.
  package let interval: Interval
  /// The method by which the interval was derived from the resamples.
  package let method: Method
  /// The number of resamples.
  package let resampleCount: Int
  /// The seed they were drawn with.
  package let seed: UInt64
  /// The rows or clusters that were drawn.
  package let unitCount: Int

  /// Reads the interval off `resampled`; `leftOut` are the statistics without each unit in turn.
  ///
  /// Without usable left-out values, or where every resample lies on one side of the value, the
  /// interval is the percentile one. As `scipy.stats.bootstrap(method="BCa")`, ties counted half.
  init(
    value: Double, resampled: [Double], leftOut: [Double], level: Double, seed: UInt64,
    unitCount: Int
  ) {
    let sorted = resampled.sorted()
    let tail = (1 - level) / 2
    let bias = Self.bias(value, sorted)
    let acceleration = Self.acceleration(leftOut)
    var shares = (lower: tail, upper: 1 - tail)
    if let bias, let acceleration {
      let z = NormalDistribution.quantile(upperTail: tail)
      shares.lower = Self.shifted(-z, bias, acceleration)
      shares.upper = Self.shifted(z, bias, acceleration)
      method = .accelerated
    } else {
      method = .percentile
    }
    self.value = value
    let moments = Moments(resampled)
    standardError = moments.deviation.flatMap { $0.isFinite ? $0 : nil }
    interval = Interval(
      lower: Self.quantile(sorted, shares.lower), upper: Self.quantile(sorted, shares.upper),
      level: level)
    resampleCount = resampled.count
    self.seed = seed
    self.unitCount = unitCount
  }

  /// z₀, from the share of resamples below the value; nil where that is 0 or 1.
  private static func bias(_ value: Double, _ sorted: [Double]) -> Double? {
    var below = 0
    var equal = 0
    for resample in sorted {
      if resample < value { below += 1 } else if resample == value { equal += 1 }
    }
    let share = (Double(below) + Double(equal) / 2) / Double(sorted.count)
    if !(share > 0 && share < 1) { return nil }
    return NormalDistribution.quantile(lowerTail: share)
  }

  /// Σd³ / (6 (Σd²)^1.5) over d, the mean of the left-out values minus each of them.
  private static func acceleration(_ leftOut: [Double]) -> Double? {
    if leftOut.isEmpty || !leftOut.allSatisfy(\.isFinite) { return nil }
    let mean = Moments(leftOut).mean
    var squares = 0.0
    var cubes = 0.0
    for value in leftOut {
      let distance = mean - value
      squares += distance * distance
      cubes += distance * distance * distance
    }
    if squares == 0 { return nil }
    return cubes / (6 * squares * squares.squareRoot())
  }

  private static func shifted(_ z: Double, _ bias: Double, _ acceleration: Double) -> Double {
    let moved = bias + z
    return NormalDistribution.lowerTail(bias + moved / (1 - acceleration * moved))
  }

  /// The quantile between the two nearest resamples, as numpy's default.
  private static func quantile(_ sorted: [Double], _ share: Double) -> Double? {
    if sorted.isEmpty || share.isNaN { return nil }
    let place = share * Double(sorted.count - 1)
    let index = min(max(0, Int(place)), sorted.count - 1)
    let fraction = place - Double(index)
    if fraction == 0 || index + 1 == sorted.count { return sorted[index] }
    if sorted[index] == sorted[index + 1] { return sorted[index] }
    return sorted[index] + fraction * (sorted[index + 1] - sorted[index])
  }
}
