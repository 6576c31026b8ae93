import Model

extension RuleSet {
  /// Reads a document and checks all of it.
  ///
  /// Splits whose variants name no ranges get them: cut from those of the rule of the same name in
  /// `parent`, so that the fewest units move, when salt and fields are the same; else in order.
  /// They are part of ``json`` then, as if they had been given.
  /// - Throws: ``RuleFaults`` with everything that is wrong.
  package init(parsing bytes: [UInt8], over parent: RuleSet? = nil) throws(RuleFaults) {
    let document = try JSON(ruleDocument: bytes)
    var reader = RuleSetReader(document)
    guard let set = reader.ruleSet(document, over: parent), reader.faults.isEmpty else {
      throw RuleFaults(faults: reader.faults)
    }
    self.init(set, json: set.filled(document))
  }

  /// `json` with the ranges of all splits.
  private func filled(_ json: JSON) -> JSON {
    var place = 0
    return json.mapping("rules") { rule in
      defer { place += 1 }
      guard case .split(let split) = rules[place].serve else { return rule }
      var number = 0
      return rule.mapping("serve", "split", "variants") { variant in
        guard case .object(var members) = variant else { return variant }
        members["ranges"] = .array(
          split.variants[number].ranges.map {
            .array([.integer(Int64($0.lower)), .integer(Int64($0.upper))])
          })
        number += 1
        return .object(members)
      }
    }
  }

  private init(_ set: RuleSet, json: JSON) {
    self.init(
      route: set.route, parentVersion: set.parentVersion, comment: set.comment,
      trusted: set.trusted, untrusted: set.untrusted, targets: set.targets, rules: set.rules,
      fallback: set.fallback, fallbackChain: set.fallbackChain, gate: set.gate, json: json,
      digest: Digest(hashing: json.canonicalBytes))
  }
}

extension JSON {
  /// The object with the items of a list in it mapped; `names` lead down to the list.
  fileprivate func mapping(
    _ names: String..., item: (JSON) -> JSON
  ) -> JSON {
    mapping(names[...], item)
  }

  private func mapping(
    _ names: ArraySlice<String>, _ item: (JSON) -> JSON
  ) -> JSON {
    guard let name = names.first else { return .array((array ?? []).map(item)) }
    guard case .object(var members) = self, let member = members[name] else { return self }
    members[name] = member.mapping(names.dropFirst(), item)
    return .object(members)
  }
}

extension RuleSetReader {
  private static let optional = [
    "parent_version", "comment", "inputs", "timeouts", "retry", "cooldown", "gates",
  ]

  /// Reads the document; nil when it is not an object.
  ///
  /// The result is sound only when no fault was noted.
  fileprivate mutating func ruleSet(_ document: JSON, over parent: RuleSet?) -> RuleSet? {
    let place = Place(value: document, pointer: JSONPointer())
    guard
      let members = object(
        place, required: ["schema", "route", "targets", "rules", "default"],
        optional: Self.optional)
    else { return nil }
    let schema = text(members["schema"])
    if members["schema"] != nil, !Carving.isSame(schema, RuleSet.schema) {
      note("is '\(schema.prefix(50))', not '\(RuleSet.schema)'", at: place.pointer / "schema")
    }
    let route = text(members["route"])
    if members["route"] != nil, !route.isEmpty {
      do throws(StoreError) {
        _ = try DatasetName(route)
      } catch {
        note(error.message, at: place.pointer / "route")
      }
    }
    let (trusted, untrusted) = inputs(members["inputs"])
    roots = trusted + untrusted
    let json = targets(members["targets"])
    let rules = rules(members["rules"], over: parent)
    var fallback = ""
    var chain: [RuleSet.Fallback] = []
    if let place = members["default"],
      let members = object(place, required: ["target"], optional: ["fallbacks"])
    {
      fallback = target(members["target"])
      chain = fallbacks(members["fallbacks"])
    }
    limits(members)
    return RuleSet(
      route: route,
      parentVersion: members["parent_version"].map { integer($0, in: 0...999_999_999) },
      comment: members["comment"].map { text($0, atMost: 8192, empty: true) } ?? "",
      trusted: trusted, untrusted: untrusted, targets: json, rules: rules, fallback: fallback,
      fallbackChain: chain, gate: gates(members["gates"]), json: .bool(false),
      digest: Digest(zero: ()))
  }

