package import LiveRouting
package import Model
import Routing
import Synchronization

/// A ``RuleSource`` in memory, which counts how often it is read.
package final class ScriptedRuleSource: RuleSource {
  private struct Router {
    var versions: [CompiledRules] = []
    /// Oldest first.
    var deployments: [Deployment] = []
    var changes = 0
  }

  private struct State {
    var routers: [DatasetName: Router] = [:]
    var reads = 0
  }

  private let state = Mutex(State())

  /// A source without routers.
  package init() {}

  /// The number of calls that would have read a disk.
  package var reads: Int { state.withLock { $0.reads } }

  /// Saves a rule document as the next version of a router.
  package func push(_ document: [UInt8], to router: DatasetName) throws {
    let rules = CompiledRules(try RuleSet(parsing: document))
    state.withLock { state in
      state.routers[router, default: Router()].versions.append(rules)
      state.routers[router]?.changes += 1
    }
  }

  /// Makes a version live.
  package func deploy(
    _ number: Int, of router: DatasetName, at time: Timestamp, ramp: DeploymentRecord.Ramp? = nil
  ) {
    state.withLock { state in
      var entry = state.routers[router] ?? Router()
      entry.changes += 1
      let record = DeploymentRecord(
        number: number, previous: entry.deployments.last?.record.number, reason: .activate,
        message: "", ramp: ramp)
      let log = LogRecord(
        dataset: router, sequence: entry.changes, previous: Digest(hashing: []), author: "ann",
        time: time, writeID: "", change: .deployment(record))
      if let deployment = Deployment(log) { entry.deployments.append(deployment) }
      state.routers[router] = entry
    }
  }

  private func read(_ name: DatasetName) throws(StoreError) -> Router {
    let router = state.withLock { state in
      state.reads += 1
      return state.routers[name]
    }
    guard let router else { throw StoreError(.missing, "there is no router \(name)") }
    return router
  }

  package func deployedRouters() throws(StoreError) -> [DatasetName] {
    state.withLock { state in
      state.reads += 1
      return state.routers.filter { !$0.value.deployments.isEmpty }.keys.sorted()
    }
  }

  package func head(of router: DatasetName) throws(StoreError) -> Digest? {
    state.withLock { state in
      state.reads += 1
      return state.routers[router].map { Digest(hashing: Array("\($0.changes)".utf8)) }
    }
  }

  package func liveDeployment(of router: DatasetName) throws(StoreError) -> Deployment? {
    try read(router).deployments.last
  }

  package func ruleVersion(_ reference: Reference) throws(StoreError) -> RuleVersion {
    let versions = try read(reference.dataset).versions
    let number: Int
    switch reference.selector {
    case .latest: number = versions.count
    case .number(let asked): number = asked
    default: number = 0
    }
    guard versions.indices.contains(number - 1) else {
      throw StoreError(.missing, "there is no version \(reference)")
    }
    return RuleVersion(number: number, rules: versions[number - 1])
  }
}
