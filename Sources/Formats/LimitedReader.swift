import Columns
package import Model

/// A reader whose rows together take no more than a limit when they are laid out in memory.
///
/// Counts what compressed bytes are not the measure of: rows of nulls, runs of one value, words
/// that many rows repeat.
package struct LimitedReader: RowReader {
  /// The cost of a row beside its values: its place in the file, its hash, its key's entry.
  private static let rowBytes = 16

  private var base: any RowReader
  private let budget: InputBudget

  /// The rows of `base`, an input that errors call `name`.
  package init(_ base: any RowReader, limitBytes: Int, name: String) {
    self.base = base
    budget = InputBudget(limitBytes: limitBytes, name: name)
  }

  package var typing: FileTyping { base.typing }
  package var remarks: ReadRemarks { base.remarks }

  package mutating func expect(_ columns: ExpectedColumns) throws(StoreError) {
    try base.expect(columns)
  }

  package mutating func next() throws(StoreError) -> InputBatch? {
    guard let batch = try base.next() else { return nil }
    let rows = batch.rows
    // A null takes a byte at the least.
    try budget.take(rows.count * (Self.rowBytes + rows.columns.count))
    for vector in rows.vectors { try budget.take(vector.plainBytes) }
    return batch
  }

  package mutating func restart() throws(StoreError) {
    budget.restart()
    try base.restart()
  }

  package mutating func adopt(_ shapes: [DataText: ValueShape]) { base.adopt(shapes) }
}

extension ColumnVector {
  /// The bytes that the values take in memory, without the words that vectors share.
  var heldBytes: Int {
    if case .dictionary(let codes, _) = values { codes.count * 4 } else { plainBytes }
  }
}
