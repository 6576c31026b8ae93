import Columns
import Model

/// The positions of the buffers of a record batch that is being written.
struct ArrowBatchLayout {
  let rowCount: Int
  let compression: ArrowCompression?
  /// Keys and values of the batch's metadata.
  let marks: [(String, String)]
  /// A length and a null count for each column, and each field below one.
  private(set) var nodes: [Int64] = []
  /// An offset and a length for each buffer.
  private(set) var buffers: [Int64] = []
  /// The length of the body.
  private(set) var byteCount = 0

  /// The layout of a batch that has no columns yet.
  init(rowCount: Int, compression: ArrowCompression?, marks: [(String, String)]) {
    self.rowCount = rowCount
    self.compression = compression
    self.marks = marks
  }

  /// Adds a column: its array and those below it, and the lengths of all their buffers.
  mutating func add(_ arrays: [(count: Int, nullCount: Int)], sizes: [Int]) {
    for array in arrays { nodes += [Int64(array.count), Int64(array.nullCount)] }
    for size in sizes {
      buffers += [Int64(byteCount), Int64(size)]
      byteCount += (size + 63) / 64 * 64
    }
  }
}

/// The metadata of Arrow data as it is written
/// (https://github.com/apache/arrow/tree/main/format, whose order of fields this is).
enum ArrowMetadata {
  /// Metadata of version V5.
  private static let version = FlatBuilder.Field.int16(4)

  /// The message that has the schema.
  static func schema(_ columns: [ColumnDefinition], _ shapes: [ValueShape?]) -> [UInt8] {
    var builder = FlatBuilder()
    let message = builder.table([version, .byte(1), .reference, .int64(0)], for: 0)
    addSchema(columns, shapes, to: &builder, for: message[0])
    builder.align(8)
    return builder.bytes
  }

  /// The message that has a record batch.
  static func batch(_ layout: ArrowBatchLayout) -> [UInt8] {
    var builder = FlatBuilder()
    let message = builder.table(
      [
        version, .byte(3), .reference, .int64(Int64(layout.byteCount)),
        layout.marks.isEmpty ? .absent : .reference,
      ], for: 0)
    let batch = builder.table(
      [
        .int64(Int64(layout.rowCount)), .reference, .reference,
        layout.compression == nil ? .absent : .reference,
      ], for: message[0])
    builder.words(layout.nodes, wordsEach: 2, for: batch[0])
    builder.words(layout.buffers, wordsEach: 2, for: batch[1])
    if let compression = layout.compression {
      _ = builder.table([.byte(UInt8(compression.rawValue)), .byte(0)], for: batch[2])
    }
    if !layout.marks.isEmpty { addPairs(layout.marks, to: &builder, for: message[1]) }
    builder.align(8)
    return builder.bytes
  }

  /// The footer; `blocks` has the offset and the lengths of metadata and body of each record batch.
  static func footer(
    _ columns: [ColumnDefinition], _ shapes: [ValueShape?], blocks: [Int64]
  ) -> [UInt8] {
    var builder = FlatBuilder()
    let footer = builder.table([version, .reference, .reference, .reference], for: 0)
    addSchema(columns, shapes, to: &builder, for: footer[0])
    builder.words([], wordsEach: 3, for: footer[1])
    builder.words(blocks, wordsEach: 3, for: footer[2])
    builder.align(8)
    return builder.bytes
  }

  private static func addSchema(
    _ columns: [ColumnDefinition], _ shapes: [ValueShape?], to builder: inout FlatBuilder,
    for place: Int
  ) {
    let schema = builder.table([.int16(0), .reference, .reference], for: place)
    let fields = builder.references(columns.count, for: schema[0])
    for ((column, shape), field) in zip(zip(columns, shapes), fields) {
      if let shape {
        add(shape, column.name, to: &builder, for: field)
      } else {
        add(column, to: &builder, for: field)
      }
    }
    let types = columns.map(\.type.metadataName).joined(separator: ",")
    var pairs = [(ArrowSchema.typesKey, types)]
    if let known = ValueShape.metadata(columns, shapes) {
      pairs.append((ValueShape.metadataKey, known))
    }
    addPairs(pairs, to: &builder, for: schema[1])
  }

