/// The format, detail and limit of a diff.
package struct DiffRequest: Sendable, Hashable {
  /// The form of the text.
  package enum Format: String, Sendable, CaseIterable {
    case text, jsonl, json, csv, markdown
  }

  /// The detail of a diff.
  package enum Detail: String, Sendable, CaseIterable {
    /// The number of rows that differ.
    case counts
    /// Also the number of cells that differ, per column.
    case columns
    /// The differing rows themselves.
    case rows
  }

  package var format: Format
  package var detail = Detail.rows
  /// The most rows to write; nil for all.
  package var limit: Int?

  /// All rows in `format`.
  package init(format: Format) { self.format = format }
}
