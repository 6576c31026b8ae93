import CSQLiteMemory
import Model

/// The limits of one query and what it has used of them; any thread may ask.
@safe final class QueryLimits: Sendable {
  private let options: QueryOptions
  private let deadline: ContinuousClock.Instant
  /// Counts what SQLite holds for this query, and refuses it more than the limit; and what scans
  /// and aggregates hold, which only ``check()`` refuses.
  ///
  /// Its functions may be called by any thread, and it lives as long as this object.
  private nonisolated(unsafe) let meter: OpaquePointer

  /// SQLite needs so much to say anything at all.
  private static let leastBytes = 1 << 20

  init(_ options: QueryOptions) {
    self.options = options
    deadline = ContinuousClock.now + .seconds(options.timeLimitSeconds)
    guard
      let meter = unsafe assay_meter_make(Int64(max(options.memoryLimitBytes, Self.leastBytes)))
    else { preconditionFailure("there is no memory for 24 bytes") }
    unsafe self.meter = meter
  }

  deinit { unsafe assay_meter_free(meter) }

  /// Counts what SQLite allocates on this thread while `body` runs, and refuses it memory from when
  /// `state` says that the query must end, which is checked once per mebibyte.
  func counting<Value>(
    _ state: QueryState, _ body: () throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    let context = unsafe Unmanaged.passUnretained(state).toOpaque()
    unsafe assay_meter_ask(
      meter,
      { context in
        guard let context = unsafe context else { return true }
        // The state outlives the call of `counting`, the only time during which this is called.
        return unsafe Unmanaged<QueryState>.fromOpaque(context).takeUnretainedValue().mustStop()
      }, context)
    let outer = unsafe assay_meter_enter(meter)
    defer {
      unsafe assay_meter_enter(outer)
      unsafe assay_meter_ask(meter, nil, nil)
    }
    return try body()
  }

  /// True when a value was so large that single operations on it take noticeable time; for the
  /// thread that runs the query.
  var holdsLarge: Bool { unsafe assay_meter_large(meter) }

  /// Counts nothing of what SQLite allocates on this thread while `body` runs: what the store's own
  /// index holds is not the query's, and outlives it.
  static func uncounted<Value>(
    _ body: () throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    let outer = unsafe assay_meter_enter(nil)
    defer { unsafe assay_meter_enter(outer) }
    return try body()
  }

  /// The most bytes of a value: what one call of a function takes time for.
  static let largestValueBytes = 64 << 20

  /// The most bytes of one value.
  var valueBytes: Int {
    min(max(options.memoryLimitBytes, Self.leastBytes), Self.largestValueBytes)
  }

  /// Counts memory that a scan or an aggregate takes (or gives back, when negative).
  func hold(bytes: Int) { unsafe assay_meter_add(meter, Int64(bytes)) }

  /// True when SQLite was refused memory.
  var isFull: Bool { unsafe assay_meter_refused(meter) }

  /// The error for a query that would hold more than it may.
  var memoryError: StoreError {
    .requestLimit(
      "the query was stopped at its memory limit of \(options.memoryLimitBytes >> 20) MiB; "
        + "select fewer columns, narrow it with WHERE, or raise the memory limit")
  }

  /// Ends the query when one of its limits is reached.
  func check() throws(StoreError) {
    if let isCancelled = options.isCancelled, isCancelled() {
      throw .requestLimit("the query was cancelled")
    }
    guard ContinuousClock.now < deadline else {
      throw .requestLimit(
        "the query was stopped after its time limit of \(Self.text(options.timeLimitSeconds)) s; "
          + "narrow it with WHERE or LIMIT, or raise the time limit")
    }
    guard !isFull, unsafe assay_meter_used(meter) <= options.memoryLimitBytes else {
      throw memoryError
    }
  }

  private static func text(_ seconds: Double) -> String {
    seconds == seconds.rounded() && seconds < 1e9 ? String(Int(seconds)) : String(seconds)
  }
}
