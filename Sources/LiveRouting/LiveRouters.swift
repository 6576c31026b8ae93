package import Model
import Routing
import Synchronization
package import Wire

/// The live versions of all routers in memory, and the decisions that they make.
///
/// Any thread may call. Calls that read a disk say so; ``decide(_:_:trusting:trace:needsUnit:)``
/// reads none and waits for none.
package final class LiveRouters: Sendable {
  /// A router, and the newest record of its log when it was read.
  private struct Entry {
    let router: LiveRouter
    let head: Digest?
  }

  private let source: any RuleSource
  private let clock: @Sendable () -> Timestamp
  private let recorder: DecisionRecorder?
  private let unitKey: [UInt8]
  private let samplePPM: Int
  /// The bound of ``samplePPM``: a decision is kept when the last bits of its id are below it.
  private let sampleBound: UInt64
  private let live = Mutex<[DatasetName: Entry]>([:])

  /// The routers of a source; ``loadAll()`` or ``load(_:)`` reads them.
  /// - Parameters:
  ///   - unitKey: The key of the hashes by which records distinguish units.
  ///   - clock: The time of decisions.
  ///   - rows: The place of recorded decisions; nil to record none.
  ///   - samplePPM: The share of decisions that are recorded, in millionths.
  ///   - waitingLimit: The most decisions that wait to be written; more are dropped.
  package init(
    _ source: any RuleSource, unitKey: [UInt8], clock: @escaping @Sendable () -> Timestamp,
    recordingTo rows: (any RowService)?, samplePPM: Int = 1_000_000, waitingLimit: Int = 50_000
  ) {
    self.source = source
    self.unitKey = unitKey
    self.clock = clock
    self.samplePPM = samplePPM
    sampleBound = UInt64(samplePPM) << 24 / 1_000_000
    recorder = rows.map { DecisionRecorder($0, limit: waitingLimit) }
  }

  /// Reads all routers of which something is live, from the disk.
  package func loadAll() throws(StoreError) {
    for name in try source.deployedRouters() { try load(name) }
  }

  /// Reads the live version of a router from the disk; from then on it decides.
  /// - Throws: ``StoreError`` of kind `missing` when there is no such router, or nothing is live.
  package func load(_ name: DatasetName) throws(StoreError) {
    let head = try source.head(of: name)
    let router = try LiveRouter(of: name, from: source)
    live.withLock { live in
      // Another thread may have read later and been first.
      let known = live[name]?.router.deployment?.sequence ?? 0
      guard router.deployment?.sequence ?? 0 >= known else { return }
      live[name] = Entry(router: router, head: head)
    }
  }

  /// Reads the routers that other processes deployed since they were read, from the disk.
  package func refresh() throws(StoreError) {
    for (name, entry) in live.withLock({ $0 })
    where try source.head(of: name) != entry.head {
      try load(name)
    }
  }

  /// The routers that are in memory, in the order of their names.
  package var names: [DatasetName] { live.withLock { $0.keys.sorted() } }

  /// The name of a router's state: another one after a deployment, and after each step of a ramp.
  /// - Returns: nil when the router is not in memory.
  package func state(of name: DatasetName) -> String? {
    guard let deployment = live.withLock({ $0[name] })?.router.deployment else { return nil }
    return "\(name)#\(deployment.sequence):\(deployment.share(at: clock()))"
  }

  /// Decides a request by the rules in memory, and has that recorded.
  /// - Parameters:
  ///   - trusting: True when the caller may state `principal`.
  ///   - trace: The ids of the trace and the span that the request belongs to.
  ///   - needsUnit: True to record nothing of a decision that was drawn for no unit of the context;
  ///     the caller looks at ``RoutedRequest/missingUnit``.
  /// - Returns: nil when the router is not in memory; see ``load(_:)``.
  /// - Throws: ``StoreError`` of kind `usage` for an invalid context.
  package func decide(
    _ name: DatasetName, _ context: [UInt8], trusting: Bool,
    trace: (trace: String, span: String)? = nil, needsUnit: Bool = false
  ) throws(StoreError) -> RoutedRequest? {
    guard let router = live.withLock({ $0[name] })?.router else { return nil }
    let request = try router.decide(context, trusting: trusting, at: clock())
    if needsUnit, request.missingUnit != nil { return request }
    if let recorder {
      if isSampled(request.id) {
        recorder.take(
          DecisionRecord(
            request, context: context, key: unitKey, samplePPM: samplePPM, trace: trace), of: name)
      } else {
        recorder.skip(name)
      }
    }
    return request
  }

  private func isSampled(_ id: String) -> Bool {
    samplePPM >= 1_000_000 || UInt64(id.suffix(6), radix: 16) ?? 0 < sampleBound
  }

  /// Decides a request by a version, or by the one that is live, read from the disk, and records
  /// nothing.
  package func tryOut(
    _ name: DatasetName, version: String?, _ context: [UInt8], trusting: Bool
  ) throws(StoreError) -> RoutedRequest {
    try LiveRouter(of: name, version: version, from: source).decide(
      context, trusting: trusting, at: clock())
  }

  /// Writes recorded decisions to the disk.
  /// - Returns: the failures; those decisions are lost, and counted.
  package func flush() -> [(route: DatasetName, error: StoreError)] { recorder?.flush() ?? [] }

  /// The counts of a router's decisions on their way to disk; nil where none are recorded.
  package func recording(of name: DatasetName) -> RouterDocument.Recording? {
    recorder?.counts(of: name)
  }

  /// The counts of all decisions; nil where none are recorded.
  package var recording: RouterDocument.Recording? { recorder?.total }
}
