import Model

extension Decision {
  /// The decision as one JSON object: the same bytes wherever it was made.
  package var json: [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(256 + checked.count * 32)
    out.append(UInt8(ascii: "{"))
    appendMembers(to: &out)
    out.append(UInt8(ascii: "}"))
    return out
  }

  /// Appends the members of ``json``.
  package func appendMembers(to out: inout [UInt8]) {
    append("\"rule\":", ruleName, to: &out)
    out.append(contentsOf: ",\"rule_index\":".utf8)
    out.append(contentsOf: (ruleIndex.map(String.init) ?? "null").utf8)
    out.append(contentsOf: ",\"checked\":".utf8)
    appendChecked(to: &out)
    append(",\"reason\":", reason.rawValue, to: &out)
    append(",\"variant\":", variant, to: &out)
    append(",\"target\":", target.name, to: &out)
    if let draw {
      out.append(contentsOf: ",\"bucket\":\(draw.bucket)".utf8)
      append(",\"unit_source\":", draw.source, to: &out)
    }
    out.append(contentsOf: ",\"propensity_ppm\":\(propensityPPM)".utf8)
    out.append(contentsOf: ",\"fallbacks\":".utf8)
    appendFallbacks(to: &out)
    out.append(contentsOf: ",\"shadow\":".utf8)
    appendShadows(to: &out)
  }

  /// Appends the targets for when a target fails: `[{"target":"name","on":["class",…]},…]`.
  package func appendFallbacks(to out: inout [UInt8]) {
    out.append(UInt8(ascii: "["))
    for (index, fallback) in fallbacks.enumerated() {
      append(index == 0 ? "{\"target\":" : ",{\"target\":", fallback.target, to: &out)
      out.append(contentsOf: ",\"on\":[".utf8)
      out.append(
        contentsOf: fallback.classes.map { "\"\($0.rawValue)\"" }.joined(separator: ",").utf8)
      out.append(contentsOf: "]}".utf8)
    }
    out.append(UInt8(ascii: "]"))
  }

  /// Appends the names of the targets that get a copy.
  package func appendShadows(to out: inout [UInt8]) {
    out.append(UInt8(ascii: "["))
    for (index, shadow) in shadows.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      JSON.append(shadow, to: &out)
    }
    out.append(UInt8(ascii: "]"))
  }

  /// Appends each checked rule with its truth: `[["name","false"],…]`.
  package func appendChecked(to out: inout [UInt8]) {
    out.append(UInt8(ascii: "["))
    for (index, truth) in checked.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      out.append(contentsOf: rules.entries[index].opening)
      out.append(contentsOf: truth.name.utf8)
      out.append(contentsOf: "\"]".utf8)
    }
    out.append(UInt8(ascii: "]"))
  }

  private func append(_ name: String, _ text: String?, to out: inout [UInt8]) {
    out.append(contentsOf: name.utf8)
    if let text {
      JSON.append(text, to: &out)
    } else {
      out.append(contentsOf: "null".utf8)
    }
  }
}
