/// Two columns measured on the same rows, with the rows that lack either left out and counted.
package struct PairedSample: Sendable {
  /// The base's values.
  package let base: [Double]
  /// The candidate's values, in the same order.
  package let candidate: [Double]
  /// Candidate minus base.
  package let differences: [Double]
  /// The clusters of the rows, or nil where rows are independent.
  package let clusters: Clusters?
  /// The rows left out because one side was missing, NaN or infinite.
  package let excludedCount: Int

  /// Pairs two columns of equal length; `clusters` covers the rows of those columns.
  package init(base: [Double?], candidate: [Double?], clusters: Clusters? = nil) {
    precondition(base.count == candidate.count)
    precondition(clusters.map { $0.codes.count == base.count } ?? true)
    var rows: [Int] = []
    var first: [Double] = []
    var second: [Double] = []
    for row in base.indices {
      guard let one = base[row], let two = candidate[row], (two - one).isFinite else { continue }
      rows.append(row)
      first.append(one)
      second.append(two)
    }
    self.base = first
    self.candidate = second
    differences = zip(first, second).map { $1 - $0 }
    self.clusters = clusters?.selecting(rows)
    excludedCount = base.count - rows.count
  }

  /// The pairs that were kept.
  package var count: Int { base.count }

  /// True when some pairs differ by more than others.
  package var varies: Bool {
    guard let least = differences.min(), let greatest = differences.max() else { return false }
    return greatest - least > 1e-12
  }

  /// True when every value lies between 0 and 1.
  package var areShares: Bool {
    base.allSatisfy { (0...1).contains($0) } && candidate.allSatisfy { (0...1).contains($0) }
  }

  /// True when every value is 0 or 1.
  package var isBinary: Bool {
    base.allSatisfy { $0 == 0 || $0 == 1 } && candidate.allSatisfy { $0 == 0 || $0 == 1 }
  }
}
