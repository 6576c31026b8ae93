import Columns
package import Model
package import Wire

/// The items that moved a metric from one version to another.
package enum MovedItems {
  /// Items whose value differs, those that moved the metric most first; the value of an item with
  /// several rows is their mean.
  ///
  /// A changed item counts by the distance between its values, one that came or went by its
  /// distance from `level`, the metric's number before.
  /// - Parameters:
  ///   - old: Rows of the version before, of the same group and condition as those of `new`.
  ///   - key: The columns that identify items; both tables have them.
  /// - Throws: ``StoreError`` of kind `usage` when the metric is not a column of numbers.
  package static func between(
    _ old: ColumnTable, _ new: ColumnTable, key: [String], metric: String, level: Double
  ) throws(StoreError) -> [BisectDocument.Item] {
    let before = try Side(old, key, metric)
    let after = try Side(new, key, metric)
    var found: [(weight: Double, item: BisectDocument.Item)] = []
    for (identity, rows) in after.rows {
      let now = after.mean(rows)
      guard let past = before.rows[identity] else {
        guard let now else { continue }
        found.append((abs(now - level), after.item(.added, rows[0], old: nil, new: now)))
        continue
      }
      let then = before.mean(past)
      guard then != now else { continue }
      let weight = abs((now ?? level) - (then ?? level))
      found.append((weight, after.item(.changed, rows[0], old: then, new: now)))
    }
    for (identity, rows) in before.rows where after.rows[identity] == nil {
      guard let then = before.mean(rows) else { continue }
      found.append((abs(then - level), before.item(.removed, rows[0], old: then, new: nil)))
    }
    return found.sorted { left, right in
      if left.weight != right.weight { return left.weight > right.weight }
      return left.item.order(key).lexicographicallyPrecedes(right.item.order(key))
    }.map(\.item)
  }

  /// The rows of one version.
  private struct Side {
    let values: [Double?]
    /// By the identities of keys; none is without a row.
    let rows: [ArraySlice<UInt8>: [Int]]
    let key: [(name: String, labels: [ValueLabel?])]

    init(_ table: ColumnTable, _ key: [String], _ metric: String) throws(StoreError) {
      values =
        table.has(metric) ? try table.numbers(metric) : Array(repeating: nil, count: table.count)
      var vectors: [ColumnVector] = []
      var names: [(name: String, labels: [ValueLabel?])] = []
      for column in key {
        vectors.append(try table.vector(column))
        names.append((column, try table.labels(column)))
      }
      let identities = KeyIdentities(columns: vectors, count: table.count)
      var rows: [ArraySlice<UInt8>: [Int]] = [:]
      for row in 0..<table.count { rows[identities[row], default: []].append(row) }
      self.key = names
      self.rows = rows
    }

    /// The value of an item with these rows; nil where none has one.
    func mean(_ rows: [Int]) -> Double? {
      let values = rows.compactMap { self.values[$0] }
      return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    func item(
      _ change: BisectDocument.Item.Change, _ row: Int, old: Double?, new: Double?
    ) -> BisectDocument.Item {
      var texts: [DataText: String] = [:]
      for (name, column) in key { texts[DataText(name)] = column[row]?.name }
      return BisectDocument.Item(change: change, key: texts, old: old, new: new)
    }
  }
}

extension BisectDocument.Item {
  /// The order of items of the same weight.
  fileprivate func order(_ columns: [String]) -> [UInt8] {
    columns.flatMap { Array((key[DataText($0)] ?? "").utf8) + [0] }
  }
}
