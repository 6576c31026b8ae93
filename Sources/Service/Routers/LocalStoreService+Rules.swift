package import Model
import Routing
import Store
package import Wire

extension LocalStoreService {
  /// The attribute of a version that has its rule set's digest.
  private static let digestAttribute = "rules"

  package func pushRules(
    _ name: DatasetName, _ document: [UInt8], _ request: RulesPushRequest
  ) throws(StoreError) -> RulesPushDocument {
    let latest = try latest(name)
    let parent = try latest.flatMap { (version) throws(StoreError) in try sound(version) }
    let set = try read(document, over: parent, as: name)
    if let known = try version(of: name, with: set.digest) {
      return RulesPushDocument(
        version: self.document(for: known), isNew: false, digest: set.digest,
        parent: known.record.parent, movement: [], changes: [])
    }
    let expected = request.expect ?? set.parentVersion
    if let expected, expected != latest?.number ?? 0 {
      let found = latest.map { "is at \($0.reference), which \($0.author) saved at \($0.time)" }
      throw StoreError(
        .conflict,
        "\(name) \(found ?? "has no version"), but the rules were written over "
          + "\(expected == 0 ? "none" : "\(name)@\(expected)"): look at what changed, name the new "
          + "parent_version and push again")
    }
    var push = PushRequest()
    push.kind = .rules
    push.message = request.message.isEmpty ? set.comment : request.message
    push.author = request.author
    push.attributes = [Self.digestAttribute: set.digest.description]
    push.precondition = .number(latest?.number ?? 0)
    let saved = request.isDryRun ? nil : try saveDocument(set.json.canonicalBytes, as: name, push)
    return RulesPushDocument(
      version: saved.map { self.document(for: $0.version) }, isNew: true, digest: set.digest,
      parent: latest?.number,
      movement: parent.map { set.movement(from: $0).map(MovementDocument.init) } ?? [],
      changes: parent.map { set.changes(from: $0).map(RuleChangeDocument.init) } ?? [])
  }

  /// The rule set of a version; nil when it holds something else than rules, which older programs
  /// let in, so that sound ones may follow it.
  private func sound(_ version: Version) throws(StoreError) -> RuleSet? {
    do throws(StoreError) {
      return try rules(version.dataset, version.number).rules.set
    } catch  where error.kind == .usage && version.record.kind == .rules {
      return nil
    }
  }

  private func read(
    _ document: [UInt8], over parent: RuleSet?, as name: DatasetName
  ) throws(StoreError) -> RuleSet {
    do throws(RuleFaults) {
      let set = try RuleSet(parsing: document, over: parent)
      guard set.route == name.text else {
        throw RuleFaults(faults: [
          RuleFault(pointer: "/route", message: "is '\(set.route)', but the router is '\(name)'")
        ])
      }
      return set
    } catch {
      let count = error.faults.count
      var faulty = StoreError(
        .invalid,
        "the rules of \(name) have \(count) fault\(count == 1 ? "" : "s"):\n\(error)")
      faulty.detail = .faults
      throw faulty
    }
  }

  /// The version that has exactly that rule set.
  private func version(
    of name: DatasetName, with digest: Digest
  ) throws(StoreError) -> Version? {
    guard try latest(name) != nil else { return nil }
    return try store.versions(of: name).first {
      $0.record.attributes[Self.digestAttribute] == digest.description
    }
  }

  package func ruleSet(_ reference: Reference) throws(StoreError) -> RuleSetDocument {
    let (version, rules) = try rules(reference)
    let set = rules.set
    let conditions = (set.json.object?["rules"]?.array ?? []).map { $0.object?["when"] }
    return RuleSetDocument(
      version: self.document(for: version), digest: set.digest,
      rules: zip(set.rules, conditions).map { RuleSetDocument.Rule($0, condition: $1) },
      fallback: set.fallback, document: set.json)
  }
}

extension RuleSetDocument.Rule {
  fileprivate init(_ rule: RuleSet.Rule, condition: JSON?) {
    let serves =
      switch rule.serve {
      case .target(let target): target
      case .split(let split):
        split.variants.map { variant in
          let whole = variant.weight / 100
          let rest = variant.weight % 100
          let part =
            rest == 0 ? "" : rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)"
          return "\(variant.name) \(whole)\(part) % \(variant.target)"
        }.joined(separator: ", ")
      }
    self.init(
      name: rule.name, enabled: rule.isEnabled,
      when: condition.map { String(decoding: $0.canonicalBytes, as: UTF8.self) } ?? "",
      serves: serves, fallbacks: rule.fallbacks.map(\.target), shadows: rule.shadows.map(\.target))
  }
}

extension MovementDocument {
  init(_ movement: Movement) {
    self.init(
      rule: movement.rule, cause: movement.cause.rawValue, basisPoints: movement.basisPoints)
  }
}

extension RuleChangeDocument {
  init(_ change: RuleChange) {
    let kind: Change =
      switch change.kind {
      case .added: .added
      case .removed: .removed
      case .changed: .changed
      case .moved: .moved
      }
    self.init(what: change.what, change: kind, members: change.members)
  }
}
