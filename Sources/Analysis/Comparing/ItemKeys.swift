package import Model
import Platform
package import Wire

/// The items of a table: which rows have which key.
package struct ItemKeys: Sendable {
  /// The columns that identify an item.
  package let columns: [String]
  /// The rows of each item, in their order.
  package let rows: [ItemKey: [Int]]

  /// The items among `rows` of a table.
  ///
  /// A missing part of a key is written `null`.
  /// - Throws: ``StoreError`` of kind `usage` when there is no such column.
  package init(
    _ table: ColumnTable, rows: [Int], columns: [String]
  ) throws(StoreError) {
    var parts: [[ValueLabel?]] = []
    for column in columns { parts.append(try table.labels(column)) }
    var found: [ItemKey: [Int]] = [:]
    for (count, row) in rows.enumerated() {
      if count.isMultiple(of: 1 << 12) { try CancellationFlag.check() }
      found[ItemKey(parts.map { $0[row] ?? .null }), default: []].append(row)
    }
    self.columns = columns
    self.rows = found
  }

  /// Goes on where each item has one row.
  /// - Throws: ``StoreError`` of kind `usage` that names an item with more.
  package func requireUnique(_ name: String) throws(StoreError) {
    let double = rows.filter { $0.value.count > 1 }
    guard let first = double.keys.min() else { return }
    throw StoreError(
      .usage,
      "\(double.count) items of \(name) have more than one row, \(first.line) "
        + "for one; name the column that numbers the attempts with --repeat, or those that "
        + "identify an item with --key")
  }

  /// The document of these keys, which are sorted.
  package static func document(
    _ keys: [ItemKey], columns: [String]
  ) -> ComparisonDocument.Items {
    let json = JSON.array(keys.map(\.json))
    return ComparisonDocument.Items(
      key: columns, count: keys.count, digest: Digest(hashing: json.canonicalBytes))
  }

  /// The key columns that identify an item of a version: its key, or `stated`, without the columns
  /// that identify arms and attempts.
  /// - Throws: ``StoreError`` of kind `usage` when nothing is left.
  package static func columns(
    key: [String], stated: [String]?, without: [String?], of name: String
  ) throws(StoreError) -> [String] {
    let left = stated ?? key.filter { !without.compactMap(\.self).hasText($0) }
    guard !left.isEmpty else {
      throw StoreError(
        .usage,
        key.isEmpty
          ? "\(name) has no key, so its rows cannot be paired; push it with --key, or name the "
            + "columns that identify an item with --key"
          : "nothing of the key of \(name) identifies an item; name the columns that do with --key")
    }
    return left
  }
}
