import Model
import Synchronization

/// Who takes rows for an open store in this process, and so knows the idempotency keys that came
/// with rows without reading a file.
final class LiveRegister: Sendable {
  private struct Entry {
    weak var appender: LiveAppender?
  }

  private let entry = Mutex(Entry())

  /// Nobody takes rows yet.
  init() {}

  /// Notes who takes rows from now on.
  func enter(_ appender: LiveAppender) { entry.withLock { $0.appender = appender } }

  /// Whether rows of a dataset came with a key; nil when nobody in this process can say.
  func has(_ key: String, in dataset: DatasetName) -> Bool? {
    entry.withLock { $0.appender }?.has(key, in: dataset)
  }
}
