import CSimdjson
import Columns
package import Model
import Platform

/// Rows of JSON text: an object per line, or one array of objects.
///
/// Reads the file in blocks of some 16 MiB and parses stretches of a block on all cores; every
/// stretch becomes a batch, or several where its rows have few of very many columns. Memory does
/// not depend on the size of the file. A file of one block is parsed once: further passes lay out
/// what the first one parsed, with the types that are known then. Blank lines between rows are
/// skipped, a byte order mark at the start too. Absent and null are the same.
/// Columns that are expected to be `json` are, whatever their values; vectors and files are looked
/// for in what is JSON.
package struct JSONReader: RowReader {
  /// The separation of rows.
  package enum Layout: Sendable {
    /// An object per line (`.jsonl`).
    case lines
    /// One array whose elements are the objects (`.json`).
    case array
    /// One array, or an object that is the only row.
    case document
  }

  private var text: JSONStretches
  private var table: JSONTable
  private var blocks: [JSONBlock] = []
  /// The results of the only block's parse; nil while there may be others.
  private var whole: [JSONBlock.Summary]?
  /// True when this pass has come to the only block.
  private var isTaken = false
  /// Rows of the block at hand that are not laid out yet, last first.
  private var pieces: [Piece] = []
  /// Batches that are laid out and not yet handed out, last first.
  private var ready: [InputBatch] = []
  /// The number of lines of the current block.
  private var blockLines = 0
  private var hasRows = false
  /// Rows that were parsed, laid out or not.
  private var rowsMet = 0
  private let allowsMissing: Bool
  /// The line of the first number of each column, by its place in the table, that its double does
  /// not stand for.
  private var rounded: [Int: Int] = [:]

  /// A reader of `source`, in blocks of at least `blockBytes`.
  package init(
    _ source: any ByteSource, layout: Layout, options: ReadOptions = ReadOptions(),
    blockBytes: Int = 16 << 20
  ) throws(StoreError) {
    text = JSONStretches(source, layout: layout, blockBytes: blockBytes)
    table = JSONTable(named: options.types.mapValues { $0.vectorForm == nil ? $0 : .json })
    allowsMissing = options.allowsMissing
  }

  package var typing: FileTyping { .some }

  package var remarks: ReadRemarks {
    var remarks = ReadRemarks()
    remarks.doubts = table.doubts
    for (index, line) in rounded.sorted(by: { $0.key < $1.key })
    where table.columns[index].type == .float64 {
      let name = table.columns[index].name
      remarks.rounded.append(ReadRemarks.Rounded(column: name, line: line))
      remarks.readings.append(ReadRemarks.rounded(first: "on line \(line)") + " in \(name)")
    }
    return remarks
  }

  package mutating func expect(_ columns: ExpectedColumns) throws(StoreError) {
    table.expected = columns
  }

  package mutating func restart() throws(StoreError) {
    if whole == nil { try text.restart() }
    isTaken = false
    pieces = []
    ready = []
    hasRows = false
    rowsMet = 0
  }

  package mutating func next() throws(StoreError) -> InputBatch? {
    while ready.isEmpty {
      if pieces.isEmpty {
        guard let summaries = try nextBlock() else {
          try checkEnd()
          return nil
        }
        try cut(summaries)
      }
      try layOut()
      if pieces.isEmpty, whole == nil { text.consume(lines: blockLines) }
    }
    hasRows = true
    return arranged(ready.removeLast())
  }

  /// The batch with its columns in their order.
  private func arranged(_ batch: InputBatch) -> InputBatch {
    let order = table.order
    let vectors = order.map { column in
      // A batch that was laid out before a column was met lacks it.
      column.index.flatMap { $0 < batch.rows.vectors.count ? batch.rows.vectors[$0] : nil }
        ?? .nulls(column.definition.type, count: batch.rows.count)
    }
    let rows = RowBatch(
      columns: order.map(\.definition), vectors: vectors, count: batch.rows.count)
    return InputBatch(rows: rows, lines: batch.lines)
  }

  private func checkEnd() throws(StoreError) {
    guard hasRows else {
      throw StoreError(
        .invalid, "the input has no rows; write at least one object", at: .init(file: text.name))
    }
    guard !allowsMissing, let name = table.unknownName else { return }
    let known = table.columns.map(\.name).prefix(20).joined(separator: ", ")
    throw StoreError(
      .usage, "there is no column '\(name)' to give a type to; the columns are \(known)",
      at: .init(file: text.name))
  }

  /// The next block, parsed: an entry per stretch; nil at the end of the file.
  private mutating func nextBlock() throws(StoreError) -> [JSONBlock.Summary]? {
    if let whole {
      defer { isTaken = true }
      return isTaken ? nil : whole
    }
    let ranges = try text.next()
    if ranges.isEmpty { return nil }
    while blocks.count < ranges.count { blocks.append(try JSONBlock()) }
    let blocks = blocks
    let (bytes, layout) = (text.bytes, text.rowLayout)
    let summaries = try parallelMap(count: ranges.count) { index throws(StoreError) in
      blocks[index].parse(bytes, ranges[index], layout)
    }
    JSONWork.current?.add(ranges.reduce(0) { $0 + $1.count })
    if text.isWhole {
      whole = summaries
      isTaken = true
    }
    return summaries
  }

  /// Cuts the rows of a block into pieces that wait to be laid out.
  private mutating func cut(_ summaries: [JSONBlock.Summary]) throws(StoreError) {
    var places: [[Int?]] = []
    for summary in summaries {
      places.append(try take(summary))
      rowsMet += summary.rowCount
    }

    var stretches: [Stretch] = []
    var line = text.line
    for (index, summary) in summaries.enumerated() {
      stretches.append(
        Stretch(
          block: blocks[index], summary: summary, places: places[index], firstLine: line,
          file: text.name))
      line += summary.lineCount
    }
    blockLines = line - text.line
    let rowLimit = max(1, Self.cellLimit / max(1, table.columns.count))
    for stretch in stretches {
      for start in stride(from: 0, to: stretch.summary.rowCount, by: rowLimit) {
        let end = min(start + rowLimit, stretch.summary.rowCount)
        pieces.append(Piece(stretch: stretch, rows: start..<end))
      }
    }
    pieces.reverse()
  }

  /// Lays out the next pieces, as many as may be in memory at once, on all cores.
  private mutating func layOut() throws(StoreError) {
    var cells = 0
    var count = 0
    for piece in pieces.reversed() {
      cells += piece.rows.count * table.columns.count
      guard count == 0 || cells <= Self.cellLimit else { break }
      count += 1
    }
    let chosen = Array(pieces.suffix(count))
    pieces.removeLast(count)
    let (columns, bytes) = (table.columns, text.bytes)
    ready = try parallelMap(count: count) { index throws(StoreError) in
      try chosen[index].stretch.batch(columns, chosen[index].rows, in: bytes)
    }
  }

  /// Takes up the columns of a stretch: for each column of the table, its index in the stretch.
  private mutating func take(_ summary: JSONBlock.Summary) throws(StoreError) -> [Int?] {
    if let fault = summary.fault {
      throw JSONRowFault.error(
        fault.reason, byte: text.byte(at: fault.offset), isSingle: text.isSingle,
        at: text.location(of: fault.offset))
    }
    var places = [Int?](repeating: nil, count: table.columns.count)
    for (source, column) in summary.columns.enumerated() {
      guard let index = table.add(column, after: rowsMet) else {
        throw JSONRowFault.tooManyColumns(at: text.location(of: column.firstOffset))
      }
      if index == places.count { places.append(nil) }
      places[index] = source
      if let offset = column.exactOffset, rounded[index] == nil {
        rounded[index] = text.location(of: offset).line
      }
      if !column.kinds.isDisjoint(with: .beyond), !table.isJSON(column.name) {
        let type = column.kinds.contains(.beyondInt64) ? "int64" : "float64"
        throw StoreError(
          .invalid,
          "the number in column '\(column.name)' does not fit \(type); quote it to keep it as a "
            + "string, or name the type json for the column",
          at: text.location(of: column.beyondOffset))
      }
    }
    return places
  }

  /// The most cells that are laid out at once: an object of two bytes may have thousands.
  private static let cellLimit = 1 << 24

  /// Rows of a stretch.
  private struct Piece: Sendable {
    let stretch: Stretch
    let rows: Range<Int>
  }

  /// A stretch that was parsed.
  private struct Stretch: Sendable {
    let block: JSONBlock
    let summary: JSONBlock.Summary
    /// For each column of the table, its index in the block; shorter when later stretches had more.
    let places: [Int?]
    /// The line of the file that the stretch begins on.
    let firstLine: Int
    let file: String

    /// The rows at `rows` with all of the table's columns.
    func batch(
      _ columns: [ColumnDefinition], _ rows: Range<Int>, in bytes: [UInt8]
    ) throws(StoreError) -> InputBatch {
      let count = rows.count
      let lines = summary.rowLines[rows].map { $0 &+ UInt32(truncatingIfNeeded: firstLine) }
      var vectors: [ColumnVector] = []
      vectors.reserveCapacity(columns.count)
      for (index, column) in columns.enumerated() {
        guard index < places.count, let place = places[index] else {
          vectors.append(.nulls(column.type, count: count))
          continue
        }
        do throws(ColumnBuilder.Misfit) {
          vectors.append(try block.vector(place, as: column.type, rows: rows, in: bytes))
        } catch {
          throw StoreError(
            .invalid,
            "the value of column '\(column.name)' is not of the type \(column.type.rawValue) that "
              + "was named for it; name another type or none",
            at: .init(file: file, line: Int(lines[error.row])))
        }
      }
      return InputBatch(
        rows: RowBatch(columns: columns, vectors: vectors, count: count), lines: lines)
    }
  }
}
