import Model
import Store

/// How many rows differ between two versions.
struct ChangeCounts {
  let added: Int
  let removed: Int
  let changed: Int

  init(_ diff: VersionDiff) {
    added = diff.added.count
    removed = diff.removed.count
    changed = diff.changed.count
  }

  /// The counts of a version against its parent; nil for a dataset's first.
  init?(_ version: Version, in store: Store) throws(StoreError) {
    guard let number = version.record.parent else { return nil }
    let parent = try store.resolve(Reference(dataset: version.dataset, selector: .number(number)))
    self.init(try store.diff(try store.snapshot(parent), try store.snapshot(version)))
  }

  /// `+20 −10 ~200`.
  var text: String { "+\(added) −\(removed) ~\(changed)" }

  /// The members that tell the counts wherever `--json` does.
  var json: [(name: String, value: JSONValue)] {
    [
      ("added", .integer(added)), ("removed", .integer(removed)), ("changed", .integer(changed)),
    ]
  }
}
