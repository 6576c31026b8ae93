package import Columns
package import Model

/// Writes rows as CSV: a header, lines that end in LF, quotes only where they are needed.
///
/// Null is an empty cell and the empty text is `""`, so that a ``CSVReader`` distinguishes them.
/// Numbers are in their shortest form, timestamps in RFC 3339, `json` and `file` as their text.
package struct CSVWriter: Sendable {
  /// Rows are written in runs of at most so many, whose cells stay in the processor's cache.
  private static let runLength = 256
  /// The bytes of text that a run of more than one row may hold.
  private static let runBytes = 16 << 20

  private let columns: [ColumnDefinition]

  /// A writer of rows with `columns`.
  package init(columns: [ColumnDefinition]) { self.columns = columns }

  /// Appends the line of names; call it once, before the first row.
  package func appendHeader(to out: inout [UInt8]) {
    for (index, column) in columns.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      let name = Array(column.name.utf8)
      unsafe name.withUnsafeBytes { unsafe CSVText.append($0, to: &out) }
    }
    out.append(UInt8(ascii: "\n"))
  }

  /// Appends the lines of `rows` of `batch`, whose columns are those of the writer.
  ///
  /// Ranges may be written by several threads and then joined.
  package func append(_ batch: RowBatch, rows: Range<Int>, to out: inout [UInt8]) {
    precondition(batch.vectors.count == columns.count, "a batch has the columns of its writer")
    guard !rows.isEmpty, !columns.isEmpty else { return }
    let longest = batch.vectors.reduce(1) { $0 + Self.longestText($1, rows) }
    let runLength = min(max(1, Self.runBytes / longest), Self.runLength)
    var cells = TextValues()
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: runLength) {
      let run = start..<min(start + runLength, rows.upperBound)
      cells.bytes.removeAll(keepingCapacity: true)
      cells.offsets.removeAll(keepingCapacity: true)
      cells.offsets.append(0)
      for vector in batch.vectors { Self.append(vector, run, to: &cells) }
      Self.join(cells, columnCount: columns.count, rowCount: run.count, to: &out)
    }
  }

  /// The bytes of the longest text among `rows`.
  private static func longestText(_ vector: ColumnVector, _ rows: Range<Int>) -> Int {
    switch vector.values {
    case .text(let texts): rows.reduce(0) { max($0, texts.range($1).count) }
    case .dictionary(let codes, let words):
      rows.reduce(0) { max($0, words.range(Int(codes[$1])).count) }
    case .none, .bool, .int64, .float64: 0
    }
  }

  /// Lays the cells of a run, which follow one another column by column, out row by row.
  private static func join(
    _ cells: TextValues, columnCount: Int, rowCount: Int, to out: inout [UInt8]
  ) {
    let byteCount = cells.bytes.count + columnCount * rowCount
    if out.capacity < out.count + byteCount {
      out.reserveCapacity(max(out.count + byteCount, out.capacity * 2))
    }
    out.append(addingCapacity: byteCount) { (spare: inout OutputSpan<UInt8>) in
      unsafe spare.withUnsafeMutableBufferPointer { target, initialized in
        unsafe cells.bytes.withUnsafeBufferPointer { source in
          guard let first = target.baseAddress, let text = source.baseAddress else { return }
          unsafe join(cells.offsets, text, columnCount: columnCount, rowCount: rowCount, to: first)
          initialized = byteCount
        }
      }
    }
  }

  /// Copies cells to `first` and on, which has room for all and a separator each.
  private static func join(
    _ offsets: [UInt32], _ text: UnsafePointer<UInt8>, columnCount: Int, rowCount: Int,
    to first: UnsafeMutablePointer<UInt8>
  ) {
    var end = unsafe first
    for row in 0..<rowCount {
      for column in 0..<columnCount {
        let cell = column * rowCount + row
        let (start, next) = (Int(offsets[cell]), Int(offsets[cell + 1]))
        unsafe end.update(from: text + start, count: next - start)
        unsafe end += next - start
        unsafe end.pointee = column + 1 < columnCount ? UInt8(ascii: ",") : UInt8(ascii: "\n")
        unsafe end += 1
      }
    }
  }

  /// Appends the cells of one column; its kind is examined once for all rows.
  private static func append(
    _ vector: ColumnVector, _ run: Range<Int>, to cells: inout TextValues
  ) {
    if vector.type.vectorForm != nil {
      return append(
        vector.slice(run).spelledVectors, 0..<run.count, to: &cells)
    }
    switch vector.values {
    case .none: each(vector.validity, run, &cells) { _, _ in }
    case .bool(let bits):
      each(vector.validity, run, &cells) { row, out in
        out.append(contentsOf: (bits[row] ? "true" : "false").utf8)
      }
    case .int64(let integers) where vector.type == .timestamp:
      each(vector.validity, run, &cells) { row, out in
        out.append(contentsOf: Timestamp(microseconds: integers[row]).description.utf8)
      }
    case .int64(let integers):
      each(vector.validity, run, &cells) { row, out in NumberText.append(integers[row], to: &out) }
    case .float64(let doubles, let integral):
      each(vector.validity, run, &cells) { row, out in
        if integral?[row] == true, let integer = Int64(exactly: doubles[row]) {
          NumberText.append(integer, to: &out)
        } else {
          CSVText.append(doubles[row], to: &out)
        }
      }
    case .text(let texts):
      unsafe texts.bytes.withUnsafeBytes { bytes in
        each(vector.validity, run, &cells) { row, out in
          unsafe CSVText.append(UnsafeRawBufferPointer(rebasing: bytes[texts.range(row)]), to: &out)
        }
      }
    case .dictionary(let codes, let words):
      unsafe words.bytes.withUnsafeBytes { bytes in
        each(vector.validity, run, &cells) { row, out in
          unsafe CSVText.append(
            UnsafeRawBufferPointer(rebasing: bytes[words.range(Int(codes[row]))]), to: &out)
        }
      }
    }
  }

  /// Calls `write` for each row that has a value and ends each row's cell.
  @inline(__always)
  private static func each(
    _ validity: Bitmap?, _ run: Range<Int>, _ cells: inout TextValues,
    _ write: (Int, inout [UInt8]) -> Void
  ) {
    for row in run {
      if validity?[row] ?? true { write(row, &cells.bytes) }
      cells.offsets.append(UInt32(truncatingIfNeeded: cells.bytes.count))
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
  static func append(_ text: UnsafeRawBufferPointer, to out: inout [UInt8]) {
    guard unsafe needsQuotes(text) else {
      unsafe out.append(contentsOf: text)
      return
    }
    let quote = UInt8(ascii: "\"")
    out.append(quote)
    var start = 0
    while let offset = unsafe text[start...].firstIndex(of: quote) {
      unsafe out.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start...offset]))
      out.append(quote)
      start = offset + 1
    }
    unsafe out.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start...]))
    out.append(quote)
  }

  private static func needsQuotes(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let first = unsafe text.first, let last = unsafe text.last else { return true }
    // Some readers trim spaces; a byte order mark at the start of a file would be skipped.
    if first == 0x20 || last == 0x20 { return true }
    if first == 0xEF, unsafe text.starts(with: [0xEF, 0xBB, 0xBF]) { return true }
    return unsafe CSVTokenizer.plainEnd(text, 0) < text.count || text.contains(0x22)
  }
}
