import Model

/// The columns of Arrow data (Schema.fbs, `Schema`).
struct ArrowSchema: Sendable {
  /// The key of metadata under which the exact types of our own columns stand, commas between.
  static let typesKey = "assay.schema"
  static let fieldLimit = 1 << 16

  private(set) var fields: [ArrowField]
  /// The shapes of nested columns when Assay wrote the data, where their text needs them.
  private(set) var shapes: [(name: String, shape: ValueShape)] = []

  /// Reads a schema.
  /// - Throws: ``StoreError`` of kind `invalid`, also for what is not supported, by its name.
  init(_ table: FlatTable) throws(StoreError) {
    guard try table.integer(0, default: Int16(0)) == 0 else {
      throw ArrowFault.unsupported("values with the highest byte first (big-endian)")
    }
    var budget = Self.fieldLimit
    fields = []
    let columns = try table.tables(1)
    guard columns.count <= Schema.columnLimit else {
      throw ArrowFault.unsupported("more than \(Schema.columnLimit) columns")
    }
    for column in columns { fields.append(try ArrowField(column, budget: &budget)) }
    guard !fields.isEmpty else { throw ArrowFault.unsupported("a table without columns") }
    var names: Set<DataText> = []
    for field in fields {
      guard !field.name.isEmpty else { throw ArrowFault.unsupported("a column without a name") }
      guard names.insert(DataText(field.name)).inserted else {
        throw ArrowFault.unsupported("two columns called '\(field.name)'")
      }
    }
    for pair in try table.tables(2) where try pair.text(0) == Self.typesKey {
      adopt(try pair.text(1) ?? "")
    }
    for pair in try table.tables(2) where try pair.text(0) == ValueShape.metadataKey {
      shapes = ValueShape.named(inMetadata: try pair.text(1) ?? "")
    }
  }

  /// Takes up what our writer knew of texts beyond their Arrow type; other types are as they are.
  private mutating func adopt(_ types: String) {
    let types = types.split(separator: ",").map { ColumnType(inMetadata: $0) }
    guard types.count == fields.count else { return }
    for (index, type) in types.enumerated() {
      guard case .bytes = fields[index].type else { continue }
      switch type {
      case .json: fields[index].meaning = .json
      case .file: fields[index].meaning = .file
      default: break
      }
    }
  }

  /// Applies the options named for columns; throws unless all values can then be stored with their
  /// meaning.
  /// - Throws: ``StoreError`` of kind `invalid` for what cannot, `usage` for Base64 of a column
  ///   that has no bytes.
  mutating func adopt(_ options: ReadOptions) throws(StoreError) {
    for index in fields.indices {
      let (name, type) = (fields[index].name, fields[index].type)
      let isBase64 = options.base64.hasText(name)
      if isBase64 {
        guard fields[index].isBinary else {
          throw StoreError(
            .usage, "the column '\(name)' has no bytes to be read as Base64: name another type")
        }
        fields[index].meaning = .base64
      } else if options.types[name] == .string {
        switch type {
        case .timestamp, .integer(bits: 64, isSigned: false): fields[index].meaning = .text
        default: break
        }
      }
      fields[index].spellNanoseconds()
      try fields[index].requireMeaning(isNamed: isBase64 || options.types[name] != nil)
    }
  }

  /// The fields that have dictionaries, also below others, by their dictionary's number.
  func dictionaryFields() -> [Int64: ArrowField] {
    var found: [Int64: ArrowField] = [:]
    var rest = fields
    while let field = rest.popLast() {
      if let dictionary = field.dictionary { found[dictionary.id] = field }
      rest.append(contentsOf: field.children)
    }
    return found
  }
}