  /// Adds the field of a nested column, or of what stands below one.
  private static func add(
    _ shape: ValueShape, _ name: String, to builder: inout FlatBuilder, for place: Int
  ) {
    let tag: ArrowType.Tag
    let children: [(name: String, shape: ValueShape)]
    switch shape {
    case .list(let element): (tag, children) = (.list, [("item", element)])
    case .structure(let members):
      (tag, children) = (.structure, members.map { ($0.name, $0.shape) })
    default:
      let column = ColumnDefinition(name: name, type: shape.leafType ?? .string)
      return add(column, to: &builder, for: place)
    }
    let field = builder.table(
      [.reference, .byte(1), .byte(tag.rawValue), .reference, .absent, .reference], for: place)
    builder.text(name, for: field[0])
    _ = builder.table([], for: field[1])
    let places = builder.references(children.count, for: field[2])
    for (child, place) in zip(children, places) {
      add(child.shape, child.name, to: &builder, for: place)
    }
  }

  private static func add(
    _ column: ColumnDefinition, to builder: inout FlatBuilder, for place: Int
  ) {
    let isJSON = column.type == .json || column.type == .file
    let field = builder.table(
      [
        .reference, .byte(1), .byte(tag(column.type).rawValue), .reference, .absent, .reference,
        isJSON ? .reference : .absent,
      ], for: place)
    builder.text(column.name, for: field[0])
    switch column.type {
    case .bool, .string, .json, .file: _ = builder.table([], for: field[1])
    case .vector(let form):
      _ = builder.table([.int32(Int32(form.count))], for: field[1])
      let items = builder.references(1, for: field[2])
      addElement(form.element, to: &builder, for: items[0])
      return
    case .int64: _ = builder.table([.int32(64), .byte(1)], for: field[1])
    case .float64: _ = builder.table([.int16(2)], for: field[1])
    case .timestamp:
      let unit = FlatBuilder.Field.int16(ArrowTimeUnit.microseconds.rawValue)
      let timestamp = builder.table([unit, .reference], for: field[1])
      builder.text("UTC", for: timestamp[0])
    }
    _ = builder.references(0, for: field[2])
    guard isJSON else { return }
    let pairs = [
      (ArrowField.extensionKey, ArrowField.jsonExtension), ("ARROW:extension:metadata", ""),
    ]
    addPairs(pairs, to: &builder, for: field[3])
  }

  private static func tag(_ type: ColumnType) -> ArrowType.Tag {
    switch type {
    case .bool: .bool
    case .int64: .integer
    case .float64: .float
    case .string, .json, .file: .utf8
    case .timestamp: .timestamp
    case .vector: .fixedList
    }
  }

  /// Adds the field of the elements of vectors.
  private static func addElement(
    _ element: VectorForm.Element, to builder: inout FlatBuilder, for place: Int
  ) {
    let field = builder.table(
      [.reference, .byte(1), .byte(ArrowType.Tag.float.rawValue), .reference, .absent, .reference],
      for: place)
    builder.text("item", for: field[0])
    _ = builder.table([.int16(element == .f32 ? 1 : 2)], for: field[1])
    _ = builder.references(0, for: field[2])
  }

  private static func addPairs(
    _ pairs: [(String, String)], to builder: inout FlatBuilder, for place: Int
  ) {
    for (pair, place) in zip(pairs, builder.references(pairs.count, for: place)) {
      let places = builder.table([.reference, .reference], for: place)
      builder.text(pair.0, for: places[0])
      builder.text(pair.1, for: places[1])
    }
  }
}
