import Model

/// A column of an Arrow schema, or what stands below one.
struct ArrowField: Sendable {
  /// The key of a field's metadata under which the name of its extension type stands
  /// (https://arrow.apache.org/docs/format/CanonicalExtensions.html).
  static let extensionKey = "ARROW:extension:name"
  /// The extension type of texts that are JSON.
  static let jsonExtension = "arrow.json"
  private static let uuidExtension = "arrow.uuid"
  private static let boolExtension = "arrow.bool8"
  private static let periodExtension = "pandas.period"
  private static let tensorExtension = "arrow.fixed_shape_tensor"
  private static let metadataKey = "ARROW:extension:metadata"
  private static let depthLimit = 64

  let name: String
  /// The name of the column that it is, or that it is of.
  let column: String
  /// True when the field is within another and not a column itself.
  let isInner: Bool
  /// The type of its values, also when an array has numbers of a dictionary's values.
  let type: ArrowType
  private(set) var children: [ArrowField]
  let dictionary: Dictionary?
  /// The meaning of the values beyond their type.
  var meaning: Meaning
  /// True when the values are bytes that are not declared to be text.
  let isBinary: Bool

  /// The values that an array refers to by number.
  struct Dictionary: Sendable {
    let id: Int64
    let bits: Int
    let isSigned: Bool
  }

  /// The meanings that values can have.
  enum Meaning: Equatable, Sendable {
    case plain, json, file, uuid
    /// Bytes that are to be Base64.
    case base64
    /// Moments, or integers without a sign, that are to be exact text.
    case text
    /// Truth values of a byte each.
    case bool
    case period(PeriodType)
    /// Numbers, bytes, lists or structures of an extension type that is not known, by its name.
    case unknown(String)
  }

  /// Reads a field (Schema.fbs, `Field`), a column or one below the column `outer`, and counts it
  /// off `budget`.
  init(
    _ table: FlatTable, in outer: String? = nil, depth: Int = 0, budget: inout Int
  ) throws(StoreError) {
    budget -= 1
    guard depth < Self.depthLimit else {
      throw ArrowFault.unsupported("fields within more than \(Self.depthLimit) others")
    }
    guard budget >= 0 else {
      throw ArrowFault.unsupported("more than \(ArrowSchema.fieldLimit) fields")
    }
    name = try table.text(0) ?? ""
    column = outer ?? name
    isInner = outer != nil
    let tag = try table.integer(2, default: UInt8(0))
    type = try ArrowType.read(tag, try table.requiredTable(3), name: column)
    let encoding = try table.table(4)
    let owner = column
    dictionary = try encoding.map { table throws(StoreError) in
      try Dictionary(table, name: owner)
    }
    var children: [ArrowField] = []
    for child in try table.tables(5) {
      children.append(try ArrowField(child, in: column, depth: depth + 1, budget: &budget))
    }
    guard children.count == type.childCount ?? children.count else {
      throw ArrowFault.damaged("the fields below '\(name)'")
    }
    if type == .map, children.first?.type != .structure || children.first?.children.count != 2 {
      throw ArrowFault.damaged("the fields below '\(name)'")
    }
    self.children = children
    isBinary = ArrowType.Tag(rawValue: tag)?.isBinary ?? false
    meaning = .plain
    var metadata: [String: String] = [:]
    for pair in try table.tables(6) {
      // Another application's bytes may be no text.
      guard let key = try? pair.text(0),
        [Self.extensionKey, Self.metadataKey].hasText(key)
      else { continue }
      metadata[key] = try pair.text(1)
    }
    if let name = metadata[Self.extensionKey] {
      meaning = Self.meaning(name, metadata[Self.metadataKey] ?? "", type, isBinary: isBinary)
    }
  }

  /// The meaning of an extension type's values.
  ///
  /// An unknown extension can mean more than its storage shows (which ends of an interval belong to
  /// it), while texts and tensors describe themselves.
  private static func meaning(
    _ name: String, _ metadata: String, _ type: ArrowType, isBinary: Bool
  ) -> Meaning {
    switch (name, type) {
    case (jsonExtension, .bytes): return .json
    case (uuidExtension, .fixedBytes(count: 16)): return .uuid
    case (boolExtension, .integer(bits: 8, isSigned: true)): return .bool
    case (periodExtension, .integer(bits: 64, isSigned: true)):
      return PeriodType(pandas: metadata).map { .period($0) } ?? .unknown(name)
    case (tensorExtension, .fixedList): return .plain
    case (_, .integer), (_, .float), (_, .bool): return .unknown(name)
    default: return isBinary || type.isNested || type == .map ? .unknown(name) : .plain
    }
  }

