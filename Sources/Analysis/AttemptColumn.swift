import Model
package import Wire

/// The columns of a key that number the attempts at an item.
package enum AttemptColumn {
  /// The usual names of such columns; `sample` and `seed` also identify items, and are not listed.
  private static let names = ["attempt", "trial", "repeat", "repetition", "epoch"]

  /// The columns of `key` that number attempts: whose name is one of those, beside which something
  /// identifies an item, and most of whose numbers are also those of other items.
  /// - Parameters:
  ///   - key: The columns that may be such.
  ///   - items: The columns that identify an item, as far as is known.
  ///   - edition: That of the document; before the third, texts numbered no attempts.
  package static func found(
    in table: ColumnTable, key: [String], items: [String], edition: Edition = .current
  ) -> [String] {
    var items = items
    return key.filter { column in
      guard names.contains(column.lowercased()) else { return false }
      let others = items.filter { !$0.hasBytes(of: column) }
      guard recurs(column, in: table, items: others, edition) else { return false }
      // Of two such columns, both number the attempts at what is left of the key.
      items = others
      return true
    }
  }

  /// Returns true when some column of a key may number attempts, by its name.
  package static func isPossible(in key: [String]) -> Bool {
    key.count > 1 && key.contains { names.contains($0.lowercased()) }
  }

  /// A column of integers, also of those written as texts; nil for another.
  private static func numbers(
    _ column: String, in table: ColumnTable, _ edition: Edition
  ) -> [Double?]? {
    if edition > .second, table.type(of: column) == .string {
      return try? table.texts(column).map { text in
        text.flatMap { Int64($0) }.map { Double($0) }
      }
    }
    return try? table.numbers(column)
  }

  private static func recurs(
    _ column: String, in table: ColumnTable, items: [String], _ edition: Edition
  ) -> Bool {
    guard !items.isEmpty, table.count > 0, let numbers = numbers(column, in: table, edition),
      numbers.allSatisfy({ $0 != nil }),
      let keys = try? ItemKeys(table, rows: Array(0..<table.count), columns: items)
    else { return false }
    var owners: [Double: Int] = [:]
    for rows in keys.rows.values {
      for number in Set(rows.compactMap { numbers[$0] }) { owners[number, default: 0] += 1 }
    }
    let recurring = numbers.count { number in number.flatMap { owners[$0] } ?? 0 > 1 }
    return recurring * 2 > numbers.count
  }
}
