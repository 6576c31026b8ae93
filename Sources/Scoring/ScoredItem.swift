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
  /// The columns that are read as references (``ScorerColumns/references``), where those are others
  /// than ``columns`` of the same names.
  private let references: [DataText: Column]
  /// Called now and then from any thread; true when the scores are not wanted any more.
  package var isCancelled: (@Sendable () -> Bool)?
  /// The steps that the score of one output may take; tests take fewer.
  package var stepLimit = ScoringWork.limit

  /// The columns of `count` rows.
  package init(
    count: Int, _ columns: [DataText: Column], references: [DataText: Column] = [:]
  ) {
    self.count = count
    self.columns = columns
    self.references = references
  }

  /// The columns that a scorer names.
  package func limited(to scorer: any Measure) -> ScoredColumns { limited(to: scorer.columns) }

  /// The columns that a scorer reads, without those that were read for others, and with that which
  /// says why an output is missing.
  package func limited(to scorer: ScorerColumns) -> ScoredColumns {
    var visible: [DataText: Column] = [:]
    for name in scorer.names + [ScoredItem.errorColumn] { visible[name] = columns[name] }
    for name in scorer.references {
      if let column = references[name] { visible[name] = column }
    }
    var limited = ScoredColumns(count: count, visible)
    limited.isCancelled = isCancelled
    limited.stepLimit = stepLimit
    return limited
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

  /// Called now and then while the row is scored; true when its score is not wanted any more.
  var cancellation: (@Sendable () -> Bool)? { columns.isCancelled }

  /// The steps that its score may take.
  var stepLimit: Int { columns.stepLimit }

  /// The row with only the columns that a scorer reads.
  func limited(to scorer: ScorerColumns) -> ScoredItem {
    ScoredItem(columns: columns.limited(to: scorer), row: row)
  }

  /// A cell as a text, also in a column of mixed values; any other value as its JSON; nil for null.
  func text(_ column: String) -> String? {
    guard let cell = cell(column) else { return nil }
    guard !cell.isText, cell.text.utf8.first == UInt8(ascii: "\""),
      case .string(let text)? = try? JSON(parsing: Array(cell.text.utf8))
    else { return cell.text }
    return text
  }

  /// The digest of the values in some columns, the same for all spellings of a number; nil where
  /// there is none.
  package func digest(of columns: [String]) -> Digest? {
    let names = columns.filter { cell($0) != nil }.map { DataText($0) }
    guard !names.isEmpty else { return nil }
    let members = Set(names).sorted().map { name in
      (name.string, (try? value(name.string)) ?? .null)
    }
    return Digest(hashing: JSON.object(JSON.Object(members)).equalityBytes)
  }

  /// The output that a scorer judges.
  /// - Throws: ``ScoringFailure`` when the row has none.
  func output(_ column: String) throws(ScoringFailure) -> String {
    guard let text = text(column) else { throw missing(column) }
    return text
  }

  /// The value of a cell that holds JSON, also of a text that does: a text is read alike whether
  /// its column has texts only, or other values beside them.
  /// - Throws: ``ScoringFailure`` when the cell is null, or not JSON.
  func json(_ column: String) throws(ScoringFailure) -> JSON {
    guard let text = text(column) else { throw missing(column) }
    do throws(JSONFault) {
      return try JSON(text: text)
    } catch {
      throw ScoringFailure("the column '\(column)' is not JSON: \(error.message)")
    }
  }

  /// The value of a cell as it was saved: a text is a text, whatever it holds.
  /// - Throws: ``ScoringFailure`` when the cell is null, or nested too deep.
  func value(_ column: String) throws(ScoringFailure) -> JSON {
    guard let cell = cell(column) else { throw missing(column) }
    guard !cell.isText else { return .string(cell.text) }
    do throws(JSONFault) {
      return try JSON(text: cell.text)
    } catch {
      throw ScoringFailure("the column '\(column)' cannot be read: \(error.message)")
    }
  }

  /// The failure for a cell without a value.
  private func missing(_ column: String) -> ScoringFailure {
    hasError
      ? ScoringFailure("there is no output: the call failed")
      : ScoringFailure("the column '\(column)' is null")
  }

  /// True when the row records that the call failed, in the column `error`.
  var hasError: Bool { text(Self.errorColumn).map { !$0.isEmpty } ?? false }

  /// The column in which a row records an error of the system.
  package static let errorColumn = "error"
}

extension JSON {
  /// The greatest depth of JSON in a cell.
  private static let cellDepth = 256

  /// Reads a text that may be JSON: the JSON, or the fault of a text that is not.
  /// - Throws: ``ScoringFailure`` for one that is nested too deep to say.
  static func reading(_ text: String) throws(ScoringFailure) -> Result<JSON, JSONFault> {
    do throws(JSONFault) {
      return .success(try JSON(text: text))
    } catch {
      guard !error.isTooDeep else {
        throw ScoringFailure(
          "the text is nested more than \(cellDepth) levels deep, and not read as JSON")
      }
      return .failure(error)
    }
  }

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
