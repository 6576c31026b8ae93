package import Model
package import Wire

/// The items of a table: which rows have which key.
package struct ItemKeys: Sendable {
  /// The columns that identify an item.
  package let columns: [String]
  /// The rows of each item, in their order.
  package let rows: [[String]: [Int]]

  /// The items among `rows` of a table.
  ///
  /// A missing part of a key is written `null`.
  /// - Throws: ``StoreError`` of kind `usage` when there is no such column.
  package init(
    _ table: ColumnTable, rows: [Int], columns: [String]
  ) throws(StoreError) {
    var parts: [[String?]] = []
    for column in columns { parts.append(try table.texts(column)) }
    var found: [[String]: [Int]] = [:]
    for row in rows { found[parts.map { $0[row] ?? "null" }, default: []].append(row) }
    self.columns = columns
    self.rows = found
  }

  /// Goes on where each item has one row.
  /// - Throws: ``StoreError`` of kind `usage` that names an item with more.
  package func requireUnique(_ name: String) throws(StoreError) {
    let double = rows.filter { $0.value.count > 1 }
    guard let first = double.keys.min(by: Self.isBefore) else { return }
    throw StoreError(
      .usage,
      "\(double.count) items of \(name) have more than one row, \(first.joined(separator: " · ")) "
        + "for one; name the column that numbers the attempts with --repeat, or those that "
        + "identify an item with --key")
  }

  /// The order of keys: by their parts, each by its Unicode scalars.
  package static func isBefore(_ left: [String], _ right: [String]) -> Bool {
    for (one, two) in zip(left, right) where one != two {
      return one.unicodeScalars.lexicographicallyPrecedes(two.unicodeScalars)
    }
    return left.count < right.count
  }

  /// What is recorded of these keys, which are sorted.
  package static func document(
    _ keys: [[String]], columns: [String]
  ) -> ComparisonDocument.Items {
    let json = CanonicalJSON.array(keys.map { .array($0.map { .string($0) }) })
    return ComparisonDocument.Items(
      key: columns, count: keys.count, digest: Digest(hashing: json.bytes))
  }

  /// The key columns of a version of which an item is identified: its key, or `stated`, without the
  /// columns that tell arms and attempts apart.
  /// - Throws: ``StoreError`` of kind `usage` when nothing is left.
  package static func columns(
    key: [String], stated: [String]?, without: [String?], of name: String
  ) throws(StoreError) -> [String] {
    let left = stated ?? key.filter { column in !without.contains(column) }
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
