/// The odds of a candidate's win among the rows that tell two models apart.
package enum DiscordantOdds {
  /// The conditional odds ratio b/c with its exact interval; nil where nothing is discordant.
  ///
  /// Clopper and Pearson's interval of b/(b + c), as odds (Breslow and Day 1980, 5.2). The ratio
  /// is nil where the base alone never succeeds, and a bound is nil where it is infinite.
  package static func of(
    _ counts: PairedCounts, level: Double = 0.95
  ) -> (ratio: Double?, interval: Interval)? {
    guard
      let share = Proportion.clopperPearson(
        successes: counts.onlyCandidate, trials: counts.discordant, level: level)
    else { return nil }
    let ratio =
      counts.onlyBase == 0 ? nil : Double(counts.onlyCandidate) / Double(counts.onlyBase)
    return (ratio, share.mapped { $0 >= 1 ? .infinity : $0 / (1 - $0) })
  }
}
