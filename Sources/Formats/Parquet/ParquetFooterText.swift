import Model

/// The end of a Parquet file: what its columns are and where they stand
/// (https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift, whose
/// field numbers these are).
enum ParquetFooterText {
  /// The first and the last bytes of every file.
  static let magic = Array("PAR1".utf8)
  /// The name under which a file keeps the types of its columns, with commas between.
  static let schemaName = "assay.schema"

  /// The bytes of `FileMetaData`.
  static func bytes(
    columns: [ColumnDefinition], shapes: [ValueShape?], groups: [ParquetWrittenGroup]
  ) -> [UInt8] {
    let leaves = ParquetWrittenLeaf.leaves(columns, shapes)
    let fields = zip(columns, shapes).reduce(0) { $0 + 1 + ($1.1?.fieldCount ?? 0) }
    let known = ValueShape.metadata(columns, shapes)
    var thrift = ThriftWriter()
    thrift.element { file in
      file.integer(1, 2)
      file.list(2, of: .structure, count: fields + 1)
      file.element { root in
        root.binary(4, "schema".utf8)
        root.integer(5, columns.count)
      }
      for (column, shape) in zip(columns, shapes) {
        if let shape {
          write(shape, column.name, column.type.vectorForm?.element ?? .f64, to: &file)
        } else {
          file.element { write(column, to: &$0) }
        }
      }
      file.integer(3, groups.reduce(0) { $0 + $1.rowCount }, .int64)
      file.list(4, of: .structure, count: groups.count)
      for group in groups { file.element { write(group, leaves, to: &$0) } }
      let types = columns.map(\.type.metadataName).joined(separator: ",")
      var pairs = [(schemaName, types)]
      if let known { pairs.append((ValueShape.metadataKey, known)) }
      if columns.contains(where: { $0.type.vectorForm != nil }) {
        pairs.append((ParquetArrowSchema.key, ParquetArrowSchema.text(columns, shapes)))
      }
      file.list(5, of: .structure, count: pairs.count)
      for (key, value) in pairs { file.element { write(key, value, to: &$0) } }
      file.binary(6, "assay version 1".utf8)
      // The order that a column's type defines; without it readers ignore statistics.
      file.list(7, of: .structure, count: leaves.count)
      for _ in leaves { file.element { $0.structure(1) } }
    }
    return thrift.bytes
  }

  private static func write(_ name: String, _ value: String, to pair: inout ThriftWriter) {
    pair.binary(1, name.utf8)
    pair.binary(2, value.utf8)
  }

  private static func physicalType(_ type: ColumnType) -> ParquetPhysicalType {
    switch type {
    case .bool: .boolean
    case .int64, .timestamp: .int64
    case .float64: .double
    case .string, .json, .file, .vector: .byteArray
    }
  }

  private static func physicalType(_ leaf: ParquetWrittenLeaf) -> ParquetPhysicalType {
    leaf.type == .float64 && leaf.element == .f32 ? .float : physicalType(leaf.type)
  }

  private static func write(
    _ column: ColumnDefinition, _ width: VectorForm.Element = .f64, to element: inout ThriftWriter
  ) {
    let leaf = ParquetWrittenLeaf(path: [], type: column.type, element: width)
    element.integer(1, physicalType(leaf).rawValue)
    element.integer(3, ParquetRepetition.optional.rawValue)
    element.binary(4, column.name.utf8)
    switch column.type {
    case .bool, .int64, .float64, .vector: break
    case .string:
      element.integer(6, ParquetConvertedType.utf8.rawValue)
      element.structure(10) { $0.structure(1) }
    case .timestamp:
      element.integer(6, ParquetConvertedType.timestampMicros.rawValue)
      element.structure(10) { logical in
        logical.structure(8) { timestamp in
          timestamp.bool(1, true)
          timestamp.structure(2) { $0.structure(2) }
        }
      }
    case .json, .file:
      element.integer(6, ParquetConvertedType.json.rawValue)
      element.structure(10) { $0.structure(12) }
    }
  }