  /// The fields of an array's values that have no others below: one for each column of the file
  /// where Parquet keeps it.
  var leaves: [ArrowField] {
    if type == .runEnds { return children[1].leaves }
    return children.isEmpty ? [self] : children.flatMap(\.leaves)
  }

  /// The extension type, one that is not known, of lists or structures among the values.
  var nestedExtension: String? {
    if case .unknown(let name) = meaning, !children.isEmpty { return name }
    return children.lazy.compactMap(\.nestedExtension).first
  }

  /// Makes nanoseconds within lists and structures, where a moment is a text anyway, exact ones.
  mutating func spellNanoseconds(isNested: Bool = false) {
    if isNested, type == .timestamp(.nanoseconds) { meaning = .text }
    for index in children.indices {
      children[index].spellNanoseconds(isNested: isNested || type != .runEnds)
    }
  }

  /// Throws unless all values can be stored with their meaning.
  /// - Parameters:
  ///   - isNamed: Whether a type was named for the column.
  ///   - isNested: Whether the field is within a list or a structure.
  /// - Throws: ``StoreError`` of kind `invalid` for bytes and for what only an extension explains.
  func requireMeaning(isNamed: Bool, isNested: Bool = false) throws(StoreError) {
    if case .unknown(let name) = meaning, !isNamed {
      throw ArrowFault.unfit(
        self, "values of the extension type '\(name)'", ColumnTypes.extensionAdvice)
    }
    if isNested, isBinary, case .plain = meaning {
      throw ArrowFault.unfit(
        self, "bytes within a list or a structure", "write them as text, such as Base64")
    }
    for child in children {
      try child.requireMeaning(isNamed: isNamed, isNested: isNested || type != .runEnds)
    }
  }

  /// The form of the vectors that the field's values are, when they are lists of one length.
  var vectorForm: VectorForm? {
    guard case .fixedList(let count) = type, dictionary == nil, children[0].dictionary == nil
    else { return nil }
    switch children[0].type {
    case .float(bits: 32): return VectorForm(count: count, element: .f32)
    case .float(bits: 64): return VectorForm(count: count, element: .f64)
    default: return nil
    }
  }

  /// True when the values are lists of floats.
  var hasFloatLists: Bool {
    switch (type, children.first?.type) {
    case (.list, .float(bits: 32)), (.list, .float(bits: 64)), (.listView, .float(bits: 32)),
      (.listView, .float(bits: 64)), (.fixedList, .float(bits: 32)),
      (.fixedList, .float(bits: 64)):
      dictionary == nil && children[0].dictionary == nil
    default: false
    }
  }

  /// The type of the column that the field's values make.
  var columnType: ColumnType {
    switch (type, meaning) {
    case (.bool, _), (.integer, .bool): .bool
    case (.integer, .period), (.integer, .text), (.timestamp, .text): .string
    case (.integer, _): .int64
    case (.float, _): .float64
    case (.timestamp, _): .timestamp
    case (.bytes, .json), (.fixedBytes, .json): .json
    case (.bytes, .file), (.fixedBytes, .file): .file
    case (.bytes, _), (.fixedBytes, _): .string
    case (.days, _), (.dayMilliseconds, _), (.time, _), (.duration, _), (.interval, _): .string
    case (.decimal(_, let precision, let scale), _):
      DecimalType(precision: precision, scale: scale).columnType
    case (.runEnds, _): children[1].columnType
    case (.null, _), (.list, _), (.listView, _), (.fixedList, _), (.structure, _), (.map, _): .json
    }
  }
}

extension ArrowField.Dictionary {
  /// Reads the encoding of a field (Schema.fbs, `DictionaryEncoding`).
  init(_ table: FlatTable, name: String) throws(StoreError) {
    id = try table.integer(0, default: Int64(0))
    // Without a type, numbers are of 32 bits and have a sign.
    guard let integer = try table.table(1) else {
      bits = 32
      isSigned = true
      return
    }
    guard case .integer(let bits, let isSigned) = try ArrowType.integer(integer, name: name) else {
      throw ArrowFault.damaged("the numbers of a dictionary")
    }
    self.bits = bits
    self.isSigned = isSigned
  }
}
