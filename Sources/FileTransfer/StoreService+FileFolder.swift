import Columns
import Formats
package import Model
import Platform
package import Wire

extension StoreService {
  /// Hands `write` the bytes of a version's rows, in order, with the paths of files in place of the
  /// attachments that they name, and writes those files.
  ///
  /// Every file is there before the first byte is handed over.
  /// - Throws: ``StoreError`` of kind `usage` when no requested column holds files, `corrupt`
  ///   when an attachment's bytes are not those of its digest, else what the store throws.
  package func data(
    _ reference: Reference, _ request: DataRequest, files folder: FileFolder,
    progress: (Progress) -> Void, write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> DataDocument {
    let spool = try TemporaryFile()
    var arrow = request
    // The format that keeps columns and their types, also of no rows.
    arrow.format = .arrow
    var count = 0
    let document = try data(reference, arrow, progress: progress) { bytes throws(StoreError) in
      try spool.write(bytes[...], at: count)
      count += bytes.count
    }
    defer { withExtendedLifetime(spool) {} }
    var rows = try ArrowReader(
      try SeekableFile.open(
        path: spool.path, compression: nil, name: document.version.reference))
    let files = try Self.files(&rows, document.version.reference)
    // Not before the request has proved to be a good one.
    let folder = try folder.made()
    let places = folder.places(files)
    let missing = places.filter { !$0.isThere }
    _ = try Transfers<Void>.run(
      count: missing.count, total: missing.reduce(0) { $0 + $1.file.byteCount }, progress: progress
    ) { (index, report) throws(StoreError) in
      try folder.fetch(missing[index], from: self, report: report)
    }
    let cells = Dictionary(
      zip(files, places.map(\.cell)), uniquingKeysWith: { first, _ in first })
    try rows.restart()
    var text: TableText?
    while let batch = try rows.next() {
      let named = Self.named(batch.rows, cells)
      var table =
        text
        ?? TableText(
          request.format, columns: named.columns, shapes: rows.shapes, nulls: request.writesNulls)
      try table.append([named], write: write)
      text = table
    }
    try text?.finish(write: write)
    return document
  }

  /// The different attachments that rows name, in the order of the rows.
  private static func files(
    _ rows: inout some RowReader, _ reference: String
  ) throws(StoreError) -> [FileValue] {
    var files: [FileValue] = []
    var known: Set<FileValue> = []
    while let batch = try rows.next() {
      guard batch.rows.columns.contains(where: { $0.type == .file }) else {
        throw StoreError(
          .usage, "\(reference) has no column of files among those asked for; leave --files out")
      }
      for vector in batch.rows.vectors where vector.type == .file {
        for row in 0..<vector.count {
          if let file = file(vector, row), known.insert(file).inserted { files.append(file) }
        }
      }
    }
    return files
  }

  private static func file(_ vector: ColumnVector, _ row: Int) -> FileValue? {
    guard vector.hasValue(row), let text = vector.values.text(row) else { return nil }
    return FileValue(parsing: Array(text.words.bytes[text.range]))
  }

  private static func named(_ batch: RowBatch, _ cells: [FileValue: String]) -> RowBatch {
    var columns = batch.columns
    var vectors = batch.vectors
    for (position, vector) in batch.vectors.enumerated() where vector.type == .file {
      columns[position] = ColumnDefinition(name: columns[position].name, type: .string)
      var words = TextValues()
      for row in 0..<batch.count {
        words.append((file(vector, row).flatMap { cells[$0] } ?? "").utf8)
      }
      vectors[position] = ColumnVector(
        type: .string, count: batch.count, validity: vector.validity,
        values: vector.isAllNull ? .none : .text(words))
    }
    return RowBatch(columns: columns, vectors: vectors, count: batch.count)
  }
}
