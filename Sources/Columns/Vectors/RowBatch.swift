package import Model

/// A run of rows as one vector per column: the unit that file readers return and writers take.
package struct RowBatch: Sendable {
  package let columns: [ColumnDefinition]
  /// Parallel to `columns`, all of the same count.
  package let vectors: [ColumnVector]
  package let count: Int

  /// A batch of `count` rows.
  package init(columns: [ColumnDefinition], vectors: [ColumnVector], count: Int) {
    self.columns = columns
    self.vectors = vectors
    self.count = count
  }
}