  private mutating func inputs(_ place: Place?) -> (trusted: [String], untrusted: [String]) {
    let callers = Array(FieldPath.roots.dropFirst())
    guard let place, let members = object(place, required: ["trusted", "untrusted"])
    else { return (["principal"], callers) }
    var seen: [(name: String, pointer: JSONPointer)] = []
    var lists: [[String]] = []
    for (name, allowed) in [("trusted", ["principal"]), ("untrusted", callers)] {
      var roots: [String] = []
      for item in list(members[name]) {
        guard let root = choice(item, allowed) else { continue }
        roots.append(root)
        seen.append((root, item.pointer))
      }
      lists.append(roots)
    }
    requireUnique(seen, "root")
    return (lists[0], lists[1])
  }

  private mutating func targets(_ place: Place?) -> [RuleSet.Target] {
    guard let place else { return [] }
    let given = anyMembers(place)
    if given.isEmpty { note("has no target", at: place.pointer) }
    targets = given.map(\.name)
    var out: [RuleSet.Target] = []
    for (name, place) in given {
      if name.isEmpty || name.utf8.count > 128 {
        note("a target's name has 1 to 128 bytes", at: place.pointer)
      }
      guard
        let members = object(
          place, required: ["provider", "model"], optional: ["params", "timeouts", "price_ref"])
      else { continue }
      if let params = members["params"] { _ = anyMembers(params) }
      timeouts(members["timeouts"])
      _ = text(members["price_ref"])
      out.append(
        RuleSet.Target(
          name: name, provider: text(members["provider"]), model: text(members["model"]),
          json: place.value))
    }
    return out.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private mutating func rules(_ place: Place?, over parent: RuleSet?) -> [RuleSet.Rule] {
    var rules: [RuleSet.Rule] = []
    var names: [(name: String, pointer: JSONPointer)] = []
    var places: [JSONPointer] = []
    for item in list(place, atMost: 5000) {
      guard
        let members = object(
          item, required: ["name", "serve"],
          optional: ["enabled", "when", "fallbacks", "shadow"])
      else { continue }
      let name = text(members["name"])
      names.append((name, item.pointer / "name"))
      places.append(item.pointer)
      let old = parent?.rules.first { Carving.isSame($0.name, name) }
      rules.append(
        RuleSet.Rule(
          name: name, isEnabled: flag(members["enabled"], default: true),
          condition: members["when"].map { readableCondition($0) } ?? .all([]),
          serve: serve(members["serve"], carvedFrom: old?.serve),
          fallbacks: fallbacks(members["fallbacks"]), shadows: shadows(members["shadow"])))
    }
    requireUnique(names, "rule")
    for (rule, pointer) in zip(rules, places) where rule.isEnabled {
      if let field = Contradiction.field(in: rule.condition) {
        note(
          "is never reached: no value of '\(field.text.prefix(50))' passes all of its tests",
          at: pointer)
      }
    }
    for (later, earlier) in Reachability.blocked(rules) {
      note(
        "is never reached: '\(rules[earlier].name)' before it is true whenever this is",
        at: places[later])
    }
    return rules
  }

  /// A condition; one with a fault becomes one of its own kind, lest it seem to be true for all.
  private mutating func readableCondition(_ place: Place) -> Condition {
    let count = faults.count
    let condition = condition(place)
    let pointer = place.pointer.text
    let isSound =
      faults.count == count
      && !faults.contains { $0.pointer == pointer || $0.pointer.hasPrefix(pointer + "/") }
    return isSound ? condition : .test(FieldPath(pointer), .exists(true))
  }
}
