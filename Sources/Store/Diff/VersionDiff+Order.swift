import Model

extension VersionDiff {
  /// The key before and now; nil when it is the same.
  package var keyChange: (old: [String], new: [String])? {
    old.schema.key.elementsEqual(new.schema.key, by: { $0.hasBytes(of: $1) })
      ? nil : (old.schema.key, new.schema.key)
  }

  /// The columns of both in the order before and now; nil when it is the same.
  package var columnOrderChange: (old: [String], new: [String])? {
    let before = old.schema.columns.map(\.name).filter { new.schema.index(of: $0) != nil }
    let now = new.schema.columns.map(\.name).filter { old.schema.index(of: $0) != nil }
    return before.elementsEqual(now, by: { $0.hasBytes(of: $1) }) ? nil : (before, now)
  }

  /// True when the snapshots differ only in the order of rows.
  ///
  /// Where something else differs as well, this is false, whatever the order of the rows.
  package var hasOtherRowOrder: Bool {
    old.digest != new.digest && hasSameRowsAndColumns && keyChange == nil
      && columnOrderChange == nil
  }

  /// True when no row, cell or column came, went or changed; their order and the key may have.
  private var hasSameRowsAndColumns: Bool {
    added.isEmpty && removed.isEmpty && changed.isEmpty && addedColumns.isEmpty
      && removedColumns.isEmpty && retypedColumns.isEmpty
  }

  /// True when nothing changed at all: a version's digest is that of its whole content.
  package var isEmpty: Bool { old.digest == new.digest }
}
