import GRDBSQLite
import Model
import Query

/// Ordinary SQLite tables with the rows that virtual tables claim to have.
@safe final class ReferenceDatabase {
  private let handle: OpaquePointer

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  init() throws {
    var opened: OpaquePointer?
    guard unsafe sqlite3_open(":memory:", &opened) == SQLITE_OK, let opened = unsafe opened else {
      throw Failure(description: "no connection")
    }
    unsafe handle = opened
    unsafe MomentOrder.register(on: handle)
  }

  deinit { unsafe sqlite3_close_v2(handle) }

  /// Makes a table of the rows of all versions; version columns when there are several.
  func create(_ name: String, _ versions: [TestTable], isMultiVersion: Bool) throws {
    var columns = versions[0].columns.map { "\"\($0.name)\"" + Self.declaredType($0.type) }
    if isMultiVersion {
      columns += [
        "_version INTEGER", "_created_at TEXT COLLATE \(MomentOrder.name)", "_message TEXT",
      ]
    }
    _ = try rows("CREATE TABLE \"\(name)\"(\(columns.joined(separator: ", ")))")
    for (index, table) in versions.enumerated() {
      let part = MemorySource.part(index + 1)
      for row in 0..<table.rowCount {
        var values = table.columns.map { Self.sqlValue($0.values[row], $0.type) }
        if isMultiVersion {
          values += [
            .integer(Int64(part.version)), .text(part.createdAt.description), .text(part.message),
          ]
        }
        let list = values.map(Self.literal).joined(separator: ", ")
        _ = try rows("INSERT INTO \"\(name)\" VALUES (\(list))")
      }
    }
  }

  private static func declaredType(_ type: ColumnType) -> String {
    switch type {
    case .bool, .int64: " INTEGER"
    case .float64: " REAL"
    case .string, .file: " TEXT"
    case .timestamp: " TEXT COLLATE \(MomentOrder.name)"
    case .json, .vector: ""
    }
  }

  /// JSON texts of mixed columns, and what SQL shows of them.
  static let mixed: [String: QueryValue] = [
    "1": .integer(1), "-7": .integer(-7), "0.5": .real(0.5), "true": .integer(1),
    "false": .integer(0), "\"x\"": .text("x"), "\"5\"": .text("5"), "[1,2]": .text("[1,2]"),
    "{\"a\":1}": .text("{\"a\":1}"), "\"né\\n\\\"\"": .text("né\n\""),
    "9223372036854775807": .integer(.max),
  ]

  private static func sqlValue(_ value: QueryValue, _ type: ColumnType) -> QueryValue {
    switch (type, value) {
    case (.timestamp, .integer(let time)): .text(Timestamp(microseconds: time).description)
    case (.json, .text(let json)): mixed[json] ?? .null
    default: value
    }
  }

  static func literal(_ value: QueryValue) -> String {
    switch value {
    case .null: "NULL"
    case .integer(.min): "(-9223372036854775807 - 1)"
    case .integer(let integer): String(integer)
    case .real(let real) where real.isNaN: "NULL"
    case .real(let real) where real.isInfinite: real > 0 ? "9e999" : "-9e999"
    case .real(let real): real.description
    case .text(let text): "'" + text.replacing("'", with: "''") + "'"
    case .blob: "NULL"
    }
  }

  /// All rows of a statement.
  func rows(_ sql: String) throws -> [[QueryValue]] {
    var statement: OpaquePointer?
    guard unsafe sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else {
      throw Failure(description: unsafe String(cString: sqlite3_errmsg(handle)))
    }
    defer { unsafe sqlite3_finalize(statement) }
    var rows: [[QueryValue]] = []
    while true {
      switch unsafe sqlite3_step(statement) {
      case SQLITE_DONE: return rows
      case SQLITE_ROW:
        let count = unsafe sqlite3_column_count(statement)
        rows.append((0..<count).map { unsafe Self.value(statement, $0) })
      default: throw Failure(description: unsafe String(cString: sqlite3_errmsg(handle)))
      }
    }
  }

  private static func value(_ statement: OpaquePointer?, _ index: Int32) -> QueryValue {
    switch unsafe sqlite3_column_type(statement, index) {
    case SQLITE_INTEGER: unsafe .integer(sqlite3_column_int64(statement, index))
    case SQLITE_FLOAT: unsafe .real(sqlite3_column_double(statement, index))
    case SQLITE_TEXT: unsafe .text(String(cString: sqlite3_column_text(statement, index)))
    default: .null
    }
  }
}
