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
    let message = gate.change.map { change in
      let interval = Figures.interval(change, Figures.number)
      return "the change is \(Figures.number(change.value)) \(interval), the bound is "
        + Figures.number(gate.bound)
    }
    let told = Escaping.markup(message ?? "there is nothing to tell the change from")
    switch gate.verdict {
    case .passed: return "    <testcase \(owner) \(name)/>\n"
    case .failed:
      return "    <testcase \(owner) \(name)><failure message=\"\(told)\"/></testcase>\n"
    case .undecided:
      let text = "not enough data: " + told
      return "    <testcase \(owner) \(name)><error message=\"\(text)\"/></testcase>\n"
    }
  }
}
