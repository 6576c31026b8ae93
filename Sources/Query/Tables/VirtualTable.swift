import Columns
import GRDBSQLite
import Model

/// A ``QueryTable`` as SQLite sees it: declared columns, and plans for scans.
final class VirtualTable {
  /// The affinity by which SQLite compares a column with other values.
  enum Affinity {
    case number, text, timestamp, untyped
  }

  let state: QueryState
  let table: QueryTable
  /// The columns in SQL, with those that every multi-version table has at the end.
  let columns: [ColumnDefinition]
  /// The names of columns in SQL, where names that differ only in case are equal.
  let sqlNames: [String]
  /// The rows of all parts.
  let rowCount: Int
  /// Plans by the number that SQLite hands back when a scan starts.
  private(set) var plans: [ScanPlan] = []
  /// Watches over the columns of texts and of mixed values; nil for the others.
  let watches: [ColumnWatch?]

  /// The columns of every multi-version table.
  static let versionColumns = [
    ColumnDefinition(name: "_version", type: .int64),
    ColumnDefinition(name: "_created_at", type: .timestamp),
    ColumnDefinition(name: "_message", type: .string),
  ]

  init(_ table: QueryTable, state: QueryState) {
    self.state = state
    rowCount = table.parts.reduce(0) { $0 + $1.rowCount }
    self.table = table
    columns = table.columns + (table.isMultiVersion ? Self.versionColumns : [])
    sqlNames = Self.sqlNames(columns.map(\.name), reserved: table.isMultiVersion ? 3 : 0)
    watches = columns.map {
      $0.type == .string || $0.type == .json ? ColumnWatch($0.name) : nil
    }
  }

  /// Returns true when `column` is the same for a whole version.
  func isVersionColumn(_ column: Int) -> Bool { table.isVersionColumn(column) }

  /// The statement that declares the columns to SQLite.
  var declaration: String {
    // SQLite wants a column; a hidden one is not among those of `*`, and always null.
    guard !columns.isEmpty else { return "CREATE TABLE t(\"(nothing)\" HIDDEN)" }
    return "CREATE TABLE t(" + declarations.joined(separator: ", ") + ")"
  }

  /// The columns as a statement declares them.
  var declarations: [String] {
    zip(sqlNames, columns).map { name, column in
      let type =
        switch column.type {
        case .bool, .int64: " INTEGER"
        case .float64: " REAL"
        case .string, .file: " TEXT"
        case .timestamp: " TEXT COLLATE \(MomentOrder.name)"
        case .json, .vector: ""
        }
      return Self.quoted(name) + type
    }
  }

  /// An SQL identifier for any text.
  static func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }

  func affinity(_ column: Int) -> Affinity {
    switch columns[column].type {
    case .bool, .int64, .float64: .number
    case .string, .file: .text
    case .timestamp: .timestamp
    case .json, .vector: .untyped
    }
  }

  /// Keeps a plan; SQLite gets its number.
  func add(_ plan: ScanPlan) -> Int32 {
    plans.append(plan)
    return Int32(plans.count - 1)
  }

  /// Names that are distinct in SQLite, which ignores the case of ASCII letters.
  ///
  /// `score` and `Score` become `score_1` and `Score_2`, so that neither is read where the other is
  /// meant: the bare name is not a column (``columns(called:in:)`` has their names). The last
  /// `reserved` names never change, and another of the same name becomes `name_2`.
  ///
  /// A NUL, which ends a name in SQL, is the sign for one, U+2400.
  static func sqlNames(_ names: [String], reserved: Int) -> [String] {
    let names = names.map(withoutNUL)
    let fixed = names.suffix(reserved)
    let own = names.dropLast(reserved)
    var counts: [DataText: Int] = [:]
    for name in own { counts[name.lowercasedASCII, default: 0] += 1 }
    let exact = names.map(\.lowercasedASCII).textSet
    let bare = fixed.map(\.lowercasedASCII).textSet
    var taken: Set<DataText> = []
    return own.map { name in
      let folded = name.lowercasedASCII
      let isShared = counts[folded, default: 0] > 1
      guard isShared || bare.contains(folded) else { return name }
      var number = isShared ? 1 : 2
      while exact.contains("\(folded)_\(number)")
        || !taken.insert(DataText("\(folded)_\(number)")).inserted
      {
        number += 1
      }
      return "\(name)_\(number)"
    } + fixed
  }

  private static func withoutNUL(_ name: String) -> String {
    guard name.utf8.contains(0) else { return name }
    return name.split(separator: "\0", omittingEmptySubsequences: false).joined(
      separator: "\u{2400}")
  }

  /// The columns of a table that SQLite would all read as `name`, each with what it is called in
  /// SQL; none when there are no two.
  static func columns(
    called name: String, in table: QueryTable
  ) -> [(name: String, sqlName: String)] {
    let reserved = table.isMultiVersion ? versionColumns : []
    let names = table.columns.map(\.name) + reserved.map(\.name)
    let folded = name.lowercasedASCII
    let same = zip(names, sqlNames(names, reserved: reserved.count)).filter {
      $0.0.lowercasedASCII.hasBytes(of: folded)
    }
    return same.count > 1 ? same.map { (name: $0.0, sqlName: $0.1) } : []
  }
}
