import Model

/// The column of a key that numbers the attempts at an item.
package enum AttemptColumn {
  /// Names that are taken for it; `sample` and `seed` also tell items apart, and are not.
  private static let names = ["attempt", "trial", "repeat", "repetition", "epoch"]

  /// The column of `key` that numbers attempts, where its name is one of those, `items` has another
  /// column, and most of its numbers are also those of other items; nil where there is none.
  /// - Parameters:
  ///   - key: The key of the version.
  ///   - items: The columns that identify an item, as far as is known.
  package static func found(
    in table: ColumnTable, key: [String], items: [String]
  ) -> String? {
    key.first { column in
      names.contains(column.lowercased()) && recurs(column, in: table, items: items)
    }
  }

  /// Whether some column of a key may be found to number attempts, by its name.
  package static func isPossible(in key: [String]) -> Bool {
    key.count > 1 && key.contains { names.contains($0.lowercased()) }
  }

  private static func recurs(_ column: String, in table: ColumnTable, items: [String]) -> Bool {
    let others = items.filter { $0 != column }
    guard !others.isEmpty, table.count > 0, let numbers = try? table.numbers(column),
      numbers.allSatisfy({ $0 != nil }),
      let keys = try? ItemKeys(table, rows: Array(0..<table.count), columns: others)
    else { return false }
    var owners: [Double: Int] = [:]
    for rows in keys.rows.values {
      for number in Set(rows.compactMap { numbers[$0] }) { owners[number, default: 0] += 1 }
    }
    let recurring = numbers.count { number in number.flatMap { owners[$0] } ?? 0 > 1 }
    return recurring * 2 > numbers.count
  }
}
