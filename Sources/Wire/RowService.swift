package import Model

/// What a door asks of a store about rows that come one or a few at a time.
package protocol RowService: Sendable {
  /// Keeps rows; they are on disk when it returns, and readers see them once they are sealed.
  ///
  /// A repeated request with the idempotency key of an earlier one is answered as that one was.
  /// - Throws: ``StoreError``: `invalid` for a bad row, which refuses all, `conflict` when the key
  ///   was used for other rows or another process takes rows for the store.
  func appendRows(
    to dataset: DatasetName, _ body: [UInt8], _ layout: RowsLayout, idempotencyKey: String?
  ) throws(StoreError) -> ReceiptDocument

  /// Makes a version of the rows of a dataset that were answered before.
  func sealRows(of dataset: DatasetName) throws(StoreError) -> SealDocument
}

/// How a body has rows.
package enum RowsLayout: Sendable {
  /// An object, or an array of objects.
  case json
  /// An object a line.
  case lines
}

/// The answer to appended rows.
package struct ReceiptDocument: Codable, Sendable, Hashable {
  /// Names the rows.
  package let receipt: String
  package let rows: Int

  /// A receipt for `rows` rows.
  package init(receipt: String, rows: Int) {
    self.receipt = receipt
    self.rows = rows
  }
}

/// What was sealed.
package struct SealDocument: Codable, Sendable, Hashable {
  package let rows: Int
  /// The version that has the last of them; nil when there were none.
  package let version: VersionDocument?
  /// Rows that do not fit the dataset's key, and wait; nil when there are none.
  package let waiting: [Waiting]?

  /// Rows of one file of the store that wait.
  package struct Waiting: Codable, Sendable, Hashable {
    package let file: String
    package let rows: Int
    /// Why, and what to do about it.
    package let detail: String

    /// `rows` rows of `file`.
    package init(file: String, rows: Int, detail: String) {
      self.file = file
      self.rows = rows
      self.detail = detail
    }
  }

  /// `rows` rows in `version`, while others wait.
  package init(rows: Int, version: VersionDocument?, waiting: [Waiting] = []) {
    self.rows = rows
    self.version = version
    self.waiting = waiting.isEmpty ? nil : waiting
  }
}
