import Columns
import Model

/// One row's key as texts, which is how people write it.
///
/// A text stands for every value that is written so: `41` for the integer, the number of a `json`
/// column and the string.
package struct RowIdentity: Sendable {
  /// The key's columns.
  package let columns: [String]
  /// What the bytes of each column's cell (``RowKeys``) may be.
  private let cells: [Set<[UInt8]>]

  /// The row whose key has these values, one a column.
  package init(columns: [String], values: [String]) {
    precondition(columns.count == values.count)
    self.columns = columns
    cells = values.map(Self.cells)
  }

  /// The first row whose key this is; `vectors` are the key's columns, all of `count` rows.
  func row(in vectors: [ColumnVector], count: Int) -> Int? {
    let keys = vectors.map { RowKeys(columns: [$0], count: count).texts }
    return (0..<count).first { row in
      zip(keys, cells).allSatisfy { texts, wanted in
        let range = texts.range(row)
        return wanted.contains { $0.count == range.count && $0.elementsEqual(texts.bytes[range]) }
      }
    }
  }

  private static func cells(_ text: String) -> Set<[UInt8]> {
    var words = TextValues()
    words.append(text.utf8)
    var vectors = [ColumnVector(type: .string, count: 1, validity: nil, values: .text(words))]
    if let integer = Int64(text) {
      vectors.append(
        ColumnVector(type: .int64, count: 1, validity: nil, values: .int64([integer])))
    }
    if let float = Double(text) {
      vectors.append(
        ColumnVector(
          type: .float64, count: 1, validity: nil, values: .float64([float], integral: nil)))
    }
    if let bool = Bool(text) {
      vectors.append(
        ColumnVector(
          type: .bool, count: 1, validity: nil, values: .bool(Bitmap(repeating: bool, count: 1))))
    }
    if let time = Timestamp(parsing: text) {
      vectors.append(
        ColumnVector(
          type: .timestamp, count: 1, validity: nil, values: .int64([time.microseconds])))
    }
    return Set(vectors.map { Array(RowKeys(columns: [$0], count: 1).texts.bytes) })
  }
}
