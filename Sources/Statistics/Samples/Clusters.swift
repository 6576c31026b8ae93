/// The clusters of rows: rows made from one document or one question are not independent.
package struct Clusters: Sendable, Hashable {
  /// The cluster of each row, 0..<count, numbered by first appearance.
  package let codes: [Int]
  /// The number of clusters.
  package let count: Int

  /// Groups rows by equal labels, one label per row.
  package init<Label: Hashable>(labels: [Label]) {
    var numbers: [Label: Int] = [:]
    codes = labels.map { label in
      if let number = numbers[label] { return number }
      let number = numbers.count
      numbers[label] = number
      return number
    }
    count = numbers.count
  }

  /// The sum of `values` (one a row) in each cluster.
  func totals(_ values: [Double]) -> [Double] {
    precondition(values.count == codes.count)
    var totals = [Double](repeating: 0, count: count)
    for row in values.indices { totals[codes[row]] += values[row] }
    return totals
  }

  /// The mean of `values` (one a row) in each cluster.
  package func means(_ values: [Double]) -> [Double] {
    zip(totals(values), sizes).map { $0 / $1 }
  }

  /// The rows in each cluster.
  var sizes: [Double] {
    var sizes = [Double](repeating: 0, count: count)
    for code in codes { sizes[code] += 1 }
    return sizes
  }

  /// The same clusters over the rows whose numbers are in `rows`.
  package func selecting(_ rows: [Int]) -> Clusters { Clusters(labels: rows.map { codes[$0] }) }
}
