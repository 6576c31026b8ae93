import GRDBSQLite

/// The actions allowed to a query: those that read.
///
/// SQLite asks before each kind of action: https://www.sqlite.org/c3ref/set_authorizer.html defines
/// the codes and names.
enum ReadOnlyRule {
  /// The reason for which an action is refused; nil when it is allowed.
  static func refusal(
    _ action: Int32, _ first: String?, _ second: String?, _ functions: FunctionRule
  ) -> String? {
    switch action {
    case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: nil
    case SQLITE_FUNCTION: functions.refusal(second ?? "")
    case SQLITE_PRAGMA: "PRAGMA \(first ?? "") is not allowed"
    case SQLITE_ATTACH: "ATTACH is not allowed"
    case SQLITE_DETACH: "DETACH is not allowed"
    case SQLITE_TRANSACTION, SQLITE_SAVEPOINT: "transactions are not allowed"
    // What SQLite asks when a statement names a table that is made of one of its modules.
    case SQLITE_UPDATE where first == "sqlite_master" || first == "sqlite_schema":
      "of SQLite's own tables and table functions only json_each and json_tree are allowed"
    case SQLITE_INSERT: "INSERT is not allowed; save data with push"
    case SQLITE_UPDATE: "UPDATE is not allowed; save data with push"
    case SQLITE_DELETE: "DELETE is not allowed; versions never change"
    case SQLITE_REINDEX, SQLITE_ANALYZE: "REINDEX and ANALYZE are not allowed"
    default: "only SELECT is allowed"
    }
  }
}
