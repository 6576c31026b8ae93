/// The ratio of a quantile of the candidate to that of the base, on the same rows.
///
/// For latencies: the bootstrap resamples rows, keeping each pair together, and works on the
/// logarithm of the ratio, so that "twice" and "half" are equally far from "the same".
package enum MedianRatio {
  /// Candidate over base of the nearest-rank `quantile`, with a percentile interval.
  ///
  /// Clusters are drawn whole. Nil for fewer than two units, or a value that is not above 0. The
  /// standard error is that of the logarithm.
  package static func of<Failure>(
    _ sample: PairedSample, quantile: Double = 0.5,
    resamples: Int = Bootstrap.usualResampleCount, seed: UInt64, level: Double = 0.95,
    draws: Draws<Failure> = Draws<Never>.inTurn
  ) throws(Failure) -> Estimate? {
    try of(
      sample, quantiles: [quantile], resamples: resamples, seed: seed, level: level, draws: draws)[
        0]
  }

  /// The same for several quantiles, which share their draws.
  package static func of<Failure>(
    _ sample: PairedSample, quantiles: [Double],
    resamples: Int = Bootstrap.usualResampleCount, seed: UInt64, level: Double = 0.95,
    draws: Draws<Failure> = Draws<Never>.inTurn
  ) throws(Failure) -> [Estimate?] {
    guard (sample.base + sample.candidate).allSatisfy({ $0 > 0 }) else {
      return quantiles.map { _ in nil }
    }
    let codes = sample.clusters?.codes ?? Array(sample.base.indices)
    let base = RankedColumn(sample.base, units: codes)
    let candidate = RankedColumn(sample.candidate, units: codes)
    let found = try Bootstrap.percentiles(
      unitCount: sample.clusters?.count ?? sample.count, resamples: resamples, seed: seed,
      level: level, draws: draws
    ) { times in
      zip(candidate.quantiles(quantiles, times), base.quantiles(quantiles, times)).map {
        above, below in
        guard let above, let below else { return nil }
        return Elementary.log(above / below)
      }
    }
    return found.map { found in
      guard let found else { return nil }
      return Estimate(
        value: Elementary.exp(found.value), standardError: found.standardError,
        interval: found.interval.mapped(Elementary.exp), rowCount: sample.count,
        clusterCount: sample.clusters?.count)
    }
  }
}
