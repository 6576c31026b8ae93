import Columns

/// A run of rows of one column that waits to be written.
struct ParquetColumnPiece: Sendable {
  let vector: ColumnVector
  let rows: Range<Int>

  /// Appends whether each row has a value.
  func appendPresence(to present: inout [Bool]) {
    if vector.isAllNull {
      present.append(contentsOf: repeatElement(false, count: rows.count))
    } else if let validity = vector.validity {
      for row in rows { present.append(validity[row]) }
    } else {
      present.append(contentsOf: repeatElement(true, count: rows.count))
    }
  }

  /// Calls `body` with each row that has a value.
  func forEachPresent(_ body: (Int) -> Void) {
    if vector.isAllNull { return }
    guard let validity = vector.validity else {
      for row in rows { body(row) }
      return
    }
    for row in rows where validity[row] { body(row) }
  }
}
