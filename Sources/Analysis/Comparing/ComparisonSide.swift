package import Model
package import Wire

/// An arm of a comparison: rows of a table, and what is recorded of the version they are of.
package struct ComparisonSide: Sendable {
  package let name: String
  package let source: ComparisonDocument.Source
  package let table: ColumnTable
  /// Its rows of the table.
  package let rows: [Int]
  package let attributes: [String: String]
  /// The versions of inputs that its version was made from.
  package let inputs: [VersionDocument.Source]
  /// The columns of the table that are scores of the version, kept apart from it.
  package let scores: [ScoreColumn]
  /// The column whose value it is; nil where the arm is a version.
  package let by: String?

  /// The arm called `name`; nil rows are all of them.
  package init(
    name: String, source: ComparisonDocument.Source, table: ColumnTable, rows: [Int]? = nil,
    attributes: [String: String] = [:], inputs: [VersionDocument.Source] = [],
    scores: [ScoreColumn] = [], by: String? = nil
  ) {
    self.name = name
    self.source = source
    self.table = table
    self.rows = rows ?? Array(0..<table.count)
    self.attributes = attributes
    self.inputs = inputs
    self.scores = scores
    self.by = by
  }

  /// One arm for each value of a column: `base` first, then `candidates`.
  ///
  /// No candidates are all others that there are, in the order of their first rows. Rows without a
  /// value belong to none and are counted.
  /// - Throws: ``StoreError`` of kind `usage` for a missing column or value, or for a single value.
  package func split(
    by column: String, base: String?, candidates: [String]
  ) throws(StoreError) -> (sides: [ComparisonSide], rowsWithout: Int) {
    let values = try table.labels(column)
    var rowsOf: [ValueLabel: [Int]] = [:]
    var order: [ValueLabel] = []
    var rowsWithout = 0
    for row in rows {
      guard let value = values[row] else {
        rowsWithout += 1
        continue
      }
      if rowsOf[value] == nil { order.append(value) }
      rowsOf[value, default: []].append(row)
    }
    func value(_ name: String) throws(StoreError) -> ValueLabel {
      if let value = order.first(where: { $0.isCalled(name) }) { return value }
      throw StoreError(
        .usage,
        "no row of \(table.name) has '\(name)' in its column '\(column)'; "
          + Spelling.advice(name, order.map(\.name)))
    }
    let first = try base.map { name throws(StoreError) in try value(name) } ?? order.first
    var arms = first.map { [$0] } ?? []
    arms +=
      try candidates.isEmpty
      ? order.filter { $0 != first }
      : candidates.map { name throws(StoreError) in try value(name) }
    guard arms.count > 1 else {
      throw StoreError(
        .usage,
        "the column '\(column)' of \(table.name) has \(order.count) values; a comparison needs two")
    }
    try RequestLimits.require(arms.count, atMost: RequestLimits.arms, "arms")
    var sides: [ComparisonSide] = []
    for arm in arms {
      sides.append(
        ComparisonSide(
          name: arm.name, source: source, table: table, rows: rowsOf[arm] ?? [],
          attributes: attributes, inputs: inputs, scores: scores, by: column))
    }
    return (sides, rowsWithout)
  }
}
