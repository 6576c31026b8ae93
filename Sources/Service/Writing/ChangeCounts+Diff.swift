import Model
import Store
import Wire

extension ChangeCounts {
  /// The counts of a diff.
  init(_ diff: VersionDiff) {
    self.init(
      added: diff.added.count, removed: diff.removed.count, changed: diff.changed.count)
  }

  /// The counts of a version against its parent; nil for a dataset's first, and where two rows of
  /// one have the same key.
  init?(_ version: Version, in store: Store) throws(StoreError) {
    guard let number = version.record.parent else { return nil }
    let parent = try store.resolve(Reference(dataset: version.dataset, selector: .number(number)))
    do throws(StoreError) {
      self.init(try store.diff(try store.snapshot(parent), try store.snapshot(version)))
    } catch  where error.kind == .invalid {
      // Keys do not identify the rows of one of the two; the version is saved anyway.
      return nil
    }
  }
}
