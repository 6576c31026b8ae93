package import Model
import Routing

/// The rules that decide for one router now, in memory.
package struct LiveRouter: Sendable {
  let name: DatasetName
  let rules: LiveRules
  /// The deployment that made them live; nil for a version that was requested by name.
  let deployment: Deployment?
  /// The numbers of versions by their rule sets' digests: of one, or of two during a ramp.
  private let numbers: [(digest: Digest, number: Int)]

  /// The rules that are live.
  /// - Throws: ``StoreError`` of kind `missing` when there is no such router, or nothing of it is
  ///   live.
  package init(of name: DatasetName, from source: any RuleSource) throws(StoreError) {
    guard let deployment = try source.liveDeployment(of: name) else {
      throw StoreError(
        .missing, "nothing of \(name) is live; make it so with 'assay router deploy \(name)@N'")
    }
    func version(_ number: Int) throws(StoreError) -> RuleVersion {
      try source.ruleVersion(Reference(dataset: name, selector: .number(number)))
    }
    let current = try version(deployment.record.number)
    let previous = try (deployment.record.ramp?.over).map { number throws(StoreError) in
      try version(number)
    }
    self.init(name, deployment, current, over: previous)
  }

  /// A version as if it were live; without one, the rules that are.
  /// - Parameter version: the part of a reference after the `@`.
  package init(
    of name: DatasetName, version: String?, from source: any RuleSource
  ) throws(StoreError) {
    guard let version else {
      try self.init(of: name, from: source)
      return
    }
    let found = try source.ruleVersion(Reference(dataset: name, parsing: version))
    self.init(name, nil, found, over: nil)
  }

  private init(
    _ name: DatasetName, _ deployment: Deployment?, _ current: RuleVersion,
    over previous: RuleVersion?
  ) {
    self.name = name
    self.deployment = deployment
    rules = LiveRules(
      current.rules, over: previous?.rules, along: deployment?.record.ramp.flatMap { Ramp($0) })
    numbers = ([current] + (previous.map { [$0] } ?? [])).map { ($0.rules.set.digest, $0.number) }
  }

  /// Decides one request.
  /// - Throws: ``StoreError`` of kind `usage` for an invalid context.
  package func decide(
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
