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
  /// Which columns got another type for the sake of which values; nil when none did.
  package let notes: [String]?

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
  package init(
    rows: Int, version: VersionDocument?, waiting: [Waiting] = [], notes: [String] = []
  ) {
    self.rows = rows
    self.notes = notes.isEmpty ? nil : notes
    self.version = version
    self.waiting = waiting.isEmpty ? nil : waiting
  }
}
