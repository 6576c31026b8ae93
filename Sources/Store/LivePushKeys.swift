import Model

/// The idempotency keys that pushes of a dataset used, so that rows do not come with one of them.
///
/// Each version is asked for its key once. Hashes are kept, eight bytes a version; a hit is looked
/// up.
struct LivePushKeys: Sendable {
  /// The newest version whose key was taken.
  private var number = 0
  private var hashes: Set<Int> = []

  /// Whether a push has `key`; `newest` is the number of the dataset's latest version.
  mutating func has(
    _ key: String, of dataset: DatasetName, newest: Int, _ store: Store
  ) throws(StoreError) -> Bool {
    if newest > number {
      for key in try store.idempotencyKeys(of: dataset, after: number) {
        hashes.insert(DataText(key).hashValue)
      }
      number = newest
    }
    if hashes.contains(DataText(key).hashValue),
      try store.version(of: dataset, idempotencyKey: key) != nil
    {
      return true
    }
    return try store.unchangedAnswer(to: key, in: dataset) != nil
  }
}
