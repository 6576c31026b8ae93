import Model

/// A member of a rule set that two versions differ in.
package struct RuleChange: Sendable, Hashable {
  /// The kind of change.
  package enum Kind: Sendable, Hashable {
    case added, removed, changed
    /// The same rule, but among others before it.
    case moved
  }

  /// `rule <name>`, `target <name>`, or a member of the document.
  package let what: String
  package let kind: Kind
  /// The members of a changed rule that differ.
  package let members: [String]
}

extension RuleSet {
  /// The differences from `old`, rules first; comments and the parent's number do not count.
  package func changes(from old: RuleSet) -> [RuleChange] {
    let ignored = ["rules", "targets", "comment", "parent_version"]
    var changes = Self.changes("rule", old.named("rules"), named("rules"))
    let before = old.rules.map(\.name).filter { rules.map(\.name).hasText($0) }
    let after = rules.map(\.name).filter { old.rules.map(\.name).hasText($0) }
    for (left, right) in zip(before, after) where !Carving.isSame(left, right) {
      let what = "rule \(right)"
      if !changes.contains(where: { $0.what.hasBytes(of: what) }) {
        changes.append(RuleChange(what: what, kind: .moved, members: []))
      }
    }
    changes += Self.changes("target", old.named("targets"), named("targets"))
    let (was, now) = (old.json.object ?? [:], json.object ?? [:])
    for name in was.names(with: now) where !ignored.hasText(name) {
      let (left, right) = (was[name], now[name])
      guard left != right else { continue }
      let kind: RuleChange.Kind = left == nil ? .added : right == nil ? .removed : .changed
      changes.append(RuleChange(what: name, kind: kind, members: []))
    }
    return changes
  }

  /// The objects in a list or an object of the document, by their names, in order.
  private func named(_ member: String) -> [(name: String, json: JSON)] {
    switch json.object?[member] {
    case .array(let items)?: items.map { ($0.object?["name"]?.string ?? "", $0) }
    case .object(let object)?:
      object.members.sorted { $0.name.precedes($1.name) }.map { ($0.name, $0.value) }
    default: []
    }
  }

  private static func changes(
    _ what: String, _ old: [(name: String, json: JSON)],
    _ new: [(name: String, json: JSON)]
  ) -> [RuleChange] {
    var changes: [RuleChange] = []
    for (name, _) in old where !new.contains(where: { Carving.isSame($0.name, name) }) {
      changes.append(
        RuleChange(what: "\(what) \(name)", kind: .removed, members: []))
    }
    for (name, json) in new {
      guard let before = old.first(where: { Carving.isSame($0.name, name) })?.json else {
        changes.append(RuleChange(what: "\(what) \(name)", kind: .added, members: []))
        continue
      }
      if before != json {
        changes.append(
          RuleChange(what: "\(what) \(name)", kind: .changed, members: members(before, json)))
      }
    }
    return changes
  }

  private static func members(_ old: JSON, _ new: JSON) -> [String] {
    let (left, right) = (old.object ?? [:], new.object ?? [:])
    return left.names(with: right).filter { left[$0] != right[$0] }
  }
}
