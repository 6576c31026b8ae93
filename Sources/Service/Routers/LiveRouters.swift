package import Model
import Routing
import Store
import Synchronization
package import Wire

/// The live versions of all routers in memory, and the decisions that they make.
///
/// Any thread may call. What says so reads the disk; nothing else does.
package final class LiveRouters: Sendable {
  /// A router, and the newest record of its log when it was read.
  private struct Entry {
    let router: LiveRouter
    let head: Digest?
  }

  private let service: LocalStoreService
  private let recorder: DecisionRecorder?
  private let samplePPM: Int
  /// Of ``samplePPM``: a decision is kept when the last bits of its id are below it.
  private let sampleBound: UInt64
  private let live = Mutex<[DatasetName: Entry]>([:])

  /// The routers of a store.
  /// - Parameters:
  ///   - rows: Where decisions are recorded; nil to record none.
  ///   - samplePPM: The share of decisions that are recorded, in millionths.
  package init(
    _ service: LocalStoreService, recordingTo rows: LocalRowService?, samplePPM: Int = 1_000_000
  ) {
    self.service = service
    self.samplePPM = samplePPM
    sampleBound = UInt64(samplePPM) << 24 / 1_000_000
    recorder = rows.map { DecisionRecorder($0) }
  }

  /// Reads all routers of which something is live.
  package func loadAll() throws(StoreError) {
    for dataset in try service.datasets(limit: nil)
    where dataset.kind == .rules && dataset.problem == nil {
      guard try !service.store.deployments(of: dataset.name).isEmpty else { continue }
      try load(dataset.name)
    }
  }

  /// Reads what is live of a router; from then on it decides.
  /// - Throws: ``StoreError`` of kind `missing` when there is no such router, or nothing is live.
  package func load(_ name: DatasetName) throws(StoreError) {
    let head = try service.store.head(of: name)
    let router = try service.liveRouter(name)
    live.withLock { live in
      // Somebody who read later may have been here first.
      let known = live[name]?.router.deployment?.sequence ?? 0
      guard router.deployment?.sequence ?? 0 >= known else { return }
      live[name] = Entry(router: router, head: head)
    }
  }

  /// Looks whether other processes deployed anything, and reads that.
  package func refresh() throws(StoreError) {
    for (name, entry) in live.withLock({ $0 })
    where try service.store.head(of: name) != entry.head {
      try load(name)
    }
  }

  /// The routers that are in memory, in the order of their names.
  package var names: [DatasetName] { live.withLock { $0.keys.sorted() } }

  /// What names the state of a router; nil when it is not in memory.
  ///
  /// It is another after a deployment, and after each step of a ramp.
  package func state(of name: DatasetName) -> String? {
    guard let deployment = live.withLock({ $0[name] })?.router.deployment else { return nil }
    return "\(name)#\(deployment.sequence):\(deployment.share(at: service.store.clock()))"
  }

  /// Decides a request by what is in memory, and has that recorded.
  /// - Parameters:
  ///   - trusting: Whether the caller may state `principal`.
  ///   - trace: The ids of the trace and the span that the request belongs to.
  ///   - needsUnit: Whether a decision that was drawn for no unit of the context is none, and not
  ///     recorded; the caller looks at ``RoutedRequest/missingUnit``.
  /// - Returns: nil when the router is not in memory; see ``load(_:)``.
  /// - Throws: ``StoreError`` of kind `usage` for a context that is none.
  package func decide(
    _ name: DatasetName, _ context: [UInt8], trusting: Bool,
    trace: (trace: String, span: String)? = nil, needsUnit: Bool = false
  ) throws(StoreError) -> RoutedRequest? {
    guard let router = live.withLock({ $0[name] })?.router else { return nil }
    let request = try router.decide(context, trusting: trusting, at: service.store.clock())
    if needsUnit, request.missingUnit != nil { return request }
    if let recorder {
      if isSampled(request.id) {
        recorder.take(
          request.record(
            context: context, key: Array(service.store.id.utf8), samplePPM: samplePPM,
            trace: trace),
          of: name)
      } else {
        recorder.skip(name)
      }
    }
    return request
  }

  private func isSampled(_ id: String) -> Bool {
    samplePPM >= 1_000_000 || UInt64(id.suffix(6), radix: 16) ?? 0 < sampleBound
  }

  /// Decides a request by a version, or by what is live, and records nothing; reads the disk.
  package func tryOut(
    _ name: DatasetName, version: String?, _ context: [UInt8], trusting: Bool
  ) throws(StoreError) -> RoutedRequest {
    try service.liveRouter(name, version: version).decide(
      context, trusting: trusting, at: service.store.clock())
  }

  /// Writes recorded decisions to disk.
  /// - Returns: what failed; those decisions are lost, and counted.
  package func flush() -> [(route: DatasetName, error: StoreError)] { recorder?.flush() ?? [] }

  /// What became of the decisions of a router; nil where none are recorded.
  package func recording(of name: DatasetName) -> RouterDocument.Recording? {
    recorder?.counts(of: name)
  }

  /// What became of all decisions; nil where none are recorded.
  package var recording: RouterDocument.Recording? { recorder?.total }
}
