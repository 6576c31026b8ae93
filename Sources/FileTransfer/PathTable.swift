import Columns
import Formats
import Model
import Platform
import Wire

/// A table whose cells name files of this machine, read twice: first to find the files, then to
/// write the table that names attachments in their place.
struct PathTable {
  private let file: TableFile
  private let paths: FilePaths
  private var reader: any RowReader
  /// The different paths, and their places in ``files``.
  private var places: [DataText: Int] = [:]
  private(set) var files: [LocalFile] = []

  /// The readings of the table where it could have meant something else: a sentence each.
  private(set) var notes: [String] = []
  /// The columns whose first misfit those notes name.
  private var widened: [String] = []

  /// Reads a table and looks for every file that it names.
  ///
  /// Columns get the types and shapes that `expected` has for them, as with a plain push.
  /// - Throws: ``StoreError`` of kind `invalid` with the line of the first path that leads to none,
  ///   `usage` for a column that is not there, and what reading the table throws.
  init(
    _ file: TableFile, _ request: PushRequest,
    _ expected: (columns: ExpectedColumns, shapes: [DataText: ValueShape]), _ paths: FilePaths,
    progress: (Progress) -> Void
  ) throws(StoreError) {
    self.file = file
    self.paths = paths
    var rowsOfFile = try TableReader.open(
      path: file.path, file.format, compression: file.compression, name: file.name,
      types: request.types, base64: request.base64, csv: request.csv, limitBytes: file.limitBytes)
    rowsOfFile.adopt(expected.shapes)
    reader = try ExpectedTypesReader(rowsOfFile, expecting: expected.columns)
    var names: [String] = []
    var rows = 0
    while let batch = try reader.next() {
      names = batch.rows.columns.map(\.name)
      for (column, vector) in zip(batch.rows.columns, batch.rows.vectors)
      where paths.columns.hasText(column.name) {
        try take(vector, column.name, batch.lines)
      }
      rows += batch.rows.count
      progress(Progress(done: rows, unit: .rows))
    }
    for column in paths.columns where !names.hasText(column) {
      throw StoreError(
        .usage, "there is no column '\(column)' in the table; \(Spelling.advice(column, names))",
        at: .init(file: file.name))
    }
  }

  private mutating func take(
    _ vector: ColumnVector, _ column: String, _ lines: [UInt32]
  ) throws(StoreError) {
    for row in 0..<vector.count where vector.hasValue(row) {
      do throws(StoreError) {
        guard let path = Self.path(vector, row) else {
          throw StoreError(.invalid, "this is not a text, and so not a path of a file")
        }
        guard places[path] == nil else { continue }
        files.append(try LocalFile(path, in: paths))
        places[path] = files.count - 1
      } catch {
        let line = lines[row] > 0 ? Int(lines[row]) : nil
        throw StoreError(
          error.kind, "column '\(column)': \(error.message)", at: .init(line: line)
        ).inFile(file.name, of: file.format)
      }
    }
  }

  private static func path(_ vector: ColumnVector, _ row: Int) -> String? {
    guard let text = vector.values.text(row) else { return nil }
    let bytes = text.words.bytes[text.range]
    switch vector.type {
    case .string: return String(decoding: bytes, as: UTF8.self)
    // A column that has other values too: the error names the line of the first.
    case .json: return JSON(canonical: Array(bytes))?.string
    default: return nil
    }
  }

  /// Writes the table with `values`, those of ``files``, in place of the paths.
  /// - Throws: ``StoreError`` as the disk does.
  mutating func naming(_ values: [FileValue]) throws(StoreError) -> NamingTable {
    try reader.restart()
    let spool = try TemporaryFile()
    var lines: [UInt32] = []
    var count = 0
    let write = { (bytes: [UInt8]) throws(StoreError) in
      try spool.write(bytes[...], at: count)
      count += bytes.count
    }
    let texts = values.map(\.json.canonicalBytes)
    var text: TableText?
    var types: [DataText: ColumnType] = [:]
    while let batch = try reader.next() {
      for column in batch.rows.columns { types[column.name] = column.type }
      let named = named(batch.rows, texts)
      // The first pass has learnt all columns and their types.
      var table = text ?? TableText(.arrow, columns: named.columns, nulls: false)
      try table.append([named], write: write)
      text = table
      lines += batch.lines
    }
    try text?.finish(write: write)
    let remarks = reader.remarks
    notes = remarks.notes { types[$0] }
    widened = remarks.misfits.map(\.column)
    return NamingTable(source: file, spool: spool, lines: lines)
  }

  /// The notes of this table and `others`, of the table that names attachments: each column's type
  /// is reported once, by its line in this table.
  func notes(with others: [String]) -> [String] {
    notes + others.filter { note in !widened.contains { note.hasPrefix("column '\($0)' was ") } }
  }

  private func named(_ batch: RowBatch, _ texts: [[UInt8]]) -> RowBatch {
    var columns = batch.columns
    var vectors = batch.vectors
    for (position, column) in columns.enumerated() where paths.columns.hasText(column.name) {
      columns[position] = ColumnDefinition(name: column.name, type: .file)
      var words = TextValues()
      for row in 0..<batch.count {
        let path = vectors[position].hasValue(row) ? Self.path(vectors[position], row) : nil
        words.append(path.flatMap { places[$0] }.map { texts[$0] } ?? [])
      }
      vectors[position] = ColumnVector(
        type: .file, count: batch.count, validity: vectors[position].validity,
        values: vectors[position].isAllNull ? .none : .text(words))
    }
    return RowBatch(columns: columns, vectors: vectors, count: batch.count)
  }
}

/// A table that names attachments, in a temporary file, and the lines that its rows came from.
struct NamingTable {
  let source: TableFile
  let spool: TemporaryFile
  let lines: [UInt32]

  /// The table, as long as this is held.
  var file: TableFile {
    TableFile(path: spool.path, format: .arrow, compression: nil, name: source.name)
  }

  /// A note with the line of the source in place of the row, where the source has lines.
  func located(_ note: String) -> String {
    guard source.format.hasLines else { return note }
    return ReadRemarks.located(note) { lines.indices.contains($0 - 1) ? Int(lines[$0 - 1]) : nil }
  }

  /// The error with the line of the source in place of the row.
  func located(_ error: StoreError) -> StoreError {
    guard var location = error.location, let row = location.line else { return error }
    location.line = lines.indices.contains(row - 1) ? Int(lines[row - 1]) : nil
    return StoreError(error.kind, error.message, at: location)
      .inFile(source.name, of: source.format)
  }
}
