import Columns
package import Model

extension Store {
  /// The changes from one snapshot to another.
  /// - Throws: ``StoreError``: `corrupt` when stored bytes are damaged or missing, `invalid` when
  ///   one of them has two rows of one key, as builds did that distinguished 1 and 1.0.
  package func diff(_ old: Snapshot, _ new: Snapshot) throws(StoreError) -> VersionDiff {
    let key = new.schema.key.isEmpty ? old.schema.key : new.schema.key
    let isKeyed =
      !key.isEmpty
      && key.allSatisfy { old.schema.index(of: $0) != nil && new.schema.index(of: $0) != nil }
    var rows = DiffRows()
    let oldSide = try DiffSide(old)
    let newSide = try DiffSide(new)
    let columns =
      new.schema.columns
      + old.schema.columns.filter { new.schema.index(of: $0.name) == nil }
    if old.digest != new.digest {
      if isKeyed {
        for snapshot in [old, new] { try snapshot.requireDistinct(key) }
        var matching = DiffMatching(oldSide, newSide, key: key, columns: columns, chunks)
        rows = try matching.run()
      } else {
        rows = try DiffMultiset(oldSide, newSide, columns: columns).run()
      }
    }
    return VersionDiff(
      old: old, new: new, columns: columns, key: isKeyed ? key : [],
      addedColumns: new.schema.columns.filter { old.schema.index(of: $0.name) == nil },
      removedColumns: old.schema.columns.filter { new.schema.index(of: $0.name) == nil },
      retypedColumns: new.schema.columns.compactMap { column in
        guard let position = old.schema.index(of: column.name),
          old.schema.columns[position].type != column.type
        else { return nil }
        return (column.name, old.schema.columns[position].type, column.type)
      },
      added: rows.added, removed: rows.removed, changed: rows.changed)
  }
}

/// One of the two snapshots of a diff with its row groups.
struct DiffSide {
  let snapshot: Snapshot
  let groups: [RowGroupManifest]

  init(_ snapshot: Snapshot) throws(StoreError) {
    self.snapshot = snapshot
    let decoder = try ChunkDecoder()
    var groups: [RowGroupManifest] = []
    for index in snapshot.manifest.groups.indices {
      groups.append(try snapshot.group(index, decoder))
    }
    self.groups = groups
  }

  /// The values of the column called `name`, null where the snapshot lacks it.
  func vector(
    _ name: String, _ group: Int, _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> ColumnVector {
    guard let position = snapshot.schema.index(of: name) else {
      return .nulls(.json, count: groups[group].rows)
    }
    return try snapshot.vector(column: position, of: groups[group], decoder)
  }

  /// The chunk of the column called `name`; nil when it is null throughout or not there.
  func chunk(_ name: String, _ group: Int) -> Digest? {
    snapshot.schema.index(of: name).flatMap { groups[group].chunks[$0] }
  }

  func type(_ name: String) -> ColumnType? {
    snapshot.schema.index(of: name).map { snapshot.schema.columns[$0].type }
  }
}

/// The result of a diff among the rows.
struct DiffRows {
  var added: [VersionDiff.Place] = []
  var removed: [VersionDiff.Place] = []
  var changed: [VersionDiff.Change] = []
}
