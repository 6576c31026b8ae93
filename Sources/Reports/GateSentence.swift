import Model
import Wire

/// The sentence about one gate: the verdict, its basis, and the data it would take where there is
/// not enough.
struct GateSentence {
  private let result: GateResult
  private let owner: String?

  /// A gate's result; `owner` is the candidate where there are several.
  init(_ result: GateResult, of owner: String? = nil) {
    self.result = result
    self.owner = owner
  }

  /// The format of the change or the value.
  private var form: (Double) -> String {
    guard result.kind == .limit else { return MetricSentence.change(result.scale) }
    let isShare = result.scale == .share
    return { value in isShare ? Figures.percent(value) : Figures.number(value) }
  }

  private var verdict: String {
    switch result.verdict {
    case .passed: "passed"
    case .failed: "FAILED"
    case .undecided: "NOT ENOUGH DATA"
    }
  }

  /// `change +1.2 pp [−0.4 pp, +2.8 pp]` or `value 512 [498, 526]`; nil without a value.
  var figure: String? {
    guard let found = result.kind == .limit ? result.value : result.change else { return nil }
    let word = result.kind == .limit ? "value" : "change"
    guard found.lower != found.upper || found.method != "counted" else {
      return "\(word) \(form(found.value))"
    }
    return "\(word) \(form(found.value)) \(Figures.interval(found, form))"
  }

  /// The line of the gate.
  var text: String {
    let name = owner.map { " for \($0)" } ?? ""
    var text = "gate \(result.gate)\(name): \(verdict)"
    if let figure { text += ", \(figure)" }
    if let reason = result.reason { text += "; \(reason)" }
    if let items = result.itemsNeeded { text += "; about \(items) items would decide" }
    return text
  }
}
