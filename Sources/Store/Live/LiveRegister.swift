import Model
import Synchronization

/// The appender of rows for an open store in this process, which knows the idempotency keys of rows
/// without reading a file.
final class LiveRegister: Sendable {
  private struct Entry {
    weak var appender: LiveAppender?
  }

  private let entry = Mutex(Entry())

  /// A register without an appender.
  init() {}

  /// Registers the appender of rows.
  func enter(_ appender: LiveAppender) { entry.withLock { $0.appender = appender } }

  /// Returns true when rows of a dataset came with a key; nil without an appender in this process.
  func has(_ key: String, in dataset: DatasetName) -> Bool? {
    entry.withLock { $0.appender }?.has(key, in: dataset)
  }
}
