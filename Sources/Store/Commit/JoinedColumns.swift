import Columns
import Formats
import Model

/// The columns of a file that a whole pass over it found, to be joined with those of a version.
struct LearntColumns {
  private(set) var columns: [ColumnDefinition] = []
  /// Those that have a value in some row.
  private var filled: Set<DataText> = []
  /// Those with an integer that no float holds exactly.
  private var wide: Set<DataText> = []

  /// Takes note of a batch; the last one has all columns.
  mutating func add(_ batch: RowBatch) {
    columns = batch.columns
    for (column, vector) in zip(batch.columns, batch.vectors) where !vector.isAllNull {
      filled.insert(DataText(column.name))
      if !vector.fitsFloats { wide.insert(DataText(column.name)) }
    }
  }

  /// The columns of `parent` in their order, then the file's others, each with the type that all
  /// rows would have had in one file; columns without any value take the other side's type.
  /// - Parameters:
  ///   - named: The types that the push names for columns.
  ///   - key: The columns that identify rows, whose values stay what they are.
  ///   - typing: The types that the file declares.
  /// - Throws: ``StoreError`` of kind `usage` for a named type that would lose what `parent` has.
  func joined(
    to parent: Snapshot, named: [DataText: ColumnType], key: [String], _ typing: FileTyping
  ) throws(StoreError) -> [ColumnDefinition] {
    var joined = parent.schema.columns
    for column in columns {
      guard let position = parent.schema.index(of: column.name) else {
        joined.append(column)
        continue
      }
      if joined[position].type == column.type { continue }
      let type = try type(
        of: column, over: joined[position].type, position, parent,
        isNamed: named[column.name] == column.type, isKey: key.hasText(column.name), typing)
      joined[position] = ColumnDefinition(name: column.name, type: type)
    }
    return joined
  }

  private func type(
    of column: ColumnDefinition, over old: ColumnType, _ position: Int, _ parent: Snapshot,
    isNamed: Bool, isKey: Bool, _ typing: FileTyping
  ) throws(StoreError) -> ColumnType {
    guard isNamed || filled.contains(column.name) else { return old }
    let both = isNamed ? old.union(column.type) : Self.union(old, column.type, typing)
    if try parent.isAllNull(column: position) {
      let isFloat = both == .float64 && !wide.contains(column.name)
      return isFloat && !isNamed ? both : column.type
    }
    let isExact: Bool =
      if both == .float64, old == .int64 {
        try parent.fitsFloats(column: position)
      } else {
        both != .float64 || !wide.contains(column.name)
      }
    guard isNamed else { return isExact ? both : .json }
    if both == column.type, isExact { return both }
    var example = ""
    if !isKey, ColumnVector.canRetell(old, as: column.type) {
      guard let other = try parent.value(otherThan: column.type, column: position) else {
        return column.type
      }
      example = " (\(other) is not one)"
    }
    throw StoreError(
      .usage,
      "the column '\(column.name)' is \(old.rawValue) in \(parent.version.reference), and its "
        + "values would not all be kept as \(column.type.rawValue)\(example), the type that is named "
        + "for it: name \(old.rawValue) or none", at: StoreError.Location())
  }

  /// The type that all values would have in one file: beside texts of CSV all are texts, and a
  /// timestamp is a text beside others in every format.
  private static func union(
    _ old: ColumnType, _ new: ColumnType, _ typing: FileTyping
  ) -> ColumnType {
    switch (old, new) {
    case (.timestamp, .string), (.string, .timestamp): .string
    case (.bool, .string) where typing == .none, (.int64, .string) where typing == .none,
      (.float64, .string) where typing == .none:
      .string
    case (.vector(let one), .vector(let other)) where one.count == other.count:
      VectorForm(count: one.count, element: .f64).map { .vector($0) } ?? .json
    default: old.union(new)
    }
  }
}

extension Snapshot {
  /// The columns that a file without declared types is to continue.
  ///
  /// A column of nulls has no type yet when it is `json` or `string`, since that is what columns
  /// of nulls became; another type was named for it, and is kept as far as values are of it.
  /// - Parameters:
  ///   - isJoined: True when the file's rows join those of the version.
  ///   - key: The columns that identify the new version's rows.
  /// - Throws: ``StoreError`` of kind `corrupt` when a manifest is damaged.
  func expectedColumns(
    besides named: [DataText: ColumnType], isJoined: Bool, key: [String]
  ) throws(StoreError) -> ExpectedColumns {
    let decoder = try ChunkDecoder()
    var isFilled = [Bool](repeating: false, count: schema.columns.count)
    for index in manifest.groups.indices {
      let chunks = try group(index, decoder).chunks
      for (position, chunk) in chunks.enumerated() where chunk != nil { isFilled[position] = true }
      if isFilled.allSatisfy({ $0 }) { break }
    }
    var expected = ExpectedColumns(isJoined: isJoined)
    for (column, isFilled) in zip(schema.columns, isFilled) {
      let saysNothing = !isFilled && (column.type == .json || column.type == .string)
      let use: ExpectedColumns.Use =
        named[column.name] != nil || column.type.vectorForm != nil
        ? .never : saysNothing ? .withoutValues : .always
      expected.add(
        column.name, column.type, hasValues: isFilled, use: use, isKey: key.hasText(column.name))
    }
    return expected
  }

  /// Returns true when no row has a value in the column at `position`; only manifests are read.
  /// - Throws: ``StoreError`` of kind `corrupt` when one is damaged.
  fileprivate func isAllNull(column position: Int) throws(StoreError) -> Bool {
    let decoder = try ChunkDecoder()
    for index in manifest.groups.indices
    where try group(index, decoder).chunks[position] != nil { return false }
    return true
  }

  /// Returns true when floats hold all integers of the column at `position`.
  fileprivate func fitsFloats(column position: Int) throws(StoreError) -> Bool {
    let decoder = try ChunkDecoder()
    for index in manifest.groups.indices {
      let group = try group(index, decoder)
      if !(try vector(column: position, of: group, decoder)).fitsFloats { return false }
    }
    return true
  }
}
