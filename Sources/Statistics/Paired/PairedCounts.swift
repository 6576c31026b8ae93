/// The four outcomes of two yes-or-no results on the same rows.
package struct PairedCounts: Sendable, Hashable {
  /// Rows where both succeed.
  package let both: Int
  /// Rows where only the base succeeds.
  package let onlyBase: Int
  /// Rows where only the candidate succeeds.
  package let onlyCandidate: Int
  /// Rows where neither succeeds.
  package let neither: Int

  /// The four counts, none negative.
  package init(both: Int, onlyBase: Int, onlyCandidate: Int, neither: Int) {
    precondition(min(both, onlyBase, onlyCandidate, neither) >= 0)
    self.both = both
    self.onlyBase = onlyBase
    self.onlyCandidate = onlyCandidate
    self.neither = neither
  }

  /// The counts of a sample of zeros and ones; any value but 0 counts as a success.
  package init(_ sample: PairedSample) {
    var counts = [0, 0, 0, 0]
    for row in sample.base.indices {
      counts[(sample.base[row] != 0 ? 1 : 0) + (sample.candidate[row] != 0 ? 2 : 0)] += 1
    }
    self.init(both: counts[3], onlyBase: counts[1], onlyCandidate: counts[2], neither: counts[0])
  }

  /// All rows.
  package var total: Int { both + onlyBase + onlyCandidate + neither }

  /// The rows on which the two disagree; only they bear on the difference.
  package var discordant: Int { onlyBase + onlyCandidate }

  /// The candidate's rate minus the base's, or nil for no rows.
  package var difference: Double? {
    total == 0 ? nil : Double(onlyCandidate - onlyBase) / Double(total)
  }
}
