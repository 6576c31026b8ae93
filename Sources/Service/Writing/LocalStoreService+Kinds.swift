import Analysis
import Columns
import Formats
import Model
import Store

extension DatasetKind {
  /// True when a push of rows into a dataset of the kind checks them; of reports, the store checks
  /// the form.
  var isCheckedOnPush: Bool { [.ratings, .prices, .reports].contains(self) }
}

extension LocalStoreService {
  /// Pushes rows that come from no file, checked for the kind of their dataset.
  func pushChecked(
    _ reader: any RowReader, into dataset: DatasetName, _ options: PushOptions
  ) throws(StoreError) -> PushResult {
    var (reader, options) = (reader, options)
    let latest = try store.catchUp(dataset)
    let kind = options.kind ?? latest?.record.kind ?? .results
    options.checkedKind = kind.isCheckedOnPush ? kind : nil
    if kind == .ratings { options.key = options.key ?? [RatingColumns.key] }
    try KindRule.require(kind, checked: options.checkedKind, over: latest, in: dataset)
    try checkRows(&reader, of: kind, mode: options.mode, after: latest)
    return try store.push(dataset, reader, options) { _ in }
  }

  /// Throws unless rows of outputs may be saved into a dataset: before they are paid for.
  func requireOutputs(in dataset: DatasetName) throws(StoreError) {
    try KindRule.require(.outputs, checked: nil, over: try store.catchUp(dataset), in: dataset)
  }

  /// Checks rows that are to be pushed by the rules of their kind, and goes back to the first.
  /// - Parameter latest: The version before; nil for a new dataset.
  func checkRows(
    _ reader: inout any RowReader, of kind: DatasetKind, mode: PushMode, after latest: Version?
  ) throws(StoreError) {
    switch kind {
    case .ratings: try checkRatings(&reader, mode: mode, after: latest)
    case .prices: _ = try Self.prices(in: try Self.rows(of: &reader).table, orThrow: .invalid)
    default: break
    }
  }

  /// All rows of a reader as a table, with their lines, after which it is at the first again.
  static func rows(
    of reader: inout any RowReader
  ) throws(StoreError) -> (table: ColumnTable, lines: [UInt32]) {
    var batches: [RowBatch] = []
    var lines: [UInt32] = []
    while let batch = try reader.next() {
      batches.append(batch.rows)
      lines += batch.lines
    }
    try reader.restart()
    let columns = batches.last?.columns ?? []
    var parts: [RowBatch] = []
    for batch in batches { parts.append(try batch.conformed(to: columns)) }
    return (ColumnTable(name: "the file", columns: columns, batches: parts), lines)
  }
}
