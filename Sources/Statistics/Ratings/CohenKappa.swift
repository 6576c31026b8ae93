/// Agreement of two raters on the same items beyond what their habits would give by chance.
package struct CohenKappa: Sendable, Hashable {
  /// κ = (p_o − p_e)/(1 − p_e), 1 for full agreement and 0 for chance.
  package let value: Double
  /// The large-sample standard error (Fleiss, Cohen and Everitt 1969); nil where it is 0, as for
  /// full agreement, because the formula then knows nothing.
  package let standardError: Double?
  /// κ ± z standard errors, or nil without one; rough below some 50 items.
  package let interval: Interval?
  /// The share of items on which the two agree.
  package let agreement: Double
  /// Items that both rated.
  package let itemCount: Int

  /// Compares two raters' labels item by item, as statsmodels' `cohens_kappa`.
  ///
  /// Nil for no items, and where both always give the one same label: then chance agreement is
  /// already full and κ is undefined. Cohen (1960).
  package init?<Label: Hashable>(_ first: [Label], _ second: [Label], level: Double = 0.95) {
    precondition(first.count == second.count)
    if first.isEmpty { return nil }
    let codes = Clusters(labels: first + second)
    let size = codes.count
    let n = Double(first.count)
    var table = [Double](repeating: 0, count: size * size)
    var rows = [Double](repeating: 0, count: size)
    var columns = [Double](repeating: 0, count: size)
    for item in first.indices {
      let (row, column) = (codes.codes[item], codes.codes[first.count + item])
      table[row * size + column] += 1 / n
      rows[row] += 1 / n
      columns[column] += 1 / n
    }
    var observed = 0.0
    var expected = 0.0
    for label in 0..<size {
      observed += table[label * size + label]
      expected += rows[label] * columns[label]
    }
    if !(expected < 1 - 1e-12) { return nil }
    let kappa = (observed - expected) / (1 - expected)
    var variance = -(kappa - expected * (1 - kappa)) * (kappa - expected * (1 - kappa))
    for row in 0..<size {
      for column in 0..<size {
        let sum = (row == column ? rows[row] + columns[row] : columns[row] + rows[column])
        let weight = row == column ? 1 - sum * (1 - kappa) : sum * (1 - kappa)
        variance += table[row * size + column] * weight * weight
      }
    }
    let z = NormalDistribution.twoSidedQuantile(level: level)
    value = kappa
    if variance > 1e-12 {
      let error = (variance / n).squareRoot() / (1 - expected)
      standardError = error
      interval = Interval(
        lower: kappa - z * error, upper: min(1, kappa + z * error), level: level)
    } else {
      (standardError, interval) = (nil, nil)
    }
    agreement = observed
    itemCount = first.count
  }
}
