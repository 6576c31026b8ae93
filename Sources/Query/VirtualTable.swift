import Columns
import GRDBSQLite
import Model

/// A ``QueryTable`` as SQLite sees it: declared columns, and plans for scans.
final class VirtualTable {
  /// How SQLite compares a column with other values.
  enum Affinity {
    case number, text, timestamp, untyped
  }

  let state: QueryState
  let table: QueryTable
  /// The columns in SQL, with those that every multi-version table has at the end.
  let columns: [ColumnDefinition]
  /// What columns are called in SQL, where names that differ only in case are one name.
  let sqlNames: [String]
  /// The rows of all parts.
  let rowCount: Int
  /// Plans by the number that SQLite hands back when a scan starts.
  private(set) var plans: [ScanPlan] = []

  /// The columns of every multi-version table.
  static let versionColumns = [
    ColumnDefinition(name: "_version", type: .int64),
    ColumnDefinition(name: "_created_at", type: .string),
    ColumnDefinition(name: "_message", type: .string),
  ]

  init(_ table: QueryTable, state: QueryState) {
    self.state = state
    rowCount = table.parts.reduce(0) { $0 + $1.rowCount }
    self.table = table
    columns = table.columns + (table.isMultiVersion ? Self.versionColumns : [])
    sqlNames = Self.sqlNames(columns.map(\.name), reserved: table.isMultiVersion ? 3 : 0)
  }

  /// Whether `column` is the same for a whole version.
  func isVersionColumn(_ column: Int) -> Bool { table.isVersionColumn(column) }

  /// The statement that tells SQLite of the columns.
  var declaration: String {
    let parts = zip(sqlNames, columns).map { name, column in
      let type =
        switch column.type {
        case .bool, .int64: " INTEGER"
        case .float64: " REAL"
        case .string, .timestamp, .file: " TEXT"
        case .json: ""
        }
      return Self.quoted(name) + type
    }
    return "CREATE TABLE t(" + parts.joined(separator: ", ") + ")"
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
    case .json: .untyped
    }
  }

  /// Keeps a plan; SQLite gets its number.
  func add(_ plan: ScanPlan) -> Int32 {
    plans.append(plan)
    return Int32(plans.count - 1)
  }

  /// Names that SQLite tells apart, which ignores the case of ASCII letters.
  ///
  /// `score` and `Score` become `score` and `Score_2`; the last `reserved` names never change.
  static func sqlNames(_ names: [String], reserved: Int) -> [String] {
    let fixed = names.suffix(reserved)
    var taken = Set(fixed.map { $0.lowercased() })
    let exact = Set(names.map { $0.lowercased() })
    return names.dropLast(reserved).map { name in
      var candidate = name
      var number = 1
      while !taken.insert(candidate.lowercased()).inserted {
        repeat {
          number += 1
          candidate = "\(name)_\(number)"
        } while exact.contains(candidate.lowercased())
      }
      return candidate
    } + fixed
  }
}
