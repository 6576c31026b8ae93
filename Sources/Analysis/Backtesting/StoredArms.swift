import Model
import Routing
import Wire

/// The rows of each item by the model they are of, one or its attempts, and which of them a target
/// means.
struct StoredArms: Sendable {
  /// The rows of each item for each value of the column.
  private var rows: [[DataText: [Int]]] = []
  /// The labels of the column's values, in their order.
  let names: [String]
  /// By target, the name of the value that was stated for it.
  private let stated: [DataText: String]

  /// The arms of items by a column of the table.
  /// - Throws: ``StoreError`` of kind `usage` when there is no such column, or an item has two rows
  ///   of one model that are not attempts.
  init(
    _ table: ColumnTable, _ items: RoutedItems, by column: String, stated: [DataText: String],
    hasRepeats: Bool
  ) throws(StoreError) {
    let labels = try table.labels(column)
    for (place, itemRows) in items.rows.enumerated() {
      var found: [DataText: [Int]] = [:]
      for row in itemRows {
        guard let value = labels[row]?.name else { continue }
        guard hasRepeats || found[value] == nil else {
          throw StoreError(
            .usage,
            "\(items.items[place].key.line) has two rows of '\(value)' in "
              + "\(table.name); name the column that numbers the attempts with --repeat, the columns "
              + "that identify an item with --key, or choose rows with --where")
        }
        found[value, default: []].append(row)
      }
      rows.append(found)
    }
    let known = Set(labels.compactMap(\.self)).sorted()
    names = known.map(\.name)
    var meant: [DataText: String] = [:]
    for (target, value) in stated.sorted(by: { $0.key < $1.key }) {
      guard let label = known.first(where: { $0.isCalled(value) }) else {
        throw StoreError(
          .usage,
          "no row of \(table.name) has '\(value)' in its column '\(column)', which stands for the "
            + "target '\(target)'; " + Spelling.advice(value, names))
      }
      meant[target] = label.name
    }
    self.stated = meant
  }

  /// The value of the column that means a target; nil without such a value.
  ///
  /// The stated one, else the one with the target's name, else the one with its model's name.
  func value(_ target: RuleSet.Target) -> String? {
    if let value = stated[target.name] { return value }
    return [target.name, target.model].first { names.hasText($0) }
  }

  /// The rows with the result of a target for an item; nil without such rows.
  func rows(_ target: RuleSet.Target, item: Int) -> [Int]? {
    value(target).flatMap { rows[item][$0] }
  }
}
