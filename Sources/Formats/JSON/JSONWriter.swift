package import Columns
import CSimdjson
package import Model

/// Writes rows as JSON text.
///
/// Keys stand in column order and strings have the fewest escapes. A null cell is left out unless
/// nulls are asked for. `json` and `file` columns are written as they are, timestamps as RFC 3339
/// in quotes, numbers in their shortest form, and what is not finite as null.
package struct JSONWriter: Sendable {
  /// The separation of rows.
  package enum Style: Sendable {
    /// An object per line. Ranges of rows may be written by copies of the writer and then joined.
    case lines
    /// One array, an element per line; call ``finish(to:)`` after the last row.
    case array
  }

  private let style: Style
  private let nulls: Bool
  /// `"name":` of each column.
  private let names: [[UInt8]]
  private var hasRows = false

  /// Rows are written in runs of so many, whose text stays in the processor's cache.
  private static let runLength = 128

  /// A writer of rows with `columns`.
  package init(columns: [ColumnDefinition], style: Style, nulls: Bool = false) {
    self.style = style
    self.nulls = nulls
    names = columns.map { column in
      var name: [UInt8] = []
      JSONText.append(column.name, to: &name)
      name.append(UInt8(ascii: ":"))
      return name
    }
  }

  /// Appends the text of `rows` of `batch`, whose columns are those of the writer.
  package mutating func append(_ batch: RowBatch, rows: Range<Int>, to out: inout [UInt8]) {
    precondition(batch.vectors.count == names.count, "a batch has the columns of its writer")
    guard !rows.isEmpty else { return }
    let columns = zip(batch.vectors, names).map { JSONColumnText($0, name: $1) }
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.runLength) {
      let run = start..<min(start + Self.runLength, rows.upperBound)
      // Before and after each row: a comma, a line feed and two braces at most.
      let capacity = columns.reduce(run.count * 4 + 2) { $0 + $1.capacity(run) }
      let text = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
        guard let first = target.baseAddress else { return }
        var end = unsafe first
        for row in run { unsafe write(row, of: columns, to: &end) }
        unsafe count = end - first
      }
      out.append(contentsOf: text)
    }
  }

  /// Appends what closes the text; an array without rows is `[]`.
  package mutating func finish(to out: inout [UInt8]) {
    guard style == .array else { return }
    out.append(contentsOf: (hasRows ? "\n]\n" : "[]\n").utf8)
  }

  private mutating func write(
    _ row: Int, of columns: [JSONColumnText], to end: inout UnsafeMutablePointer<UInt8>
  ) {
    func put(_ byte: UInt8) {
      unsafe end.pointee = byte
      unsafe end += 1
    }
    if style == .array {
      put(hasRows ? UInt8(ascii: ",") : UInt8(ascii: "["))
      put(UInt8(ascii: "\n"))
      hasRows = true
    }
    put(UInt8(ascii: "{"))
    var isFirst = true
    for column in columns where nulls || column.hasValue(row) {
      if !isFirst { put(UInt8(ascii: ",")) }
      isFirst = false
      unsafe column.write(row, to: &end)
    }
    put(UInt8(ascii: "}"))
    if style == .lines { put(UInt8(ascii: "\n")) }
  }
}
