package import Routing

/// A random rule document, and what it decides by the plainest reading of docs/routing.md.
package struct RandomDocument: Sendable {
  struct Fallback: Sendable {
    let target: String
    let classes: [String]
  }

  struct Shadow: Sendable {
    let target: String
    let sample: Int
    let salt: String
  }

  struct Variant: Sendable {
    let name: String
    let target: String
    let weight: Int
    let ranges: [Range<Int>]
  }

  struct Split: Sendable {
    let salt: String
    let fields: [String]
    let variants: [Variant]
    /// Whether the document says which buckets are whose; else they follow from the weights.
    let hasRanges: Bool
  }

  enum Serve: Sendable {
    case target(String)
    case split(Split)
  }

  struct Rule: Sendable {
    let name: String
    let isEnabled: Bool
    /// Nil when the rule is always true.
    let condition: Condition?
    let serve: Serve
    let fallbacks: [Fallback]
    let shadows: [Shadow]
  }

  package let route: String
  package let targets: [String]
  let rules: [Rule]
  package let fallback: String
  let chain: [Fallback]
  /// Members that gateways keep to, and decisions do not depend on.
  let rest: [String]

  /// The rules as they are read.
  package var ruleSet: RuleSet { get throws(RuleFaults) { try RuleSet(parsing: json) } }

  /// Whether no rule is in the way of another.
  /// - Throws: ``RuleFaults`` when anything else is wrong.
  var isReachable: Bool {
    get throws(RuleFaults) {
      do throws(RuleFaults) {
        _ = try ruleSet
        return true
      } catch {
        if error.faults.allSatisfy({ $0.message.contains("is never reached") }) { return false }
        throw error
      }
    }
  }
}

/// What is decided by the plainest reading.
extension RandomDocument {
  /// What a decision tells.
  package struct Decision: Sendable {
    /// Nil where no rule was true.
    package let rule: String?
    package let target: String
    /// Of a split: what was drawn.
    package let variant: String?
    /// Of a split: what was drawn for, and which field it is from.
    package let unit: (text: String, source: String)?
    package let shadows: [String]
    /// How each enabled rule went, up to the one that was true.
    package let checked: [(rule: String, truth: String)]
    /// All of it, byte by byte as docs/routing.md has it.
    package let json: [UInt8]
  }

  /// What is decided about a request.
  /// - Parameters:
  ///   - name: Names the request when its context does not, and where that is from.
  ///   - trusting: Whether the context is from one who may state `principal`.
  package func decision(
    _ context: RandomRules.Value, name: (text: String, source: String), trusting: Bool = true
  ) -> Decision {
    var context = context
    if case .object(let members) = context, !trusting {
      context = .object(members.filter { $0.0 != "principal" })
    }
    let enabled = rules.filter(\.isEnabled)
    let truths = enabled.map { $0.condition?.truth(context) ?? .true }
    let first = truths.firstIndex(of: .true)
    let rule = first.map { enabled[$0] }
    let count = first.map { $0 + 1 } ?? enabled.count
    let checked = zip(enabled, truths).prefix(count).map { (rule: $0.name, truth: $1.name) }
    var target = fallback
    var draw: (variant: Variant, bucket: Int, unit: (text: String, source: String))?
    var share = Bucket.count
    switch rule?.serve {
    case nil: break
    case .target(let name): target = name
    case .split(let split):
      let unit = unit(split.fields, context, name)
      let bucket = Bucket.of(unit.text, salt: split.salt, for: .split)
      for variant in split.variants where variant.ranges.contains(where: { $0.contains(bucket) }) {
        target = variant.target
        draw = (variant, bucket, unit)
        share = split.variants.filter { $0.target == target }.reduce(0) { $0 + $1.weight }
      }
    }
    let request = unit([], context, name).text
    let shadows = (rule?.shadows ?? []).filter { shadow in
      Bucket.of(request, salt: shadow.salt, for: .shadow) < shadow.sample
    }.map(\.target)
    // Names are compared by their bytes.
    let fallbacks = (rule?.fallbacks ?? chain).filter { !$0.target.utf8.elementsEqual(target.utf8) }
    let reason = rule == nil ? "DEFAULT" : draw == nil ? "TARGETING_MATCH" : "SPLIT"
    var json = "{\"rule\":\(rule.map { quoted($0.name) } ?? "null")"
    let place = rules.firstIndex { $0.name.utf8.elementsEqual(rule?.name.utf8 ?? "".utf8) }
    json += ",\"rule_index\":\(place.map(String.init) ?? "null")"
    json += ",\"checked\":" + list(checked.map { "[\(quoted($0.rule)),\"\($0.truth)\"]" })
    json += ",\"reason\":\"\(reason)\""
    json += ",\"variant\":\(draw.map { quoted($0.variant.name) } ?? "null")"
    json += ",\"target\":\(quoted(target))"
    if let draw {
      json += ",\"bucket\":\(draw.bucket),\"unit_source\":\(quoted(draw.unit.source))"
    }
    json += ",\"propensity_ppm\":\(share * 100)"
    json += ",\"fallbacks\":" + list(fallbacks.map(\.json))
    json += ",\"shadow\":" + list(shadows.map { quoted($0) }) + "}"
    return Decision(
      rule: rule?.name, target: target, variant: draw?.variant.name, unit: draw?.unit,
      shadows: shadows, checked: checked, json: Array(json.utf8))
  }

