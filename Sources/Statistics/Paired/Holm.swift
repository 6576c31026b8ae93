/// Holm's correction for several p-values read at once.
package enum Holm {
  /// The adjusted p-values in the given order; a metric without a p-value is not a test.
  ///
  /// The i-th smallest of m is multiplied by m − i + 1, then made monotone and at most 1 (Holm
  /// 1979). Any value below α keeps the probability of even one false alarm below α.
  package static func adjusted(_ pValues: [Double?]) -> [Double?] {
    let tests = pValues.indices.compactMap { index in pValues[index].map { (index, $0) } }
    var adjusted = [Double?](repeating: nil, count: pValues.count)
    var floor = 0.0
    let ordered = tests.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
    for (rank, (index, pValue)) in ordered.enumerated() {
      floor = max(floor, min(1, pValue * Double(tests.count - rank)))
      adjusted[index] = floor
    }
    return adjusted
  }
}
