package import Columns
package import Model

/// The change of a row in a version.
package struct RowChange: Sendable {
  /// The kind of change from the version before.
  package enum Kind: String, Sendable {
    /// It is there for the first time.
    case added
    case changed
    case removed
    /// It is there again.
    case returned
  }

  /// A cell, as vectors of one row.
  package struct Cell: Sendable {
    package let column: String
    /// Nil where there was no row, or no such column.
    package let old: ColumnVector?
    package let new: ColumnVector?
  }

  package let kind: Kind
  package let version: Version
  /// The cells that differ; of a row that came, those with a value; none of one that went.
  package let cells: [Cell]
}

/// Follows one row through versions, oldest first.
///
/// A version whose row groups are those of the one before costs its manifest. Where the row's group
/// is another, the chunks' origin (``ChunkProvenance``) shows most rows that stayed; only the rest
/// is decoded.
package struct RowTracker: ~Copyable {
  /// The place of the row.
  private struct Place {
    let group: Digest
    let manifest: RowGroupManifest
    let schema: Schema
    let row: Int

    func chunk(_ column: String) -> (type: ColumnType, digest: Digest?)? {
      schema.index(of: column).map { (schema.columns[$0].type, manifest.chunks[$0]) }
    }
  }

  private let store: Store
  private let identity: RowIdentity
  private let isWanted: (String) -> Bool
  private let decoder: ChunkDecoder
  private var snapshot: Snapshot?
  private var place: Place?
  private var wasThere = false
  /// The cells of the row, by column; those without a value are not among them.
  private var cells: [DataText: ColumnVector] = [:]

  /// Follows the row with this key; changes of columns that are not wanted do not count.
  package init(
    _ identity: RowIdentity, in store: Store, columns isWanted: @escaping (String) -> Bool
  ) throws(StoreError) {
    self.identity = identity
    self.store = store
    self.isWanted = isWanted
    decoder = try ChunkDecoder()
  }

  /// The change of the row in a version later than those before; nil when it did not change.
  /// - Throws: ``StoreError`` of kind `corrupt` when stored bytes are damaged or missing.
  package mutating func next(_ version: Version) throws(StoreError) -> RowChange? {
    if snapshot?.digest == version.snapshot { return nil }
    let current = try store.snapshot(version)
    let isSameShape = snapshot?.schema == current.schema
    defer { snapshot = current }
    if isSameShape, let place, current.manifest.groups.contains(where: { $0.digest == place.group })
    {
      return nil
    }
    // A group that the version before has too held the row there, or holds it nowhere.
    let known = isSameShape ? Set(snapshot?.manifest.groups.map(\.digest) ?? []) : []
    let found = try find(in: current, besides: known)
    let old = place
    place = found
    guard let found else {
      cells = [:]
      return old == nil ? nil : RowChange(kind: .removed, version: version, cells: [])
    }
    let changes = try take(found, after: old, of: current)
    if old != nil {
      return changes.isEmpty ? nil : RowChange(kind: .changed, version: version, cells: changes)
    }
    let kind = wasThere ? RowChange.Kind.returned : .added
    wasThere = true
    return RowChange(kind: kind, version: version, cells: changes)
  }

  private func find(
    in snapshot: Snapshot, besides known: Set<Digest>
  ) throws(StoreError) -> Place? {
    let schema = snapshot.schema
    let positions = identity.columns.compactMap(schema.index(of:))
    guard positions.count == identity.columns.count else { return nil }
    for (index, entry) in snapshot.manifest.groups.enumerated() where !known.contains(entry.digest)
    {
      let manifest = try snapshot.group(index, decoder)
      let row: Int?
      if let same = try rowByProvenance(in: manifest, schema) {
        row = same
      } else {
        var vectors: [ColumnVector] = []
        for position in positions {
          vectors.append(try snapshot.vector(column: position, of: manifest, decoder))
        }
        row = identity.row(in: vectors, count: manifest.rows)
      }
      if let row {
        return Place(group: entry.digest, manifest: manifest, schema: schema, row: row)
      }
    }
    return nil
  }

  /// The row whose key was copied from where the row was, so that no key need be decoded.
  private func rowByProvenance(
    in manifest: RowGroupManifest, _ schema: Schema
  ) throws(StoreError) -> Int? {
    guard let place else { return nil }
    var rows: Set<Int>?
    for column in identity.columns {
      guard let old = place.chunk(column), let position = schema.index(of: column),
        schema.columns[position].type == old.type, let base = old.digest,
        let new = manifest.chunks[position],
        let provenance = try provenance(base, place.manifest, new, manifest)
      else { return nil }
      let source = provenance.first[place.row]
      guard source >= 0 else { return nil }
      let copies = Set(provenance.second.indices.filter { provenance.second[$0] == source })
      rows = rows.map { $0.intersection(copies) } ?? copies
    }
    return rows?.count == 1 ? rows?.first : nil
  }

  private func provenance(
    _ old: Digest, _ oldGroup: RowGroupManifest, _ new: Digest, _ newGroup: RowGroupManifest
  ) throws(StoreError) -> ChunkProvenance? {
    try ChunkProvenance(
      old, new, firstRows: oldGroup.rows, secondRows: newGroup.rows, commit: nil, store.chunks,
      decoder)
  }

  /// Takes over the cells of the row's new place, and gives those that differ.
  private mutating func take(
    _ place: Place, after old: Place?, of snapshot: Snapshot
  ) throws(StoreError) -> [RowChange.Cell] {
    var changes: [RowChange.Cell] = []
    var gone = Set(cells.keys)
    for (position, column) in place.schema.columns.enumerated() where isWanted(column.name) {
      let name = column.name
      gone.remove(DataText(name))
      if try isUnchanged(name, place, old) { continue }
      let before = cells[name]
      var after: ColumnVector?
      if place.manifest.chunks[position] != nil {
        let cell = try snapshot.values(
          column: position, at: [Int32(place.row)], of: place.manifest, decoder)
        after = cell.hasValue(0) ? cell : nil
      }
      cells[name] = after
      if let before, let after, CellEquality(before, after).areEqual(0, 0) { continue }
      if before == nil, after == nil { continue }
      changes.append(RowChange.Cell(column: name, old: before, new: after))
    }
    for name in gone.sorted() {
      changes.append(
        RowChange.Cell(column: name.string, old: cells.removeValue(forKey: name), new: nil))
    }
    return changes
  }

  private func isUnchanged(
    _ column: String, _ place: Place, _ old: Place?
  ) throws(StoreError) -> Bool {
    guard let old, let before = old.chunk(column), let after = place.chunk(column),
      before.type == after.type
    else { return false }
    if before.digest == after.digest, place.row == old.row { return true }
    guard let oldChunk = before.digest, let newChunk = after.digest,
      let provenance = try provenance(oldChunk, old.manifest, newChunk, place.manifest)
    else { return false }
    let source = provenance.first[old.row]
    return source >= 0 && source == provenance.second[place.row]
  }
}