  /// The first of `fields` that is a text, and no empty one; else what names the request.
  private func unit(
    _ fields: [String], _ context: RandomRules.Value, _ name: (text: String, source: String)
  ) -> (text: String, source: String) {
    for path in fields + ["request.id", "targetingKey"] {
      if case .text(let text)? = context[path.split(separator: ".")[...]], !text.isEmpty {
        return (text, path)
      }
    }
    return name
  }
}

/// The document as a file has it.
extension RandomDocument {
  package var json: [UInt8] {
    let models = targets.map { "\(quoted($0)):{\"provider\":\"p\",\"model\":\(quoted("m-" + $0))}" }
    let chain = chain.isEmpty ? "" : ",\"fallbacks\":" + list(chain.map(\.json))
    let members =
      [
        "\"schema\":\"route.rules/1\"", "\"route\":\"\(route)\"",
        "\"targets\":{\(models.joined(separator: ", "))}",
        "\"rules\": " + list(rules.map(\.json)),
        "\"default\":{\"target\":\(quoted(fallback))\(chain)}",
      ] + rest
    return Array(("{\n" + members.joined(separator: ",\n") + "\n}").utf8)
  }
}

extension RandomDocument.Rule {
  fileprivate var json: String {
    var members = ["\"name\":\(quoted(name))", "\"serve\":\(serve.json)"]
    if !isEnabled { members.append("\"enabled\":false") }
    if let condition { members.append("\"when\":\(condition.json)") }
    if !fallbacks.isEmpty { members.append("\"fallbacks\":" + list(fallbacks.map(\.json))) }
    if !shadows.isEmpty { members.append("\"shadow\":" + list(shadows.map(\.json))) }
    return "{\(members.joined(separator: ","))}"
  }
}

extension RandomDocument.Serve {
  fileprivate var json: String {
    switch self {
    case .target(let name): return "{\"target\":\(quoted(name))}"
    case .split(let split):
      let variants = split.variants.map { variant in
        let ranges = list(variant.ranges.map { "[\($0.lowerBound),\($0.upperBound)]" })
        return "{\"name\":\(quoted(variant.name)),\"target\":\(quoted(variant.target)),"
          + "\"weight\":\(variant.weight)\(split.hasRanges ? ",\"ranges\":" + ranges : "")}"
      }
      return "{\"split\":{\"hash_version\":1,\"salt\":\(quoted(split.salt)),"
        + "\"hash_fields\":\(list(split.fields.map { quoted($0) })),"
        + "\"variants\":\(list(variants))}}"
    }
  }
}

extension RandomDocument.Fallback {
  fileprivate var json: String {
    "{\"target\":\(quoted(target)),\"on\":" + list(classes.map { quoted($0) }) + "}"
  }
}

extension RandomDocument.Shadow {
  fileprivate var json: String {
    "{\"target\":\(quoted(target)),\"sample\":\(sample),\"salt\":\(quoted(salt)),"
      + "\"timeout_ms\":30000}"
  }
}

private func list(_ items: [String]) -> String { "[" + items.joined(separator: ",") + "]" }

/// A text as RFC 8785 writes it.
private func quoted(_ text: String) -> String {
  let short: [Unicode.Scalar: String] = [
    "\"": "\\\"", "\\": "\\\\", "\u{8}": "\\b", "\t": "\\t", "\n": "\\n", "\u{c}": "\\f",
    "\r": "\\r",
  ]
  let parts = text.unicodeScalars.map { scalar -> String in
    if let escape = short[scalar] { return escape }
    guard scalar.value < 0x20 else { return String(scalar) }
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
  return "\"" + parts.joined() + "\""
}
