import Columns
import Statistics
import Model
import Wire

/// The rows of a report by model and item.
struct ReportItems {
  /// The item of each row; nil where no key identifies items.
  let items: [Int]?
  let itemCount: Int
  /// The clusters of rows, and of items.
  private let clusters: (ofRows: [Int], ofItems: [Int])?

  /// The rows of `table`, whose items have the columns `key`.
  init(_ table: ColumnTable, key: [String], cluster: String?) throws(StoreError) {
    var vectors: [ColumnVector] = []
    for column in key { vectors.append(try table.vector(column)) }
    var codes: [Int]?
    if let cluster { codes = Clusters(labels: try table.labels(cluster).ownWhereMissing).codes }
    guard !key.isEmpty else {
      items = nil
      itemCount = 0
      clusters = codes.map { ($0, []) }
      return
    }
    let keys = KeyIdentities(columns: vectors, count: table.count)
    let found = Clusters(labels: (0..<table.count).map { keys[$0] })
    items = found.codes
    itemCount = found.count
    clusters = codes.map { codes in
      var ofItems = [Int](repeating: 0, count: found.count)
      for (row, item) in found.codes.enumerated().reversed() { ofItems[item] = codes[row] }
      return (codes, ofItems)
    }
  }

  /// The clusters of some rows: the stated ones, else the items that have more than one row; nil
  /// where each row is independent.
  ///
  /// The sample of the first edition.
  func clusters(of rows: [Int]) -> Clusters? {
    if let clusters { return Clusters(labels: rows.map { clusters.ofRows[$0] }) }
    guard let items else { return nil }
    let found = Clusters(labels: rows.map { items[$0] })
    return found.count == rows.count ? nil : found
  }

  /// The item of each of some rows, nil where each row is one; and which items belong together.
  func grouping(of rows: [Int]) -> (items: Clusters?, clusters: Clusters?) {
    let ofRows = clusters.map { clusters in Clusters(labels: rows.map { clusters.ofRows[$0] }) }
    guard let items else { return (nil, ofRows) }
    let found = Clusters(labels: rows.map { items[$0] })
    guard found.count < rows.count else { return (nil, ofRows) }
    var firstRows: [Int] = []
    for (place, code) in found.codes.enumerated() where code == firstRows.count {
      firstRows.append(rows[place])
    }
    let ofItems = clusters.map { clusters in
      Clusters(labels: firstRows.map { clusters.ofItems[items[$0]] })
    }
    return (found, ofItems)
  }

  /// The number of items of some rows.
  func count(of rows: [Int]) -> Int? { items.map { items in Set(rows.map { items[$0] }).count } }

  /// The mean of a column over each item's rows among `rows`; nil where it has no value.
  func means(_ column: [Double?], of rows: [Int]) -> [Double?]? {
    guard let items else { return nil }
    var sums = [Double](repeating: 0, count: itemCount)
    var counts = [Int](repeating: 0, count: itemCount)
    for row in rows {
      guard let value = column[row] else { continue }
      sums[items[row]] += value
      counts[items[row]] += 1
    }
    return zip(sums, counts).map { $1 == 0 ? nil : $0 / Double($1) }
  }

  /// The mean difference of two columns of items, second less first; nil for no item that has both.
  /// - Parameter areShares: Whether the difference lies between −1 and 1 by what it means.
  func difference(
    _ first: [Double?]?, _ second: [Double?]?, level: Double, areShares: Bool = false
  ) -> EstimateDocument? {
    guard let first, let second else { return nil }
    let sample = PairedSample(
      base: first, candidate: second, clusters: clusters.map { Clusters(labels: $0.ofItems) })
    guard let difference = PairedDifference(sample, level: level)?.difference else { return nil }
    if sample.clusters == nil, sample.isBinary {
      let interval = TangoInterval.of(PairedCounts(sample), level: level)
      return EstimateDocument(
        value: difference.value, standardError: difference.standardError, lower: interval?.lower,
        upper: interval?.upper, method: "Tango", rows: difference.rowCount)
    }
    let document = EstimateDocument(
      difference, method: sample.clusters == nil ? "paired t" : "clustered paired t")
    return areShares ? document?.ofShares(in: sample, level: level) : document
  }
}
