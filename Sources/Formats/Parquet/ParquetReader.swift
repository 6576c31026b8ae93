import Columns
package import Model
import Platform

/// Rows of an Apache Parquet file (https://parquet.apache.org/docs/file-format/).
///
/// Reads every encoding and compression that writers use by default, a run of rows at a time, on
/// all cores. Lists, structures and maps become `json`; ``ParquetConversion`` says what other types
/// become. A value that does not fit without loss is refused with its column, and so is what this
/// reader does not have. A file of no rows gives one batch without rows, which has its columns.
/// Rows stand for lines.
package struct ParquetReader: RowReader {
  /// About how many bytes, and at most how many rows, a batch takes.
  private static let batchBytes = 16 << 20
  private static let batchRows = 16_384

  private let file: SeekableFile
  private let footer: ParquetFooter
  private let columns: [ParquetColumn]
  private var spellings: ColumnSpellings
  private var group = 0
  private var cursors: [ParquetColumnCursor] = []
  /// For each leaf of the row group at hand, which numbers were integers.
  private var marks: [ParquetIntegralMarks.Reader?] = []
  /// Rows of the row group at hand that were not read yet, and how many go into a batch.
  private var rowsLeft = 0
  private var batchRows = Self.batchRows
  private var rowsRead = 0
  private var hasBatches = false

  /// A reader of `file`.
  /// - Throws: ``StoreError`` of kind `invalid` when the file is no Parquet file, is damaged or has
  ///   what is not supported; `usage` when a type is named for a column that it does not have.
  package init(
    _ file: SeekableFile, options: ReadOptions = ReadOptions()
  ) throws(StoreError) {
    self.file = file
    do throws(StoreError) {
      footer = try ParquetFooter(file)
      columns = try Self.columns(footer, options, file)
    } catch {
      throw Self.located(error, file)
    }
    spellings = ColumnSpellings(
      columns.map(\.definition),
      isNested: columns.map { $0.isNested && $0.definition.type == .json })
    for (name, shape) in footer.shapes { spellings.adopt(shape, for: name) }
  }

  package mutating func adopt(_ shapes: [DataText: ValueShape]) {
    for (name, shape) in shapes { spellings.adopt(shape, for: name.string) }
  }

  package var typing: FileTyping { .all }

  package mutating func restart() throws(StoreError) {
    group = 0
    cursors = []
    marks = []
    rowsLeft = 0
    rowsRead = 0
    hasBatches = false
    file.budget.restart()
  }

  package mutating func next() throws(StoreError) -> InputBatch? {
    while rowsLeft == 0 {
      guard group < footer.groups.count else {
        if hasBatches { return nil }
        hasBatches = true
        let vectors = columns.map { ColumnVector.nulls($0.definition.type, count: 0) }
        return InputBatch(
          rows: RowBatch(columns: columns.map(\.definition), vectors: vectors, count: 0), lines: [])
      }
      do throws(StoreError) {
        try open(footer.groups[group])
      } catch {
        throw Self.located(error, file)
      }
      group += 1
    }
    hasBatches = true
    let (rows, vectors) = try read(atMost: min(rowsLeft, batchRows))
    rowsLeft -= rows
    let first = UInt32(truncatingIfNeeded: rowsRead) &+ 1
    rowsRead += rows
    return InputBatch(
      rows: RowBatch(columns: columns.map(\.definition), vectors: vectors, count: rows),
      lines: (0..<UInt32(rows)).map { first &+ $0 })
  }

  /// Stands before the first row of a row group.
  private mutating func open(_ group: ParquetRowGroup) throws(StoreError) {
    cursors = []
    marks = []
    var size = 0
    for (chunk, leaf) in zip(group.chunks, footer.leaves) {
      if leaf.repetition == 0, chunk.valueCount != group.rowCount {
        throw ParquetFault.damaged("columns of different lengths")
      }
      cursors.append(
        ParquetColumnCursor(
          file, chunk, leaf, hidesCompression: footer.hidesCompression))
      marks.append(
        try chunk.integral.map { text throws(StoreError) in
          try ParquetIntegralMarks.Reader(text: text, budget: file.budget)
        })
      size = size.addingReportingOverflow(chunk.plainCount).partialValue
    }
    rowsLeft = group.rowCount
    // Whatever the footer says, a row of a leaf takes some bytes.
    let rowBytes = max(1, footer.leaves.count * 4, max(0, size) / max(1, group.rowCount))
    batchRows = max(1, min(Self.batchRows, Self.batchBytes / rowBytes))
  }

  /// The next rows of every column, at most `limit` and fewer when those take too much memory.
  private mutating func read(
    atMost limit: Int
  ) throws(StoreError) -> (rows: Int, vectors: [ColumnVector]) {
    var rows = limit
    while true {
      do throws(StoreError) {
        return (rows, try read(rows))
      } catch {
        guard error.kind == .exhausted, rows > 1 else { throw error }
        rows /= 2
        batchRows = rows
      }
    }
  }

  /// The next `rows` rows of every column.
  private mutating func read(_ rows: Int) throws(StoreError) -> [ColumnVector] {
    let (columns, cursors, marks, file) = (columns, cursors, marks, file)
    let room = InputBudget.ofBatch()
    let spellings = spellings
    let results = try parallelMap(count: columns.count) { index throws(StoreError) in
      let column = columns[index]
      do throws(StoreError) {
        var moved = Array(cursors[column.leaves])
        var entries: [ParquetEntries] = []
        for leaf in moved.indices { entries.append(try moved[leaf].read(rows)) }
        var mark = marks[column.leaves.lowerBound]
        let bits = try mark?.read(entries[0].scalars.count)
        let vector = spellings.spelled(
          try column.vector(entries, rows: rows, marks: bits), at: index)
        try room.take(vector.heldBytes)
        return ParquetRead(vector: vector, cursors: moved, marks: mark)
      } catch {
        let message = "column '\(column.definition.name)': \(error.message)"
        throw Self.located(error.restated(message), file)
      }
    }
    for (result, column) in zip(results, columns) {
      self.cursors.replaceSubrange(column.leaves, with: result.cursors)
      self.marks[column.leaves.lowerBound] = result.marks
    }
    return results.map(\.vector)
  }

  private static func columns(
    _ footer: ParquetFooter, _ options: ReadOptions, _ file: SeekableFile
  ) throws(StoreError) -> [ParquetColumn] {
    let names = footer.columns.map(\.name)
    guard names.textSet.count == names.count, !names.contains("") else {
      throw StoreError(.invalid, "two columns have the same name, or one has none: name them apart")
    }
    try ColumnTypes(options, file: file.name).requireNames(among: names)
    var columns: [ParquetColumn] = []
    for (index, node) in footer.columns.enumerated() {
      let known =
        footer.types.count == names.count
        ? ColumnType(inMetadata: footer.types[index][...])
        : footer.forms.first { $0.name.hasBytes(of: node.name) }.map { .vector($0.form) }
      let wanted = options.types[node.name]
      do throws(StoreError) {
        if wanted == nil,
          let found = footer.extensions.first(where: { $0.column.hasBytes(of: node.name) })
        {
          throw ParquetFault.extensionType(found.type)
        }
        columns.append(
          try ParquetColumn(
            node, footer.leaves, wanted: wanted,
            isBase64: options.base64.hasText(node.name), known: known))
      } catch {
        throw error.restated("column '\(node.name)': \(error.message)")
      }
    }
    return columns
  }

  private static func located(_ error: StoreError, _ file: SeekableFile) -> StoreError {
    var located = error
    if located.location == nil, error.kind != .unavailable {
      located.location = .init(file: file.name)
    }
    return located
  }
}

/// The rows read from one column for a batch, and the position after them.
private struct ParquetRead: Sendable {
  let vector: ColumnVector
  let cursors: [ParquetColumnCursor]
  let marks: ParquetIntegralMarks.Reader?
}
