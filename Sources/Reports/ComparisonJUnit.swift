import Model
package import Wire

/// The gates of a comparison as JUnit XML: a test case each, an error where there is not enough
/// data to say.
package struct ComparisonJUnit: Sendable {
  private let document: ComparisonDocument

  /// The gates of a comparison.
  package init(_ document: ComparisonDocument) { self.document = document }

  /// The XML.
  package var text: String {
    let gates = document.gates
    let failed = gates.count { $0.verdict == .failed }
    let undecided = gates.count { $0.verdict == .undecided }
    let counts = #"tests="\#(gates.count)" failures="\#(failed)" errors="\#(undecided)""#
    let name = Escaping.markup("against " + (document.arms.first?.name ?? ""))
    var text = #"<?xml version="1.0" encoding="UTF-8"?>"# + "\n"
    text += "<testsuites name=\"assay compare\" \(counts)>\n"
    text += "  <testsuite name=\"\(name)\" \(counts)>\n"
    for gate in gates { text += testCase(gate) }
    return text + "  </testsuite>\n</testsuites>\n"
  }

  private func testCase(_ gate: GateResult) -> String {
    let name = #"name="\#(Escaping.markup(gate.gate))""#
    let owner = #"classname="\#(Escaping.markup(gate.candidate))""#
    let word = gate.kind == .limit ? "value" : "change"
    var message = (gate.kind == .limit ? gate.value : gate.change).map { found in
      let interval = Figures.interval(found, Figures.number)
      return "the \(word) is \(Figures.number(found.value)) \(interval), the bound is "
        + Figures.number(gate.bound)
    }
    if let reason = gate.reason { message = (message.map { $0 + "; " } ?? "") + reason }
    if let items = gate.itemsNeeded {
      message = (message.map { $0 + "; " } ?? "") + "about \(items) items would decide"
    }
    let reason = Escaping.markup(message ?? "there is no data to decide the \(word)")
    switch gate.verdict {
    case .passed: return "    <testcase \(owner) \(name)/>\n"
    case .failed:
      return "    <testcase \(owner) \(name)><failure message=\"\(reason)\"/></testcase>\n"
    case .undecided:
      let text = "not enough data: " + reason
      return "    <testcase \(owner) \(name)><error message=\"\(text)\"/></testcase>\n"
    }
  }
}
