package import Columns
import Model

extension QueryTable {
  /// A table over rows that are in memory already, as one row group.
  package init(_ batch: RowBatch) {
    self.init(columns: batch.columns, isMultiVersion: false, parts: [BatchPart(batch: batch)])
  }
}

/// Rows in memory as the only part of a table.
private struct BatchPart: QueryPart {
  let batch: RowBatch

  var version: Int { 1 }
  var createdAt: Timestamp { Timestamp(microseconds: 0) }
  var message: String { "" }
  var rowCount: Int { batch.count }

  func groupRowCounts() -> [Int] { batch.count == 0 ? [] : [batch.count] }

  func vector(column: Int, group: Int) -> ColumnVector { batch.vectors[column] }
}
