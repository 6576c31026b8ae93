import Model

/// The metadata at the end of a Parquet file (parquet.thrift, `FileMetaData`).
struct ParquetFooter: Sendable {
  let columns: [ParquetNode]
  let leaves: [ParquetLeaf]
  let groups: [ParquetRowGroup]
  /// The types of the columns when Assay wrote the file; empty otherwise.
  let types: [String]
  /// The shapes of nested columns when Assay wrote the file, where their text needs them.
  let shapes: [(name: String, shape: ValueShape)]
  /// The forms of columns of vectors, as an Arrow schema says.
  let forms: [(name: String, form: VectorForm)]
  /// The extension types of nested columns, as an Arrow schema says.
  let extensions: [(column: String, type: String)]
  /// True when pages of version 2 are compressed although they are marked as uncompressed.
  ///
  /// The writer `parquet-cpp` before its version 2.0.0, which Arrow was until its 3.0.0, left the
  /// mark out (https://issues.apache.org/jira/browse/ARROW-10353).
  let hidesCompression: Bool

  /// The longest footer: 4,096 columns in a thousand row groups take less.
  private static let byteLimit = 64 << 20
  /// The most rows that a byte of a file may stand for; more are made up to exhaust the reader.
  private static let rowsPerByte = 1 << 16

  /// Reads the footer of `file`.
  init(_ file: SeekableFile) throws(StoreError) {
    let magic = ParquetFooterText.magic
    let start = try file.bytes(0..<min(4, file.count))
    if start == Array("PARE".utf8) { throw ParquetFault.unsupported("an encrypted footer") }
    guard file.count >= 12, start == magic else {
      throw StoreError(
        .invalid,
        "the file is not a Parquet file (it does not begin with PAR1): name its format, or check it"
      )
    }
    let tail = try file.bytes(file.count - 8..<file.count)
    guard Array(tail[4...]) == magic else { throw ParquetFault.damaged("its end is missing") }
    let length = (0..<4).reduce(0) { $0 | Int(tail[$1]) << ($1 * 8) }
    guard length <= file.count - 12 else { throw ParquetFault.damaged("its footer is cut off") }
    guard length <= Self.byteLimit else {
      throw ParquetFault.beyond(
        "a footer of more than \(Self.byteLimit >> 20) MiB",
        "write fewer row groups or columns, in several files")
    }
    let footer = file.count - 8 - length
    let bytes = try file.bytes(footer..<footer + length)
    var thrift = ThriftReader(bytes, 0..<bytes.count)
    try self.init(&thrift, fileCount: file.count)
  }

  private init(_ thrift: inout ThriftReader, fileCount: Int) throws(StoreError) {
    var columns: [ParquetNode]?
    var leaves: [ParquetLeaf] = []
    var groups: [ParquetRowGroup] = []
    var types: [String] = []
    var shapes: [(name: String, shape: ValueShape)] = []
    var arrowSchema: String?
    var writer = ""
    var last = 0
    while let field = try thrift.field(after: &last) {
      switch field.id {
      case 2:
        var elements: [ParquetElement] = []
        for _ in 0..<(try thrift.structures(field)) {
          elements.append(try ParquetElement(&thrift))
        }
        var builder = ParquetSchemaBuilder(elements)
        columns = try builder.columns()
        leaves = builder.leaves
      case 4:
        // Writers give the schema first; a row group without it lacks columns.
        let count = try thrift.structures(field)
        for _ in 0..<count {
          groups.append(
            try ParquetRowGroup(&thrift, leaves: leaves.count, fileCount: fileCount))
        }
      case 5:
        for _ in 0..<(try thrift.structures(field)) {
          let pair = try ParquetKeyValue(&thrift)
          if pair.key == ParquetFooterText.schemaName {
            types = pair.value.split(separator: ",").map(String.init)
          }
          if pair.key == ValueShape.metadataKey {
            shapes = ValueShape.named(inMetadata: pair.value)
          }
          if pair.key == ParquetArrowSchema.key { arrowSchema = pair.value }
        }
      case 6: writer = try thrift.text(field)
      default: try thrift.skip(field)
      }
    }
    guard let columns else { throw ParquetFault.damaged("it has no schema") }
    self.columns = columns
    self.leaves =
      try arrowSchema.map { text throws(StoreError) in
        try ParquetArrowSchema.applied(text, to: leaves)
      } ?? leaves
    self.groups = groups
    self.types = types
    self.shapes = shapes
    forms = arrowSchema.map(ParquetArrowSchema.forms) ?? []
    extensions = arrowSchema.map(ParquetArrowSchema.extensions) ?? []
    hidesCompression = Self.hidesCompression(writer)
    for group in groups where group.rowCount / Self.rowsPerByte > fileCount {
      throw ParquetFault.beyond(
        "more than \(Self.rowsPerByte) rows for each of its bytes",
        "write fewer rows, or leave out columns that are empty")
    }
  }

  /// Returns true when `writer`, as `parquet-cpp version 1.5.1-SNAPSHOT`, left the mark out.
  private static func hidesCompression(_ writer: String) -> Bool {
    let words = writer.split(separator: " ")
    guard words.first == "parquet-cpp" else { return false }
    guard words.count >= 3, words[1] == "version" else { return true }
    return Int(words[2].prefix { $0 != "." }).map { $0 < 2 } ?? true
  }
}
