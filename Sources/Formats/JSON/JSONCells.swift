package import Columns
package import Model

/// Texts that stand for the values of a `json` column, as CSV, Parquet and Arrow have them once
/// other tools have written them.
package enum JSONCells {
  /// The texts as JSON: each that is JSON is that value, any other is a string.
  /// - Returns: The column and the first row whose text is no JSON.
  /// - Throws: ``StoreError`` of kind `exhausted` when there is no memory.
  package static func vector(_ column: ColumnVector) throws(StoreError) -> (
    ColumnVector, firstText: Int?
  ) {
    var present = TextValues()
    var rows: [Int] = []
    for row in 0..<column.count where column.hasValue(row) {
      guard let text = column.values.text(row) else { continue }
      present.append(text.words.bytes[text.range])
      rows.append(row)
    }
    var values = TextValues()
    var first: Int?
    try append(present, 0..<present.count, to: &values, &first)
    var texts = TextValues()
    var validity = Bitmap(repeating: false, count: column.count)
    var next = 0
    for row in 0..<column.count {
      guard next < rows.count, rows[next] == row else {
        texts.append([])
        continue
      }
      let value = values.bytes[values.range(next)]
      texts.append(value)
      // JSON's null counts as missing too.
      validity[row] = !value.isEmpty
      next += 1
    }
    let vector = ColumnVector(
      type: .json, count: column.count, validity: validity, values: .text(texts))
    return (vector, first.map { rows[$0] })
  }

  /// Reads a run of texts at once, and halves it where one of them is no JSON.
  private static func append(
    _ texts: TextValues, _ range: Range<Int>, to values: inout TextValues, _ first: inout Int?
  ) throws(StoreError) {
    guard !range.isEmpty else { return }
    var run = TextValues()
    for index in range { run.append(texts.bytes[texts.range(index)]) }
    do throws(StoreError) {
      let vector = try ParquetJSON.vector(run)
      for index in 0..<run.count {
        let text = vector.hasValue(index) ? vector.values.text(index) : nil
        values.append(text.map { $0.words.bytes[$0.range] } ?? [])
      }
      return
    } catch {
      guard error.kind == .invalid else { throw error }
    }
    if range.count == 1 {
      first = first ?? range.lowerBound
      var text: [UInt8] = []
      let bytes = Array(run.bytes)
      unsafe bytes.withUnsafeBufferPointer { unsafe JSONText.append($0, to: &text) }
      values.append(text)
      return
    }
    let middle = range.lowerBound + range.count / 2
    try append(texts, range.lowerBound..<middle, to: &values, &first)
    try append(texts, middle..<range.upperBound, to: &values, &first)
  }
}
