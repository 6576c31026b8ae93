import Model

/// A column of an Arrow schema, or what stands below one.
struct ArrowField: Sendable {
  /// The key of a field's metadata under which the name of its extension type stands
  /// (https://arrow.apache.org/docs/format/CanonicalExtensions.html).
  static let extensionKey = "ARROW:extension:name"
  /// The extension type of texts that are JSON.
  static let jsonExtension = "arrow.json"
  private static let uuidExtension = "arrow.uuid"
  private static let depthLimit = 64

  let name: String
  /// The type of its values, also when an array has numbers of a dictionary's values.
  let type: ArrowType
  let children: [ArrowField]
  let dictionary: Dictionary?
  /// What the values mean beyond their type.
  var meaning: Meaning

  /// Where values stand that an array has only the numbers of.
  struct Dictionary: Sendable {
    let id: Int64
    let bits: Int
    let isSigned: Bool
  }

  /// What texts and bytes can mean.
  enum Meaning: Sendable { case plain, json, file, uuid }

  /// Reads a field (Schema.fbs, `Field`) and counts it off `budget`.
  init(_ table: FlatTable, depth: Int = 0, budget: inout Int) throws(StoreError) {
    budget -= 1
    guard depth < Self.depthLimit, budget >= 0 else {
      throw ArrowFault.unsupported("too many nested fields")
    }
    name = try table.text(0) ?? ""
    let tag = try table.integer(2, default: UInt8(0))
    type = try ArrowType.read(tag, try table.requiredTable(3), name: name)
    dictionary = try table.table(4).map { table throws(StoreError) in try Dictionary(table) }
    var children: [ArrowField] = []
    for child in try table.tables(5) {
      children.append(try ArrowField(child, depth: depth + 1, budget: &budget))
    }
    guard children.count == type.childCount ?? children.count else {
      throw ArrowFault.damaged("the fields below '\(name)'")
    }
    if type == .map, children.first?.type != .structure || children.first?.children.count != 2 {
      throw ArrowFault.damaged("the fields below '\(name)'")
    }
    self.children = children
    meaning = .plain
    for pair in try table.tables(6) where try pair.text(0) == Self.extensionKey {
      switch (try pair.text(1), type) {
      case (Self.jsonExtension, .bytes): meaning = .json
      case (Self.uuidExtension, .fixedBytes(count: 16)): meaning = .uuid
      default: break
      }
    }
  }

  /// The type of the column that the field's values make.
  var columnType: ColumnType {
    switch type {
    case .bool: .bool
    case .integer, .duration: .int64
    case .float: .float64
    case .timestamp: .timestamp
    case .bytes, .fixedBytes:
      switch meaning {
      case .json: .json
      case .file: .file
      case .plain, .uuid: .string
      }
    case .days, .dayMilliseconds, .time: .string
    case .decimal(_, let precision, let scale):
      DecimalType(precision: precision, scale: scale).columnType
    case .runEnds: children[1].columnType
    case .null, .list, .listView, .fixedList, .structure, .map: .json
    }
  }
}

extension ArrowField.Dictionary {
  /// Reads the encoding of a field (Schema.fbs, `DictionaryEncoding`).
  init(_ table: FlatTable) throws(StoreError) {
    id = try table.integer(0, default: Int64(0))
    // Without a type, numbers are of 32 bits and have a sign.
    guard let integer = try table.table(1) else {
      bits = 32
      isSigned = true
      return
    }
    guard case .integer(let bits, let isSigned) = try ArrowType.integer(integer) else {
      throw ArrowFault.damaged("the numbers of a dictionary")
    }
    self.bits = bits
    self.isSigned = isSigned
  }
}
