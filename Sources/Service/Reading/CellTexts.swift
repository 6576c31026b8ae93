package import Columns
package import Model
package import Query

/// The cells of a few rows as text; for printing them one by one, not for files.
package struct CellTexts {
  private let batch: RowBatch
  /// Each column as a `json` one, which has the text of every cell.
  private let columns: [ColumnVector]

  /// The cells of `batch`.
  /// - Throws: ``StoreError`` of kind `corrupt` for values that have no text.
  package init(_ batch: RowBatch) throws(StoreError) {
    self.batch = batch
    var columns: [ColumnVector] = []
    for vector in batch.vectors { columns.append(try vector.widened(to: .json)) }
    self.columns = columns
  }

  /// The number of rows.
  package var count: Int { batch.count }

  /// The JSON text of a cell.
  func json(_ column: Int, _ row: Int) -> JSON {
    guard columns[column].hasValue(row), let text = columns[column].values.text(row) else {
      return .null
    }
    return .verbatim(Array(text.words.bytes[text.range]))
  }

  /// A row as an object; nulls are left out.
  func object(_ row: Int) -> JSON {
    object(row, columns: batch.columns.indices.filter { columns[$0].hasValue(row) })
  }

  /// The cells of the columns at `positions` by their names.
  func object(_ row: Int, columns positions: [Int]) -> JSON {
    .object(JSON.Object(positions.map { (batch.columns[$0].name, json($0, row)) }))
  }

  /// A cell as a person would write it: texts without quotes, nothing for null.
  func plain(_ column: Int, _ row: Int) -> String {
    let vector = batch.vectors[column]
    guard vector.hasValue(row) else { return "" }
    if vector.type == .string, let text = vector.values.text(row) {
      return String(decoding: text.words.bytes[text.range], as: UTF8.self)
    }
    let text = json(column, row).text
    return vector.type == .timestamp ? String(text.dropFirst().dropLast()) : text
  }

  /// The cells of a row for a table.
  package func values(_ row: Int) -> [QueryValue] {
    batch.columns.indices.map { column in
      guard batch.vectors[column].hasValue(row) else { return .null }
      switch batch.vectors[column].values {
      case .int64(let integers) where batch.columns[column].type == .int64:
        return .integer(integers[row])
      case .float64(let floats, let integral) where !(integral?[row] ?? false):
        return .real(floats[row])
      case .float64(let floats, _): return .integer(Int64(floats[row]))
      default: return .text(plain(column, row))
      }
    }
  }
}
