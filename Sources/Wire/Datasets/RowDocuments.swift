/// The layout of rows in a request's body.
package enum RowsLayout: Sendable {
  /// An object, or an array of objects.
  case json
  /// An object per line.
  case lines
}

/// The answer to appended rows.
package struct ReceiptDocument: Codable, Sendable, Hashable {
  /// The id of the rows: the file of the store that they wait in, and their place in it.
  package let receipt: String
  package let rows: Int

  /// A receipt for `rows` rows.
  package init(receipt: String, rows: Int) {
    self.receipt = receipt
    self.rows = rows
  }
}

/// The rows that a seal moved into a version, and those that it could not.
package struct SealDocument: Codable, Sendable, Hashable {
  package let rows: Int
  /// The version that has the last of them; nil when there were no rows.
  package let version: VersionDocument?
  /// Rows that do not fit the dataset's key, and wait; nil for none.
  package let waiting: [Waiting]?
  /// Columns whose type changed, with the values that required it; nil for none.
  package let notes: [String]?

  /// Rows of one file of the store that wait.
  package struct Waiting: Codable, Sendable, Hashable {
    package let file: String
    package let rows: Int
    /// The reason for which they wait, and what to do about it.
    package let detail: String

    /// `rows` rows of `file`.
    package init(file: String, rows: Int, detail: String) {
      self.file = file
      self.rows = rows
      self.detail = detail
    }
  }

  /// The result of a seal: `rows` rows in `version`, while others wait.
  package init(
    rows: Int, version: VersionDocument?, waiting: [Waiting] = [], notes: [String] = []
  ) {
    self.rows = rows
    self.notes = notes.isEmpty ? nil : notes
    self.version = version
    self.waiting = waiting.isEmpty ? nil : waiting
  }
}
