package import Columns
package import Model
import Platform

/// Turns batches of one table into the bytes of a file, on all cores.
package struct TableText {
  private let format: FileFormat
  private let columns: [ColumnDefinition]
  private let writesNulls: Bool
  private var hasRows = false
  private var parquet: ParquetWriter
  private var arrow: ArrowWriter

  /// Rows are turned into text in pieces of so many, each by one thread.
  private static let pieceRows = 2048

  /// A file in `format` of rows with `columns`; with `nulls`, JSON writes nulls out.
  ///
  /// `shapes` are those of the columns' values, where they are known to have one.
  package init(
    _ format: FileFormat, columns: [ColumnDefinition], shapes: [ValueShape?]? = nil, nulls: Bool
  ) {
    self.format = format
    self.columns = columns
    writesNulls = nulls
    parquet = ParquetWriter(columns: columns, shapes: shapes)
    arrow = ArrowWriter(columns: columns, shapes: shapes)
  }

  /// Hands `write` the bytes of the rows of `batches`, which follow those handed over before;
  /// formats that keep rows in groups hold some back.
  package mutating func append(
    _ batches: [RowBatch], write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) {
    switch format {
    case .jsonl, .json, .csv: try appendText(batches, write: write)
    case .parquet, .arrow:
      for batch in batches {
        var bytes: [UInt8] = []
        if format == .arrow {
          try arrow.append(batch, rows: 0..<batch.count, to: &bytes)
        } else {
          try parquet.append(batch, rows: 0..<batch.count, to: &bytes)
        }
        if !bytes.isEmpty { try write(bytes) }
      }
    }
  }

  private mutating func appendText(
    _ batches: [RowBatch], write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) {
    var pieces: [(batch: RowBatch, rows: Range<Int>)] = []
    for batch in batches {
      for start in stride(from: 0, to: batch.count, by: Self.pieceRows) {
        pieces.append((batch, start..<min(start + Self.pieceRows, batch.count)))
      }
    }
    guard !pieces.isEmpty else { return }
    let work = pieces
    let (format, columns, nulls) = (format, columns, writesNulls)
    let isFirst = !hasRows
    let texts = try parallelMap(count: work.count) { index throws(StoreError) in
      Self.text(work[index].batch, work[index].rows, format, columns, nulls, isFirst && index == 0)
    }
    for text in texts { try write(text) }
    hasRows = true
  }

  /// Hands `write` the text after the last row; also that before the first when there are no rows.
  package mutating func finish(
    write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) {
    switch format {
    case .jsonl: break
    case .json: try write(Array((hasRows ? "\n]\n" : "[]\n").utf8))
    case .csv where !hasRows:
      var header: [UInt8] = []
      CSVWriter(columns: columns).appendHeader(to: &header)
      try write(header)
    case .csv: break
    case .parquet:
      var end: [UInt8] = []
      try parquet.finish(to: &end)
      try write(end)
    case .arrow:
      var end: [UInt8] = []
      arrow.finish(to: &end)
      try write(end)
    }
  }

  private static func text(
    _ batch: RowBatch, _ rows: Range<Int>, _ format: FileFormat, _ columns: [ColumnDefinition],
    _ nulls: Bool, _ isFirst: Bool
  ) -> [UInt8] {
    var text: [UInt8] = []
    switch format {
    case .jsonl:
      var writer = JSONWriter(columns: columns, style: .lines, nulls: nulls)
      writer.append(batch, rows: rows, to: &text)
    case .json:
      var writer = JSONWriter(columns: columns, style: .array, nulls: nulls)
      writer.append(batch, rows: rows, to: &text)
      // Each piece begins an array; only the first one's bracket stays one.
      if !isFirst { text[0] = UInt8(ascii: ",") }
    case .csv:
      let writer = CSVWriter(columns: columns)
      if isFirst { writer.appendHeader(to: &text) }
      writer.append(batch, rows: rows, to: &text)
    case .parquet, .arrow: preconditionFailure("\(format) is no text")
    }
    return text
  }
}
