/// How a diff is told.
package struct DiffRequest: Sendable, Hashable {
  /// The form of the text.
  package enum Format: String, Sendable, CaseIterable {
    case text, jsonl, json, csv, markdown
  }

  /// How much of it is told.
  package enum Detail: String, Sendable, CaseIterable {
    /// How many rows differ.
    case counts
    /// Also how many cells of each column.
    case columns
    /// The rows.
    case rows
  }

  package var format: Format
  package var detail = Detail.rows
  /// The most rows told; nil for all.
  package var limit: Int?

  /// All rows in `format`.
  package init(format: Format) { self.format = format }
}
