/// Intervals of Bradley–Terry strengths and ranks by drawing items again with replacement.
package struct BradleyTerryIntervals: Sendable, Hashable {
  /// The fit to all votes.
  package let fit: BradleyTerry
  /// The interval of each strength; that of the anchor is the point 0.
  package let strengths: [Interval]
  /// The best and the worst rank of each model, from 1, that the interval holds.
  package let ranks: [ClosedRange<Int>]
  /// Items that were voted on.
  package let itemCount: Int
  /// Resamples in which wins connected all models; only they count.
  package let connectedCount: Int
  /// Resamples drawn.
  package let resampleCount: Int
  /// The seed they were drawn with.
  package let seed: UInt64

  /// Fits and resamples; nil where the fit is, below two items, or where more than one resample
  /// in twenty is not connected: then some model hangs on too few votes to say.
  ///
  /// Percentile intervals. Whole items are drawn, because votes on one item are not independent.
  package init?<Failure>(
    _ votes: [PairwiseVote], modelCount: Int, anchor: Int = 0, resamples: Int = 1_000,
    seed: UInt64, level: Double = 0.95, draws: Draws<Failure> = Draws<Never>.inTurn
  ) throws(Failure) {
    precondition(resamples > 0)
    let items = Clusters(labels: votes.map(\.item))
    guard items.count >= 2,
      let fit = BradleyTerry(WinMatrix(votes, modelCount: modelCount), anchor: anchor)
    else { return nil }
    let parts = try draws.shared(resamples, unitCount: votes.count) { run in
      var times = [Int](repeating: 0, count: items.count)
      return run.compactMap { resample -> [Double]? in
        Bootstrap.draw(&times, seed: seed, resample: resample)
        var wins = WinMatrix(modelCount: modelCount)
        for (place, vote) in votes.enumerated() {
          wins.add(vote, times: Double(times[items.codes[place]]))
        }
        return BradleyTerry(wins, anchor: anchor)?.strengths
      }
    }
    var drawn = [[Double]](repeating: [], count: modelCount)
    var ranks = [[Double]](repeating: [], count: modelCount)
    for strengths in parts.joined() {
      for (model, rank) in Self.ranks(strengths).enumerated() {
        drawn[model].append(strengths[model])
        ranks[model].append(Double(rank))
      }
    }
    connectedCount = drawn.first?.count ?? 0
    if connectedCount * 20 < resamples * 19 { return nil }
    func interval(_ values: [Double]) -> Interval {
      BootstrapInterval(
        value: 0, resampled: values, leftOut: [], level: level, seed: seed,
        unitCount: items.count
      ).interval
    }
    strengths = drawn.map(interval)
    self.ranks = ranks.map { values in
      let found = interval(values)
      let best = Int((found.lower ?? 1).rounded(.down))
      return best...max(best, Int((found.upper ?? Double(modelCount)).rounded(.up)))
    }
    self.fit = fit
    itemCount = items.count
    resampleCount = resamples
    self.seed = seed
  }

  /// The rank of each strength, from 1 for the highest; equal strengths share the better one.
  private static func ranks(_ strengths: [Double]) -> [Int] {
    strengths.map { own in 1 + strengths.count { $0 > own } }
  }
}
