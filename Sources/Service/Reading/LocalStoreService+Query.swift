package import Model
import Query
import Store
package import Wire

extension LocalStoreService {
  package func query(
    _ request: QueryRequest, write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> QueryDocument {
    var options = queryOptions()
    if let seconds = request.timeoutSeconds { options.timeLimitSeconds = seconds }
    if let mebibytes = request.memoryMebibytes {
      options.memoryLimitBytes = Self.bytes(mebibytes: mebibytes)
    }
    guard options.timeLimitSeconds > 0, options.memoryLimitBytes > 0, request.limit ?? 0 >= 0 else {
      throw StoreError(
        .usage, "limits of time and memory are positive numbers, a limit of rows 0 or more")
    }
    options.rowLimit = request.limit
    let query = SQLQuery(request.sql, on: StoreQuerySource(store, sees: sees), options: options)
    return try withoutActuallyEscaping(write) { write throws(StoreError) in
      var printer = ResultPrinter(request.format ?? .jsonl, write: write)
      let summary = try query.run(printingTo: &printer)
      return QueryDocument(
        rows: summary.rowCount, isCutShort: summary.isCutShort,
        notes: summary.notes + [printer.note].compactMap(\.self))
    }
  }

  /// The limits of a query that names none.
  func queryOptions() -> QueryOptions {
    var options = QueryOptions(
      timeLimitSeconds: limits.seconds,
      memoryLimitBytes: Self.bytes(mebibytes: limits.mebibytes), isCancelled: isCancelled)
    options.tables = StoreQuerySource(store, sees: sees)
    return options
  }

  /// Throws when the request was cancelled; called by readers of rows after each page.
  /// - Throws: ``StoreError`` of kind `exhausted`.
  func checkCancellation() throws(StoreError) {
    if let isCancelled, isCancelled() {
      throw .cancelled
    }
  }

  private static func bytes(mebibytes: Int) -> Int {
    let (bytes, isTooMany) = mebibytes.multipliedReportingOverflow(by: 1 << 20)
    return isTooMany && mebibytes > 0 ? Int.max : bytes
  }
}
