package import Model

/// A selection of a version's rows and columns, and the format of the answer.
package struct DataRequest: Sendable {
  package var format: FileFormat
  /// The columns, in this order; nil for all.
  package var columns: [String]?
  /// A condition in SQL that rows must meet.
  package var condition: String?
  /// `column`, `column desc`, more of them after commas; nil for the order of the rows.
  package var order: String?
  /// Rows to leave out at the start.
  package var offset = 0
  /// The most rows; nil for all.
  package var limit: Int?
  /// True to write nulls out in JSON instead of leaving them out.
  package var writesNulls = false

  /// All rows in `format`.
  package init(format: FileFormat) { self.format = format }
}

/// Requests are equal when their texts have the same bytes, since renderings are cached by them.
extension DataRequest: Hashable {
  private struct Parts: Hashable {
    let format: FileFormat
    let columns: [DataText]?
    let condition: DataText?
    let order: DataText?
    let numbers: [Int?]
    let writesNulls: Bool
  }

  private var parts: Parts {
    Parts(
      format: format, columns: columns?.map { DataText($0) },
      condition: condition.map { DataText($0) }, order: order.map { DataText($0) },
      numbers: [offset, limit], writesNulls: writesNulls)
  }

  package static func == (left: DataRequest, right: DataRequest) -> Bool {
    left.parts == right.parts
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(parts) }
}

/// The version of a data answer, and the number of its rows that were written.
package struct DataDocument: Codable, Sendable, Hashable {
  package let version: VersionDocument
  /// The number of rows written, after the condition, offset and limit.
  package let rowsWritten: Int
  /// A sentence about each column whose texts the condition took for numbers; nil for none.
  package let notes: [String]?

  /// `rowsWritten` rows of `version`.
  package init(version: VersionDocument, rowsWritten: Int, notes: [String] = []) {
    self.notes = notes.isEmpty ? nil : notes
    self.version = version
    self.rowsWritten = rowsWritten
  }
}
