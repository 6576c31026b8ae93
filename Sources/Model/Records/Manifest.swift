/// One run of rows of a snapshot: its row count and the digest of each column's chunk.
///
/// `chunks` runs parallel to the schema's columns. A column whose rows are all null has no chunk.
package struct RowGroupManifest: Hashable, Sendable {
  package let rows: Int
  package let chunks: [Digest?]

  /// A row group of `rows` rows.
  package init(rows: Int, chunks: [Digest?]) {
    self.rows = rows
    self.chunks = chunks
  }

  /// The canonical JSON whose SHA-256 is the row group's digest.
  package var json: JSON {
    .object([
      "chunks": .array(chunks.map { .string($0?.hex ?? "") }),
      "rows": .integer(Int64(rows)),
    ])
  }

  /// Reads a row group; nil when `bytes` are not its canonical JSON.
  package init?(parsing bytes: [UInt8]) {
    guard let members = JSON(canonical: bytes)?.object, members.count == 2,
      let rows = members["rows"]?.integer, rows > 0, rows <= Int64(UInt32.max),
      let items = members["chunks"]?.array
    else { return nil }
    var chunks: [Digest?] = []
    chunks.reserveCapacity(items.count)
    for item in items {
      guard let text = item.string else { return nil }
      guard !text.isEmpty else {
        chunks.append(nil)
        continue
      }
      guard let digest = Digest(parsing: text) else { return nil }
      chunks.append(digest)
    }
    self.init(rows: Int(rows), chunks: chunks)
  }
}

/// The whole content of a snapshot, by reference: schema, key and row groups.
///
/// Its canonical JSON is the input of the snapshot digest, so the digest depends only on the
/// content: not on compression, on deltas or on which pack holds a chunk.
package struct SnapshotManifest: Hashable, Sendable {
  /// A row group's digest and its number of rows, so that rows can be found without reading it.
  package struct Group: Hashable, Sendable {
    package let digest: Digest
    package let rows: Int

    /// A row group of `rows` rows with that digest.
    package init(digest: Digest, rows: Int) {
      self.digest = digest
      self.rows = rows
    }
  }

  package let schema: Schema
  /// The shape of each column's values; nil for columns whose values are not nested or share none.
  package let shapes: [ValueShape?]
  package let groups: [Group]

  /// A snapshot of these row groups, in row order; `shapes` runs parallel to the columns.
  package init(schema: Schema, shapes: [ValueShape?]? = nil, groups: [Group]) {
    self.schema = schema
    self.shapes = shapes ?? [ValueShape?](repeating: nil, count: schema.columns.count)
    self.groups = groups
  }

  /// The shapes of columns that have one, by their columns' names.
  package var namedShapes: [DataText: ValueShape] {
    var named: [DataText: ValueShape] = [:]
    for (column, shape) in zip(schema.columns, shapes) {
      if let shape { named[column.name] = shape }
    }
    return named
  }

  /// Returns true when both have the same rows, and columns of the same names and types.
  ///
  /// Shapes follow from the rows, but versions that were saved before there were any have none.
  package func hasContent(of other: SnapshotManifest) -> Bool {
    schema == other.schema && groups == other.groups
  }

  /// The number of rows.
  package var rows: Int { groups.reduce(0) { $0 + $1.rows } }

  /// The canonical JSON whose SHA-256 is the snapshot digest.
  package var json: JSON {
    .object([
      "columns": .array(
        zip(schema.columns, shapes).map { column, shape in
          .array(
            [.string(column.name), .string(column.type.rawValue)]
              + (shape.map { [.string($0.description)] } ?? []))
        }),
      "groups": .array(
        groups.map { .array([.string($0.digest.hex), .integer(Int64($0.rows))]) }),
      "key": .array(schema.key.map { .string($0) }),
    ])
  }

  /// Reads a snapshot manifest; nil when `bytes` are not its canonical JSON.
  package init?(parsing bytes: [UInt8]) {
    guard let members = JSON(canonical: bytes)?.object, members.count == 3,
      let columnItems = members["columns"]?.array, let groupItems = members["groups"]?.array,
      let keyItems = members["key"]?.array
    else { return nil }
    var columns: [ColumnDefinition] = []
    var shapes: [ValueShape?] = []
    for item in columnItems {
      guard let parts = item.array, parts.count == 2 || parts.count == 3,
        let name = parts[0].string, let type = parts[1].string.flatMap(ColumnType.init(rawValue:))
      else { return nil }
      columns.append(ColumnDefinition(name: name, type: type))
      var shape: ValueShape?
      if parts.count == 3 {
        guard type == .json, let text = parts[2].string, let known = ValueShape(parsing: text)
        else { return nil }
        shape = known
      }
      shapes.append(shape)
    }
    var groups: [Group] = []
    for item in groupItems {
      guard let pair = item.array, pair.count == 2, let rows = pair[1].integer, rows > 0,
        let digest = pair[0].string.flatMap(Digest.init(parsing:))
      else { return nil }
      groups.append(Group(digest: digest, rows: Int(rows)))
    }
    let key = keyItems.compactMap(\.string)
    guard key.count == keyItems.count,
      key.allSatisfy({ columns.position(of: $0) != nil })
    else { return nil }
    self.init(schema: Schema(columns: columns, key: key), shapes: shapes, groups: groups)
  }
}
