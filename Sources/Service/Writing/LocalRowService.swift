package import Access
package import Columns
import Formats
import LiveRouting
package import Model
package import Store
import Synchronization
package import Wire

/// The rows that come one or a few at a time, for a store in a local folder.
///
/// Any thread may call. One process at a time holds the lock for taking rows, which ``open()`` or
/// the first rows acquire.
package final class LocalRowService: Sendable {
  private let store: Store
  private let options: LiveOptions
  private let appender = Mutex<LiveAppender?>(nil)

  /// A service of rows for `store`.
  package init(_ store: Store, _ options: LiveOptions = LiveOptions()) {
    self.store = store
    self.options = options
  }

  /// Acquires the lock for taking rows, and recovers an earlier process's segments.
  /// - Throws: ``StoreError`` of kind `conflict` while another process holds the lock.
  package func open() throws(StoreError) {
    _ = try opened()
  }

  private func opened() throws(StoreError) -> LiveAppender {
    try appender.withLock { (appender) throws(StoreError) in
      if let appender { return appender }
      let opened = try LiveAppender(store, options)
      appender = opened
      return opened
    }
  }

  /// Saves rows; they are on disk when it returns, and readers see them once they are sealed.
  ///
  /// A repeated request with the idempotency key of an earlier one returns the same answer.
  /// - Parameters:
  ///   - caller: The sender of the rows, which name no attachment that they do not see.
  ///   - required: The column that has to have a text in every row.
  /// - Throws: ``StoreError``: `invalid` for a bad row, which refuses all, `conflict` when the key
  ///   was used for other rows or another process takes rows for the store.
  package func appendRows(
    to dataset: DatasetName, _ body: [UInt8], _ layout: RowsLayout, idempotencyKey: String?,
    as caller: Caller, required: String? = nil
  ) throws(StoreError) -> ReceiptDocument {
    let receipt = try opened().append(
      dataset, MemorySource(name: "the body", bytes: body),
      layout: layout == .lines ? .lines : .document, idempotencyKey: idempotencyKey,
      sees: access(of: caller), required: required)
    return ReceiptDocument(receipt: receipt.id, rows: receipt.rows)
  }

  /// The access to attachments by which the rows of a caller are checked; nil for all of them.
  private func access(of caller: Caller) -> FileAccess? {
    LocalStoreService(store, author: "").limited(to: caller).fileAccess
  }

  /// Makes a version of a dataset's acknowledged rows.
  package func sealRows(of dataset: DatasetName) throws(StoreError) -> SealDocument {
    let seal = try opened().seal(dataset)
    return SealDocument(
      rows: seal.rows,
      version: seal.version.map { VersionDocument($0, sees: { $0 == dataset }) },
      waiting: seal.waiting.map {
        .init(file: $0.file, rows: $0.rows, detail: $0.error.message)
      }, notes: seal.notes)
  }

  /// Makes versions of the rows that have waited long enough, or of all; failures are returned, and
  /// tried again at the next call.
  package func sealDue(all: Bool = false) -> [(dataset: DatasetName, error: StoreError)] {
    guard let appender = appender.withLock({ $0 }) else { return [] }
    return (all ? appender.sealAll() : appender.sealDue()).compactMap { dataset, outcome in
      switch outcome {
      case .failure(let error): return (dataset, error)
      case .success(let seal):
        guard let wait = seal.waiting.first else { return nil }
        return (dataset, wait.error)
      }
    }
  }
}

extension LocalRowService: RowService {
  package func appendRows(to dataset: DatasetName, _ rows: RowBatch) throws(StoreError) {
    // Rows of no caller in particular name no attachment that the dataset does not have.
    let limited = Caller(
      tokenID: nil, name: "", scope: .write, visibility: .dataset(dataset), expiresAt: nil)
    _ = try opened().append(dataset, rows, sees: access(of: limited))
  }
}

extension LocalStoreService {
  /// The service of rows that come one or a few at a time.
  package func rows(_ options: LiveOptions = LiveOptions()) -> LocalRowService {
    LocalRowService(store, options)
  }
}
