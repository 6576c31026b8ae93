package import Model
import Routing
import Store
package import Wire

extension LocalStoreService {
  package func router(_ name: DatasetName) throws(StoreError) -> RouterDocument {
    let latest = try store.resolve(Reference(dataset: name))
    let live = try store.deployments(of: name).first
    let set = try live.map { (live) throws(StoreError) in
      try rules(name, live.record.number).rules.set
    }
    return RouterDocument(
      name: name, latest: document(for: latest), live: live.map { document(for: $0) },
      digest: set?.digest, share: live?.share(at: store.clock()))
  }

  package func deployments(
    of name: DatasetName, limit: Int?
  ) throws(StoreError) -> [DeploymentDocument] {
    try store.deployments(of: name).prefix(limit ?? .max).map { document(for: $0) }
  }

  package func deploy(
    _ name: DatasetName, _ request: DeployRequest
  ) throws(StoreError) -> DeploymentDocument {
    let (version, rules) = try rules(try Reference(dataset: name, parsing: request.version))
    let report = try request.backtest.map { (text) throws(StoreError) in
      try Reference(parsing: text)
    }
    let made = try store.deploy(
      name, expected: request.expect, author: author(request.author ?? "")
    ) { (known) throws(StoreError) in
      let live = known.first
      let isStep = live?.record.number == version.number
      if isStep, let live, live.record.ramp == nil {
        throw StoreError(
          .conflict,
          "\(version.reference) is live already: \(live.author) deployed it at \(live.time)")
      }
      let evidence =
        isStep
        ? Evidence(backtest: live?.record.backtest, override: live?.record.override)
        : try evidence(
          for: version, rules.set, report: report, override: request.override, over: live)
      return DeploymentRecord(
        number: version.number, previous: live?.record.number,
        reason: isStep ? .rampStep : .activate, message: request.message ?? "",
        backtest: evidence.backtest, override: evidence.override,
        ramp: try ramp(request.ramp, version, rules.set, over: live))
    }
    return document(for: made)
  }

  /// The plan of a deployment over the one that is live.
  private func ramp(
    _ request: DeployRequest.Ramp?, _ version: Version, _ set: RuleSet, over live: Deployment?
  ) throws(StoreError) -> DeploymentRecord.Ramp? {
    guard let request else { return nil }
    guard let live else {
      throw StoreError(
        .usage, "nothing of \(version.dataset) is live, so there is nothing to take over from")
    }
    var over = live.record.number
    if let running = live.record.ramp {
      if live.record.number == version.number {
        over = running.over
      } else if live.share(at: store.clock()) < Bucket.count {
        throw StoreError(
          .conflict,
          "\(version.dataset)@\(live.record.number) is still taking \(version.dataset)@"
            + "\(running.over)'s place: deploy it to all or roll it back first")
      }
    }
    let paths = request.fields ?? Self.unitFields(set)
    for path in paths {
      guard FieldPath.roots.contains(where: { path.hasPrefix($0 + ".") }) else {
        throw StoreError(
          .usage, "'\(path)' is no path to a field, like principal.user_id or request.id")
      }
    }
    // The salt is the version's own, so that another plan for it moves the same units first.
    let ramp = DeploymentRecord.Ramp(
      over: over, steps: request.steps, seconds: request.everySeconds, salt: version.reference,
      fields: paths)
    guard Ramp(ramp) != nil else {
      throw StoreError(
        .usage, "a ramp is shares that grow, up to 100 %, a second to a year apart: 1%,5%,25%,100%")
    }
    return ramp
  }

  /// The fields that name a unit in the first split, so that a ramp treats the same units alike.
  private static func unitFields(_ set: RuleSet) -> [String] {
    for rule in set.rules {
      if case .split(let split) = rule.serve { return split.fields.map(\.text) }
    }
    return []
  }

  package func rollback(
    _ name: DatasetName, _ request: RollbackRequest
  ) throws(StoreError) -> DeploymentDocument {
    let target = try request.version.map { (text) throws(StoreError) in
      try rules(try Reference(dataset: name, parsing: text)).version.number
    }
    let made = try store.deploy(
      name, expected: request.expect, author: author(request.author ?? "")
    ) { (known) throws(StoreError) in
      guard let live = known.first else {
        throw StoreError(
          .missing, "nothing of \(name) is live, so there is nothing to go back from")
      }
      guard let number = target ?? Deployment.before(known) else {
        throw StoreError(
          .missing,
          "nothing of \(name) was live before \(name)@\(live.record.number); name a version")
      }
      guard number != live.record.number else {
        throw StoreError(.conflict, "\(name)@\(number) is live already")
      }
      guard known.contains(where: { $0.record.number == number || $0.record.previous == number })
      else {
        throw StoreError(
          .usage, "\(name)@\(number) was never live; make it so with 'assay router deploy'")
      }
      return DeploymentRecord(
        number: number, previous: live.record.number,
        reason: request.isAutomatic == true ? .autoRollback : .rollback,
        message: request.message ?? "")
    }
    return document(for: made)
  }
}
