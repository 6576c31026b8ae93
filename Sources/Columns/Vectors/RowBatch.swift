package import Model

/// A run of rows as one vector a column: what readers of files produce and writers of files take.
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
