package import Access
import Formats
import Foundation
package import Model
package import Store
import Synchronization
package import Wire

/// Rows that come one or a few at a time, for a store in a folder.
///
/// Any thread may call. The right to take rows, which one process at a time has, is taken with
/// ``open()`` or with the first rows.
package final class LocalRowService: Sendable {
  private let store: Store
  private let options: LiveOptions
  private let appender = Mutex<LiveAppender?>(nil)

  /// The rows that come for `store`.
  package init(_ store: Store, _ options: LiveOptions = LiveOptions()) {
    self.store = store
    self.options = options
  }

  /// Takes the right to take rows, and what an earlier process left to be sealed.
  /// - Throws: ``StoreError`` of kind `conflict` while another process has the right.
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

  /// Keeps rows; they are on disk when it returns, and readers see them once they are sealed.
  ///
  /// A repeated request with the idempotency key of an earlier one is answered as that one was.
  /// - Parameter caller: Who sends the rows, which name no attachment that they do not see.
  /// - Throws: ``StoreError``: `invalid` for a bad row, which refuses all, `conflict` when the key
  ///   was used for other rows or another process takes rows for the store.
  package func appendRows(
    to dataset: DatasetName, _ body: [UInt8], _ layout: RowsLayout, idempotencyKey: String?,
    as caller: Caller
  ) throws(StoreError) -> ReceiptDocument {
    let appender = try opened()
    let sees = LocalStoreService(store, author: "").limited(to: caller).fileSight
    let receipt: LiveReceipt
    switch layout {
    case .lines:
      receipt = try appender.append(
        dataset, MemorySource(name: "the body", bytes: body), layout: .lines,
        idempotencyKey: idempotencyKey, sees: sees)
    case .json:
      let isObject = body.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "{")
      // An object alone is an array of one; what follows it must not become a second one.
      if isObject, (try? JSONSerialization.jsonObject(with: Data(body))) == nil {
        throw StoreError(
          .invalid,
          "the body is not one JSON object; send an array, or a row a line as "
            + "application/x-ndjson")
      }
      let array =
        isObject ? [UInt8(ascii: "[")] + body + [UInt8(ascii: "]")] : body
      receipt = try appender.append(
        dataset, MemorySource(name: "the body", bytes: array), layout: .array,
        idempotencyKey: idempotencyKey, sees: sees)
    }
    return ReceiptDocument(receipt: receipt.id, rows: receipt.rows)
  }

  /// Makes a version of the rows of a dataset that were answered before.
  package func sealRows(of dataset: DatasetName) throws(StoreError) -> SealDocument {
    let seal = try opened().seal(dataset)
    return SealDocument(
      rows: seal.rows,
      version: seal.version.map { VersionDocument($0, sees: { $0 == dataset }) },
      waiting: seal.waiting.map {
        .init(file: $0.file, rows: $0.rows, detail: $0.error.message)
      }, notes: seal.notes)
  }

  /// Makes versions of the rows that have waited long enough, or of all of them; failures are
  /// returned, and tried again at the next call.
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

extension LocalStoreService {
  /// The rows that come one or a few at a time.
  package func rows(_ options: LiveOptions = LiveOptions()) -> LocalRowService {
    LocalRowService(store, options)
  }
}
