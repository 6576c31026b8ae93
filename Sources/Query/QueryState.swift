import Columns
import Model

/// The state shared by the callbacks of a running query: limits, tables, and its failure.
///
/// Used by one thread, the one that runs the query; the limits by any.
final class QueryState {
  let source: any QuerySource
  let options: QueryOptions
  let limits: QueryLimits
  /// The first error that a callback met; SQLite itself only carries a text.
  private(set) var failure: StoreError?
  /// Tables by the number that their `CREATE VIRTUAL TABLE` names.
  var tables: [(name: String, table: QueryTable)] = []
  /// The numbers of tables by what SQLite's programs call them, and their columns in SQL.
  var handles: [String: Int] = [:]
  var views: [Int: (columns: [ColumnDefinition], watches: [ColumnWatch?])] = [:]
  /// True while the query's own virtual tables are made, which the authorizer would refuse.
  var isDefining = false
  /// The calls of aggregates, with the texts that they read.
  let calls = AggregateCalls()
  /// The rule for the functions that may be called.
  let rule: FunctionRule
  /// SQLite's functions behind those of ours that end by calling them.
  private(set) lazy var originals = OriginalFunctions(valueBytes: limits.valueBytes)
  /// The most notes about columns.
  private static let noteLimit = 8
  /// Calls of the progress handler.
  private var ticks: UInt64 = 0

  init(source: any QuerySource, options: QueryOptions, rule: FunctionRule = .query) {
    self.source = source
    self.rule = rule
    self.options = options
    limits = QueryLimits(options)
  }

  /// A sentence about each column whose texts were taken for numbers.
  var textNotes: [String] {
    var seen: Set<DataText> = []
    let notes = views.sorted { $0.key < $1.key }.flatMap { $0.value.watches }
      .flatMap { $0?.notes ?? [] }.filter { seen.insert(DataText($0)).inserted }
    let more = notes.count - Self.noteLimit
    return more > 0
      ? notes.prefix(Self.noteLimit) + ["\(more) more columns hold texts where numbers are read"]
      : notes
  }

  /// Keeps the first error.
  func fail(_ error: StoreError) {
    if failure == nil { failure = error }
  }

  /// Counts memory that a scan or an aggregate takes (or gives back, when negative).
  func hold(bytes: Int) { limits.hold(bytes: bytes) }

  /// Ends the query when one of its limits is reached.
  func check() throws(StoreError) { try limits.check() }

  /// For the progress handler, which is called after few steps: whether the query must end, which
  /// is looked at each time where values are large, and otherwise now and then.
  func mustStopAtTick() -> Bool {
    ticks &+= 1
    guard limits.holdsLarge || ticks % 64 == 0 else { return failure != nil }
    return mustStop()
  }

  /// The same for callbacks, which cannot throw: whether the query must end.
  func mustStop() -> Bool {
    do throws(StoreError) {
      try check()
      return failure != nil
    } catch {
      fail(error)
      return true
    }
  }
}