  /// Writes the fields of a nested column, each before those it holds.
  private static func write(
    _ shape: ValueShape, _ name: String, _ width: VectorForm.Element, to file: inout ThriftWriter
  ) {
    switch shape {
    case .list(let element):
      file.element { field in
        field.integer(3, ParquetRepetition.optional.rawValue)
        field.binary(4, name.utf8)
        field.integer(5, 1)
        field.integer(6, ParquetConvertedType.list.rawValue)
        field.structure(10) { $0.structure(3) }
      }
      file.element { field in
        field.integer(3, ParquetRepetition.repeated.rawValue)
        field.binary(4, ParquetWrittenLeaf.listName.utf8)
        field.integer(5, 1)
      }
      write(element, ParquetWrittenLeaf.elementName, width, to: &file)
    case .structure(let members):
      file.element { field in
        field.integer(3, ParquetRepetition.optional.rawValue)
        field.binary(4, name.utf8)
        field.integer(5, members.count)
      }
      for member in members { write(member.shape, member.name, width, to: &file) }
    default:
      let column = ColumnDefinition(name: name, type: shape.leafType ?? .string)
      file.element { write(column, width, to: &$0) }
    }
  }

  private static func write(
    _ group: ParquetWrittenGroup, _ leaves: [ParquetWrittenLeaf], to thrift: inout ThriftWriter
  ) {
    thrift.list(1, of: .structure, count: group.chunks.count)
    for (chunk, leaf) in zip(group.chunks, leaves) {
      thrift.element { element in
        // Nothing of the chunk is kept outside of the footer.
        element.integer(2, 0, .int64)
        element.structure(3) { write(chunk, leaf, to: &$0) }
      }
    }
    thrift.integer(2, group.chunks.reduce(0) { $0 + $1.facts.plainCount }, .int64)
    thrift.integer(3, group.rowCount, .int64)
    if let first = group.chunks.first { thrift.integer(5, first.offset, .int64) }
    thrift.integer(6, group.chunks.reduce(0) { $0 + $1.byteCount }, .int64)
  }

  private static func write(
    _ chunk: ParquetWrittenGroup.Chunk, _ leaf: ParquetWrittenLeaf, to thrift: inout ThriftWriter
  ) {
    let facts = chunk.facts
    let encodings: [ParquetEncoding] =
      facts.hasDictionary ? [.plain, .rle, .rleDictionary] : [.plain, .rle]
    thrift.integer(1, physicalType(leaf).rawValue)
    thrift.list(2, of: .int32, count: encodings.count)
    for encoding in encodings { thrift.element(encoding.rawValue) }
    thrift.list(3, of: .binary, count: leaf.path.count)
    for name in leaf.path { thrift.element(name.utf8) }
    thrift.integer(4, ParquetCompression.zstd.rawValue)
    thrift.integer(5, facts.rowCount, .int64)
    thrift.integer(6, facts.plainCount, .int64)
    thrift.integer(7, chunk.byteCount, .int64)
    if let integral = facts.integral {
      thrift.list(8, of: .structure, count: 1)
      thrift.element { write(ParquetIntegralMarks.name, integral, to: &$0) }
    }
    thrift.integer(9, chunk.offset + facts.dataStart, .int64)
    if facts.hasDictionary { thrift.integer(11, chunk.offset, .int64) }
    thrift.structure(12) { statistics in
      statistics.integer(3, facts.nullCount, .int64)
      guard let bounds = facts.bounds else { return }
      statistics.binary(5, bounds.most)
      statistics.binary(6, bounds.least)
    }
  }
}

extension ValueShape {
  /// The number of fields of a schema below a column of this shape.
  fileprivate var fieldCount: Int {
    switch self {
    case .list(let element): 2 + element.fieldCount
    case .structure(let members): members.reduce(0) { $0 + 1 + $1.shape.fieldCount }
    default: 0
    }
  }
}
