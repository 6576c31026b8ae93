package import Model

/// The rows to be scored: columns of outputs with those of their inputs, in memory.
///
/// An immutable value that any thread may read.
package struct ScoredColumns: Sendable {
  /// The cells of one column, one per row.
  package struct Column: Sendable {
    let texts: [String?]
    /// True for a column of texts; other cells are JSON text.
    let isText: Bool

    /// Cells, null where they are nil.
    package init(_ texts: [String?], isText: Bool) {
      self.texts = texts
      self.isText = isText
    }

    /// The cells of other rows, in this order; null where a place is nil.
    package func selecting(_ places: [Int?]) -> Column {
      Column(places.map { place in place.flatMap { texts[$0] } }, isText: isText)
    }
  }

  package let count: Int
  private let columns: [DataText: Column]

  /// The columns of `count` rows.
  package init(count: Int, _ columns: [DataText: Column]) {
    self.count = count
    self.columns = columns
  }

  /// The row at `index`.
  package func item(_ index: Int) -> ScoredItem { ScoredItem(columns: self, row: index) }

  func column(_ name: String) -> Column? { columns[name] }
}

/// An output: a row of ``ScoredColumns``.
package struct ScoredItem: Sendable {
  fileprivate let columns: ScoredColumns
  fileprivate let row: Int

  /// A cell: a text as it is, any other value as its JSON; nil for null.
  func cell(_ column: String) -> (text: String, isText: Bool)? {
    guard let column = columns.column(column), let text = column.texts[row] else { return nil }
    return (text, column.isText)
  }

  /// The output that a scorer judges.
  /// - Throws: ``ScoringFailure`` when the row has none.
  func output(_ column: String) throws(ScoringFailure) -> String {
    guard let cell = cell(column) else { throw missing(column) }
    guard !cell.isText, case .string(let text)? = try? JSON(parsing: Array(cell.text.utf8)) else {
      return cell.text
    }
    // A column of mixed values has texts among them.
    return text
  }

  /// The value of a cell that holds JSON, also in a column of texts.
  /// - Throws: ``ScoringFailure`` when the cell is null, or not JSON.
  func json(_ column: String) throws(ScoringFailure) -> JSON {
    guard let cell = cell(column) else { throw missing(column) }
    do throws(JSONFault) {
      return try JSON(text: cell.text)
    } catch {
      throw ScoringFailure("the column '\(column)' is not JSON: \(error.message)")
    }
  }

  /// The failure for a cell without a value.
  private func missing(_ column: String) -> ScoringFailure {
    hasError
      ? ScoringFailure("there is no output: the call failed")
      : ScoringFailure("the column '\(column)' is null")
  }

  /// True when the row records that the call failed, in the column `error`.
  var hasError: Bool { cell(Self.errorColumn).map { !$0.text.isEmpty } ?? false }

  /// The column in which a row records an error of the system.
  package static let errorColumn = "error"
}

extension JSON {
  /// The greatest depth of JSON in a cell.
  private static let cellDepth = 256

  /// Reads JSON text of a cell; of members that are given twice, the last one counts, as most
  /// parsers have it.
  init(text: String) throws(JSONFault) {
    self = try JSON(parsing: Array(text.utf8), depth: Self.cellDepth, keepingDuplicates: true)
      .lastMembers
  }

  private var lastMembers: JSON {
    switch self {
    case .array(let items): return .array(items.map(\.lastMembers))
    case .object(let object):
      var last = JSON.Object()
      for member in object.members { last[member.name] = member.value.lastMembers }
      return .object(last)
    default: return self
    }
  }
}
