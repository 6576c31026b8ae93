package import Columns
package import Model

/// Writes rows as CSV: a header, lines that end in LF, quotes only where they are needed.
///
/// Null is an empty cell and the empty text is `""`, so that a ``CSVReader`` tells them apart.
/// Numbers are in their shortest form, timestamps in RFC 3339, `json` and `file` as their text.
package struct CSVWriter: Sendable {
  /// Rows are written in runs of so many, whose cells stay in the processor's cache.
  private static let runLength = 256

  private let columns: [ColumnDefinition]

  /// A writer of rows with `columns`.
  package init(columns: [ColumnDefinition]) { self.columns = columns }

  /// Appends the line of names; call it once, before the first row.
  package func appendHeader(to out: inout [UInt8]) {
    for (index, column) in columns.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      CSVText.append(Array(column.name.utf8)[...], to: &out)
    }
    out.append(UInt8(ascii: "\n"))
  }

  /// Appends the lines of `rows` of `batch`, whose columns are those of the writer.
  ///
  /// Ranges may be written by several threads and then joined.
  package func append(_ batch: RowBatch, rows: Range<Int>, to out: inout [UInt8]) {
    precondition(batch.vectors.count == columns.count, "a batch has the columns of its writer")
    var cells = columns.map { _ in TextValues() }
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.runLength) {
      let run = start..<min(start + Self.runLength, rows.upperBound)
      for index in cells.indices {
        cells[index].bytes.removeAll(keepingCapacity: true)
        cells[index].offsets.removeAll(keepingCapacity: true)
        cells[index].offsets.append(0)
        Self.append(batch.vectors[index], run, to: &cells[index])
      }
      Self.join(cells, rowCount: run.count, to: &out)
    }
  }

  /// Lays the cells of a run out row by row.
  private static func join(_ cells: [TextValues], rowCount: Int, to out: inout [UInt8]) {
    let byteCount = cells.reduce(rowCount) { $0 + $1.bytes.count + rowCount }
    out.append(addingCapacity: byteCount) { (spare: inout OutputSpan<UInt8>) in
      for row in 0..<rowCount {
        for index in cells.indices {
          if index > 0 { spare.append(UInt8(ascii: ",")) }
          let range = cells[index].range(row)
          unsafe cells[index].bytes.withUnsafeBufferPointer { source in
            unsafe spare.withUnsafeMutableBufferPointer { target, count in
              _ = unsafe target[count...].update(fromContentsOf: source[range])
              count += range.count
            }
          }
        }
        spare.append(UInt8(ascii: "\n"))
      }
    }
  }

  /// Appends the cells of one column.
  private static func append(_ vector: ColumnVector, _ run: Range<Int>, to cells: inout TextValues)
  {
    for row in run {
      if vector.hasValue(row) { append(vector, row, to: &cells.bytes) }
      cells.offsets.append(UInt32(cells.bytes.count))
    }
  }

  private static func append(_ vector: ColumnVector, _ row: Int, to out: inout [UInt8]) {
    switch vector.values {
    case .none: break
    case .bool(let bits): out.append(contentsOf: (bits[row] ? "true" : "false").utf8)
    case .int64(let integers) where vector.type == .timestamp:
      out.append(contentsOf: Timestamp(microseconds: integers[row]).description.utf8)
    case .int64(let integers): NumberText.append(integers[row], to: &out)
    case .float64(let doubles, let integral):
      if integral?[row] == true, let integer = Int64(exactly: doubles[row]) {
        NumberText.append(integer, to: &out)
      } else {
        CSVText.append(doubles[row], to: &out)
      }
    case .text(let texts): CSVText.append(texts.bytes[texts.range(row)], to: &out)
    case .dictionary(let codes, let words):
      CSVText.append(words.bytes[words.range(Int(codes[row]))], to: &out)
    }
  }
}

/// Single cells as CSV text.
enum CSVText {
  /// Appends the shortest text that reads back as `value`; `nan`, `inf` or `-inf` when not finite.
  static func append(_ value: Double, to out: inout [UInt8]) {
    if value.isFinite {
      NumberText.append(value, to: &out)
    } else {
      out.append(contentsOf: value.description.utf8)
    }
  }

  /// Appends a text, in quotes when it would be read as something else without.
  static func append(_ text: ArraySlice<UInt8>, to out: inout [UInt8]) {
    guard needsQuotes(text) else {
      out.append(contentsOf: text)
      return
    }
    let quote = UInt8(ascii: "\"")
    out.append(quote)
    var start = text.startIndex
    while let offset = text[start...].firstIndex(of: quote) {
      out.append(contentsOf: text[start...offset])
      out.append(quote)
      start = offset + 1
    }
    out.append(contentsOf: text[start...])
    out.append(quote)
  }

  private static func needsQuotes(_ text: ArraySlice<UInt8>) -> Bool {
    guard let first = text.first, let last = text.last else { return true }
    // Some readers trim spaces; a byte order mark at the start of a file would be skipped.
    if first == 0x20 || last == 0x20 || text.starts(with: [0xEF, 0xBB, 0xBF]) { return true }
    return text.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
  }
}
