import Model
import Routing
import Store

/// What decides for one router now, in memory.
struct LiveRouter: Sendable {
  let name: DatasetName
  let rules: LiveRules
  /// Nil when one version was asked for by name.
  let deployment: Deployment?
  /// The numbers of versions by their rule sets' digests: of one, or two while a ramp is under way.
  private let numbers: [(digest: Digest, number: Int)]

  /// The versions of a deployment.
  init(
    _ deployment: Deployment, _ current: (version: Version, rules: CompiledRules),
    over previous: (version: Version, rules: CompiledRules)?
  ) {
    name = deployment.dataset
    self.deployment = deployment
    rules = LiveRules(
      current.rules, over: previous?.rules, along: deployment.record.ramp.flatMap { Ramp($0) })
    numbers = ([current] + (previous.map { [$0] } ?? [])).map {
      ($0.rules.set.digest, $0.version.number)
    }
  }

  /// One version, live or not.
  init(_ version: Version, _ rules: CompiledRules) {
    name = version.dataset
    deployment = nil
    self.rules = LiveRules(rules)
    numbers = [(rules.set.digest, version.number)]
  }

  /// Decides one request.
  /// - Throws: ``StoreError`` of kind `usage` for a context that is none.
  func decide(
    _ context: [UInt8], trusting: Bool, at time: Timestamp
  ) throws(StoreError) -> RoutedRequest {
    let id = DecisionID.make(at: time)
    let began = ContinuousClock.now
    do throws(JSONFault) {
      let (decision, rollout) = try rules.decide(
        context, trusting: trusting, unit: .decision(id),
        afterMicroseconds: time.microseconds - (deployment?.time.microseconds ?? 0))
      let digest = decision.rules.set.digest
      return RoutedRequest(
        id: id, route: name,
        number: numbers.first { $0.digest == digest }?.number ?? numbers[0].number,
        deployment: deployment?.sequence, time: time,
        nanoseconds: Int((ContinuousClock.now - began) / .nanoseconds(1)), decision: decision,
        rollout: rollout)
    } catch {
      throw StoreError(
        .usage, "the context is not as expected: \(error.message) (byte \(error.offset + 1))")
    }
  }
}

extension LocalStoreService {
  /// What decides for a router now.
  /// - Throws: ``StoreError`` of kind `missing` when there is no such router, or nothing of it is
  ///   live.
  func liveRouter(_ name: DatasetName) throws(StoreError) -> LiveRouter {
    guard let deployment = try store.deployments(of: name).first else {
      throw StoreError(
        .missing, "nothing of \(name) is live; make it so with 'assay router deploy \(name)@N'")
    }
    let over = deployment.record.ramp?.over
    return LiveRouter(
      deployment, try rules(name, deployment.record.number),
      over: try over.map { (number) throws(StoreError) in try rules(name, number) })
  }

  /// One version as if it were live; without one, what is.
  func liveRouter(_ name: DatasetName, version: String?) throws(StoreError) -> LiveRouter {
    guard let version else { return try liveRouter(name) }
    let (found, rules) = try rules(try Reference(dataset: name, parsing: version))
    return LiveRouter(found, rules)
  }
}
