import Access
import Foundation
import LiveRouting
import Model
import Objects
import Service
import Wire

/// The state that all routes share: the store, its callers' rights, and the threads for blocking
/// calls.
package final class Backend: Sendable {
  /// The store as a caller sees it.
  let service: @Sendable (Caller) -> any StoreService
  /// Nil where no rows are taken.
  let rows: LocalRowService?
  /// Nil for a store that is not a local folder.
  let versionCache: VersionCache?
  /// Nil where nothing is routed.
  let routers: LiveRouters?
  /// The calls on models as a caller may make them; nil where none are made.
  let models: (@Sendable (Caller) -> LocalStoreService)?
  let runs = RunJobs()
  let tokens: LocalTokenService
  let audit: AuditLog
  let options: ServerOptions
  let clock: @Sendable () -> Timestamp
  /// The folder of temporary files.
  let folder: String
  let renderings: Renderings
  let jobs: Jobs
  let metrics: RequestMetrics
  /// For calls that are short: records, lists, tags.
  let quick: BlockingPool
  /// For rows that wait for the disk: those that wait together share the wait.
  let appends: BlockingPool
  /// For each kind of call that takes a processor.
  private let pools: [Work: BlockingPool]
  let calls = RunningCalls()

  /// A backend over the store at `home`.
  init(
    home: StoreHome, options: ServerOptions, clock: @escaping @Sendable () -> Timestamp,
    service: @escaping @Sendable (Caller, LocalStoreService.QueryLimits) -> any StoreService,
    rows: LocalRowService?,
    versionCache: VersionCache?, routers: LiveRouters?,
    models: (@Sendable (Caller, LocalStoreService.QueryLimits) -> LocalStoreService)?
  ) {
    let limits = options.queryLimits
    self.service = { service($0, limits) }
    if let models {
      self.models = { models($0, limits) }
    } else {
      self.models = nil
    }
    self.rows = options.isReadOnly ? nil : rows
    self.versionCache = versionCache
    self.routers = routers
    self.options = options
    self.clock = clock
    tokens = LocalTokenService(disk: home.access, clock: clock)
    audit = AuditLog(disk: home.access)
    folder = Self.temporaryFolder(home.scratch)
    renderings = Renderings(
      limitBytes: options.cacheBytes, memoryLimitBytes: options.cacheMemoryBytes)
    jobs = Jobs()
    metrics = RequestMetrics()
    let cores = max(2, ProcessInfo.processInfo.activeProcessorCount)
    quick = BlockingPool(threads: 4)
    appends = BlockingPool(threads: 32)
    pools = Dictionary(
      uniqueKeysWithValues: Work.allCases.map { ($0, BlockingPool(threads: $0.threads(cores))) })
  }

  /// The store's own folder for files under way, where there is one that may be written.
  private static func temporaryFolder(_ own: String) -> String {
    if FileManager.default.isWritableFile(atPath: own) { return own }
    return ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
  }

  /// Runs a short call on the store as the caller sees it.
  func onShortPool<Value: Sendable>(
    _ context: ServerContext, _ body: @Sendable (any StoreService) throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    let service = service(context.caller)
    return try await quick.run { () throws(StoreError) in try body(service) }
  }

  /// A kind of call that takes a processor: the longest ones of a kind hold up nothing but others
  /// of it.
  enum Work: Hashable, CaseIterable {
    /// Rows, differences, what the store is made of.
    case reading
    /// Pushes, attachments, what rows that came live become.
    case writing
    /// Comparisons, reports, trends, backtests, ratings.
    case analysis
    /// SQL that came with the request.
    case sql
    case scoring
    /// Runs that are made ready, providers, prices, prompts.
    case models

    /// The number of calls at once; reading and writing also wait for disks.
    fileprivate func threads(_ cores: Int) -> Int {
      self == .reading || self == .writing ? cores + 2 : cores
    }
  }

  /// The threads for calls of a kind.
  func pool(_ work: Work) -> BlockingPool {
    guard let pool = pools[work] else { preconditionFailure("there is a pool for all kinds") }
    return pool
  }

  /// Runs a call that takes a processor, on the store as the caller sees it, until its client goes.
  func onWorkerPool<Value: Sendable>(
    _ context: ServerContext, _ work: Work,
    _ body: @escaping @Sendable (any StoreService) throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    let service = service(context.caller)
    let pool = pool(work)
    let result = await calls.untilGone(context) { () -> Result<Value, StoreError> in
      do throws(StoreError) {
        return .success(try await pool.run { () throws(StoreError) in try body(service) })
      } catch {
        return .failure(error)
      }
    }
    do throws(StoreError) { return try result.get() } catch { throw ended(error) }
  }

  /// The error of a call, which the end of the server may have caused.
  func ended(_ error: StoreError) -> StoreError {
    guard error.kind == .exhausted, calls.isEnding else { return error }
    return StoreError(.unavailable, "the server is shutting down; ask again when it is back")
  }

  /// The service that takes rows.
  /// - Throws: ``StoreError`` of kind `denied` where none are taken.
  var openRows: LocalRowService {
    get throws(StoreError) {
      guard let rows else {
        throw StoreError(.denied, "this server takes no rows; send them to one that may write")
      }
      return rows
    }
  }

  /// Records a change in the audit log; the request is answered only when that is durable.
  func record(
    _ context: ServerContext, _ operation: String, on target: String, result: String? = nil
  ) async throws(StoreError) {
    let entry = AuditEntry(
      time: clock(), caller: context.caller, operation: operation, target: target,
      result: result, requestID: context.requestID)
    do throws(StoreError) {
      try await quick.run(isCancellable: false) { () throws(StoreError) in
        try self.audit.append(entry)
      }
    } catch {
      var uncertain = StoreError(
        .unavailable,
        "\(result ?? target) is saved by \(operation), but not who did it "
          + "(\(error.message.prefix { $0 != ";" })): do not repeat it without its Idempotency-Key")
      uncertain.detail = .mayBeSaved
      throw uncertain
    }
  }

  /// Ends the threads that serve requests.
  func shutDown() async throws {
    try await runs.shutDown()
    try await appends.shutDown()
    for pool in pools.values { try await pool.shutDown() }
    try await quick.shutDown()
  }
}
