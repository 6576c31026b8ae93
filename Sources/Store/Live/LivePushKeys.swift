import Model
import Synchronization

/// The idempotency keys that pushes of a dataset used, so that rows do not come with one of them.
///
/// Each version's key is read once. Only hashes are held, eight bytes per version; a hit is looked
/// up. Answers to pushes that made no version are looked up by name, which usually reads nothing.
final class LivePushKeys: Sendable {
  private struct Known {
    /// The newest version whose key was taken.
    var number = 0
    var hashes: Set<Int> = []
  }

  private let known = Mutex(Known())

  /// An empty set of keys.
  init() {}

  /// Returns true when a push of a dataset has used `key`, which the caller holds; `newest` is the
  /// number of the dataset's latest version.
  func have(
    _ key: String, of dataset: DatasetName, newest: Int, _ store: Store
  ) throws(StoreError) -> Bool {
    let hash = DataText(key).hashValue
    let mayBeUsed = try known.withLock { known throws(StoreError) in
      if newest > known.number {
        for key in try store.idempotencyKeys(of: dataset, after: known.number) {
          known.hashes.insert(DataText(key).hashValue)
        }
        known.number = newest
      }
      return known.hashes.contains(hash)
    }
    if mayBeUsed, try store.version(of: dataset, idempotencyKey: key) != nil { return true }
    return try store.unchangedAnswer(to: key, in: dataset) != nil
  }
}
