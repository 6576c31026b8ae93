/// The change points of a series' level, found by splitting it while a split is significant.
///
/// Binary segmentation (Scott and Knott 1974; Vostrikova 1981) with a permutation test at each
/// split, as in E-divisive: the largest step is compared with the largest steps of shuffled
/// stretches, so it is no surprise that some step is the largest. Below about seven positions
/// nothing can be significant at 5 %, and a slow drift is reported as steps.
package enum ChangePoints {
  /// The change points of `values` (finite) in order, each with a p-value of at most `alpha`.
  package static func find<Failure>(
    _ values: [Double], alpha: Double = 0.05, resamples: Int = 999, seed: UInt64,
    draws: Draws<Failure> = Draws<Never>.inTurn
  ) throws(Failure) -> [ChangePoint] {
    var found: [ChangePoint] = []
    var open = [0..<values.count]
    while let range = open.popLast() {
      let stretch = Array(values[range])
      guard let (split, step) = largestStep(stretch) else { continue }
      let pValue = try pValue(
        stretch, step: step, resamples: resamples, seed: seed, range: range, draws: draws)
      if pValue > alpha { continue }
      let position = range.lowerBound + split
      found.append(
        ChangePoint(
          position: position, before: Moments(Array(stretch[..<split])).mean,
          after: Moments(Array(stretch[split...])).mean, pValue: pValue))
      open.append(range.lowerBound..<position)
      open.append(position..<range.upperBound)
    }
    return found.sorted { $0.position < $1.position }
  }

  /// The split with the largest |mean after − mean before|·√(k(n−k)/n); nil where nothing varies.
  private static func largestStep(_ values: [Double]) -> (split: Int, step: Double)? {
    let moments = Moments(values)
    if values.count < 3 || moments.squares == 0 { return nil }
    let n = Double(values.count)
    var sum = 0.0
    var best = (split: 1, step: -1.0)
    for split in 1..<values.count {
      sum += values[split - 1] - moments.mean
      // With the mean taken off, the two sums are opposite, and the step is |sum|·√(n/(k(n−k))).
      let k = Double(split)
      let step = abs(sum) * (n / (k * (n - k))).squareRoot()
      if step > best.step { best = (split, step) }
    }
    return best
  }

  private static func pValue<Failure>(
    _ values: [Double], step: Double, resamples: Int, seed: UInt64, range: Range<Int>,
    draws: Draws<Failure>
  ) throws(Failure) -> Double {
    // Each stretch has streams of its own, whatever order the stretches are taken in.
    let stretch = UInt64(range.lowerBound) << 32 | UInt64(range.upperBound)
    var own = RandomStream(seed: seed, stream: stretch)
    let ownSeed = own.next()
    let hits = try draws.shared(resamples, unitCount: values.count) { run in
      run.count { resample in
        var shuffled = values
        var random = RandomStream(seed: ownSeed, stream: UInt64(resample))
        for place in stride(from: shuffled.count - 1, to: 0, by: -1) {
          shuffled.swapAt(place, random.index(below: place + 1))
        }
        return largestStep(shuffled).map { $0.step >= step * (1 - 1e-12) } ?? false
      }
    }
    return Double(1 + hits.reduce(0, +)) / Double(resamples + 1)
  }
}

/// A place in a series where its level moved.
package struct ChangePoint: Sendable, Hashable {
  /// The first position of the new level.
  package let position: Int
  /// The mean of the stretch before.
  package let before: Double
  /// The mean of the stretch after.
  package let after: Double
  /// The permutation p-value of the largest step in its stretch.
  package let pValue: Double
}
