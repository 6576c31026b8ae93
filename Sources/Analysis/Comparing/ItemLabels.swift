import Statistics
import Model
import Wire

/// The labels of items by a column that describes them, such as that of their clusters.
///
/// The label of an item is that of its first row, also where its other rows have others: attempts,
/// rows of other models or arms. ``finding(_:keys:_:)`` counts the items where that is so.
struct ItemLabels: Sendable {
  /// Parallel to the items; nil where the first row has no value.
  let values: [ValueLabel?]
  /// The places of the items whose rows disagree, ascending.
  let unsettled: [Int]

  /// The labels of the same items by their rows in one or several tables, the first of which
  /// decides.
  /// - Parameter parts: The column's labels by row, and the rows of each item.
  init(_ parts: [(labels: [ValueLabel?], items: [[Int]])]) {
    let values: [ValueLabel?] =
      parts.first.map { part in part.items.map { rows in rows.first.flatMap { part.labels[$0] } } }
      ?? []
    var differing: Set<Int> = []
    for part in parts {
      for (item, rows) in part.items.enumerated()
      where rows.contains(where: { part.labels[$0] != values[item] }) {
        differing.insert(item)
      }
    }
    self.values = values
    unsettled = differing.sorted()
  }

  /// The clusters of the items; an item without a label is independent.
  var clusters: Clusters { Clusters(labels: values.ownWhereMissing) }

  /// The finding that rows of some items disagree; nil where all agree.
  /// - Parameters:
  ///   - keys: The keys of all items.
  ///   - what: The rows between which items differ, and whose first row counts.
  func finding(
    _ column: String, keys: [ItemKey], _ what: String
  ) -> ComparisonDocument.Finding? {
    if unsettled.isEmpty { return nil }
    return .init(
      column, arm: nil, "items whose rows differ in it \(what)", count: unsettled.count,
      examples: unsettled.prefix(PairedItems.exampleCount).map { keys[$0].names })
  }
}
