import Model
package import Wire

extension AttemptColumn {
  /// A column of a key that counts as a part of the item, and looks as if it numbered attempts.
  package struct Suspicion: Sendable, Hashable {
    package let column: String
    /// The items that have how many values.
    fileprivate let share: String

    /// The column and its values, without advice.
    package var fact: String { "column \(told)" }

    /// The finding as a sentence.
    package var text: String { "column \(told): \(advice)" }

    /// The finding of a document.
    package var finding: ComparisonDocument.Finding {
      .init("column '\(column)'", arm: nil, "\(share): \(advice)")
    }

    private var told: String { "'\(column)' has \(share)" }

    private var advice: String {
      "if these are attempts at one item, say --repeat \(ShellWord.quoted(column))"
    }
  }

  /// The most values of such a column, and the most bytes of a text among them.
  private static let (valueLimit, byteLimit) = (20, 24)
  /// Words of such names, which also identify items.
  private static let words: Set = [
    "run", "rep", "repeat", "repetition", "replicate", "replica", "iteration", "iter", "sample",
    "seed", "attempt", "trial", "epoch", "try", "pass", "round", "draw", "rollout", "n", "k",
  ]

  /// The columns among those of an item that have the same few values at 95 % and more of the items
  /// of the other columns: integers, or short texts with a number or in a column named so.
  ///
  /// They stay parts of the item, since a grid of settings looks the same.
  /// - Parameters:
  ///   - items: The columns that identify an item.
  ///   - arm: The column that divides the arms, if any.
  package static func suspected(
    in table: ColumnTable, items: [String], besides arm: String? = nil
  ) -> [Suspicion] {
    guard items.count > 1 else { return [] }
    return items.compactMap { column in
      guard !column.hasBytes(of: arm ?? ""), !ArmColumn.isNamed(column),
        let labels = few(column, in: table)
      else { return nil }
      let others = items.filter { !$0.hasBytes(of: column) }
      return suspicion(column, labels, in: table, others: others)
    }
  }

  /// The values of a column of few integers or short texts; nil for any other.
  private static func few(_ column: String, in table: ColumnTable) -> [ValueLabel?]? {
    let type = table.type(of: column)
    guard type == .int64 || type == .string, let labels = try? table.labels(column) else {
      return nil
    }
    let isNamed = MetricDirection.words(of: column).contains { words.contains($0) }
    var values: Set<ValueLabel> = []
    for label in labels {
      guard let label else { return nil }
      guard values.insert(label).inserted else { continue }
      let text = label.text.string
      let isNumber = type == .int64 || text.contains(where: \.isNumber)
      guard isNumber || isNamed, text.utf8.count <= byteLimit, values.count <= valueLimit else {
        return nil
      }
    }
    return values.count > 1 ? labels : nil
  }

  private static func suspicion(
    _ column: String, _ labels: [ValueLabel?], in table: ColumnTable, others: [String]
  ) -> Suspicion? {
    guard
      let keys = try? ItemKeys(table, rows: Array(0..<table.count), columns: others)
    else { return nil }
    let count = Set(labels).count
    // With as many values as items, either may be the item.
    guard keys.rows.count > count else { return nil }
    let whole = keys.rows.values.count { rows in Set(rows.map { labels[$0] }).count == count }
    guard whole * 20 >= keys.rows.count * 19 else { return nil }
    let items =
      whole == keys.rows.count ? "each of \(whole)" : "\(whole) of \(keys.rows.count)"
    return Suspicion(
      column: column, share: "the same \(count) values at \(items) items of the other key columns")
  }
}
